"""`shanzhi run`: the whole product on one machine, as one process that owns a data directory and its children.

`directory.py` lays out and locks the data directory, `credentials.py` makes its secrets, `supervisor.py` starts the
children in order, waits until they answer, and stops them in the opposite order.
"""
