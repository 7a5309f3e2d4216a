"""Roles, permissions, actors, and who takes part in which matter."""
