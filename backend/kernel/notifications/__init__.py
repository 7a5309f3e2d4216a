"""Tell people: in-app inbox (live through Valkey), Web Push, SMS gateway protocol; quiet hours per person."""
