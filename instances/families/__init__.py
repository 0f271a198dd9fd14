"""Families: seeded generators of instances, one file per family.

- :mod:`registry`: every family by its name, imported when it is asked for.
- :mod:`family`: the parts of every family: parameters, the draw, and the names of instances.
- :mod:`physical`: parameters and draw of the families that have a system model.
- :mod:`drawing`: draws of arrivals, requests, positions and channels by seed.
- :mod:`paper`: the simulation settings of Section V.
- :mod:`scarce_spectrum`: Section V with 180 kHz of uplink and weak channels.
- :mod:`scarce_memory`: one real Jetson TX2 of 8 GB per edge node, and long deadlines.
- :mod:`dense`: Section V at its highest rate with devices 20 times as fast.
- :mod:`single_node`: the server of Section V alone, the case of Algorithm 2.
- :mod:`mixed_models`: a different LLM of different accuracy at each edge node.
- :mod:`quantized_nodes`: one LLM, quantized by another scheme at each edge node, as in Fig. 2.
- :mod:`choose_quantization`: three quantization schemes as alternatives of each edge node.
- :mod:`choose_padding`: three lengths of padded prompts as alternatives of each edge node.
- :mod:`choose_model`: three LLMs as alternatives of each edge node.
- :mod:`modern`: Jetson Orin boards and LLMs with grouped-query attention.
- :mod:`trace`: requests of a recorded trace, one instance per epoch.
- :mod:`horizon`: many epochs as one problem, with a row for each edge node and epoch.
- :mod:`city_map`: places of edge nodes and users, in districts of cells.
- :mod:`reach`: the pairs of an edge node and a request in coverage, with their channels.
- :mod:`city`: many edge nodes on a grid of cells, each request covered by few of them.
- :mod:`uniform_random`: coefficients drawn directly, each constraint with its own tightness.
- :mod:`half_tight`: instances on which OT-GAH in the given order finds half of the optimum.
"""
