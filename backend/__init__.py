"""Shanzhi: a city's counties on a phone. `backend.installed` is the table of contents."""
