"""Import this module to compile or load the kernels of the decomposition before a fork."""

from __future__ import annotations

from formulations.decomposition.decomposition import warm_up

warm_up()
