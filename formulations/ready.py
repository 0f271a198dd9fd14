"""Import this module to compile or load the kernels of the decomposition before a fork.

Those of the matheuristics come with them.
"""

from __future__ import annotations

from formulations.decomposition.decomposition import warm_up
from formulations.matheuristics.configuration_lp import warm_up as warm_up_configurations
from formulations.matheuristics.lns import warm_up as warm_up_neighbourhoods

warm_up()
warm_up_configurations()
warm_up_neighbourhoods()
