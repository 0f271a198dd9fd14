"""The reference library: data files, built by analysis.library."""
