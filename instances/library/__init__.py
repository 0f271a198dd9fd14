"""The reference library: data files, built by analysis.generation.library."""
