"""Algorithms and the data types they share; import from the submodules."""
