"""One matter opened to another county for a purpose and a time; it is read there, never copied."""
