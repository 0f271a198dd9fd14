"""Solve, batch and report; the public names are in :mod:`analysis.api`."""
