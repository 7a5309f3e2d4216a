"""Points of an account: rule sets as data, a ledger that is only ever evaluated, and what leads to the next band.

Everything here is pure: the same rules, ledger and day give the same score, band and explanation on any machine.
"""
