"""The append-only, hash-chained event log: timeline, evidence and source of every figure (`domain.md` 1.4)."""
