"""Figures computed from events by documented formulas, with trend, parts and the rows they count; never stored."""
