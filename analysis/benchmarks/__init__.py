"""Benchmarks of what must be fast; ``make bench`` runs them and shows one table."""
