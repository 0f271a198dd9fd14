"""Instance files: families that generate them, readers and writers; import from the submodules."""
