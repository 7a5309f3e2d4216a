"""PostgreSQL: one transaction per request, job or command, opened under a database role with one scope.

`scope.py` opens it, `connection.py` makes Tortoise use it, `models.py` gives tenant tables their shape,
`policy.py` writes their row-level security, `migrate.py` brings a database up to date.
"""
