"""Uploaded files: recognised by content, pictures re-encoded, hashed twice, stored under keys of our own."""
