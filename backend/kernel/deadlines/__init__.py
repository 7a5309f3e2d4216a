"""Working-day calendar, clocks that pause, extend, warn and expire, and the rules that start them.

`calendar`, `clock` and `rules` are pure: the same input gives the same date and the same explanation.
"""
