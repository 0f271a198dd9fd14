"""Seeded generators of instances, one file a family; import from the submodules."""
