"""Fixtures of the tests of files and of papers."""

from tests.kernel.files.people import local_storage, serve

__all__ = ["local_storage", "serve"]
