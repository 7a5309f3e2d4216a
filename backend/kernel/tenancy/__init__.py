"""The division tree (GB/T 2260 style codes, province to grid) and who may see which county and subtree."""
