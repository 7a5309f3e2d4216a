"""Transactional outbox to arq: a job exists when its command committed, and runs once.

`service.enqueue` writes the row inside the command's transaction. The relay hands due rows to arq and hands them
again when their lease runs out. `runner.run_job` locks the row, runs the handler and marks it done in one
transaction, so a job killed in the middle leaves nothing behind and starts over.
"""
