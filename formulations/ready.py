"""Importing this module makes the kernels of the decomposition ready, for forked processes."""

from __future__ import annotations

from formulations.decomposition.decomposition import warm_up

warm_up()
