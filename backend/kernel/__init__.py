"""What every application stands on. Nothing here names an application, its states, roles or tables."""
