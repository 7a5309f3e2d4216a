"""Outside systems: what they send arrives signed and once."""
