"""One matter opened to another county, or to one person, for a purpose and a time; it is read there, never copied."""
