"""Families: parameters and draws of instances, a file each.

- :mod:`family`: a seeded generator of instances, its parameters and what it is for.
- :mod:`drawing`: arrivals, requests, positions and channels by seed.
- :mod:`physical`: what the families with a system model share: their parameters, and drawing from
  a scenario.
- :mod:`dense`: the family dense: Section V at its highest rate with devices 20 times as fast.
- :mod:`half_tight`: the family half-tight: OT-GAH in the given order comes to exactly half of the
  optimum.
- :mod:`mixed_models`: the family mixed-models: each edge node hosts another LLM of another
  accuracy.
- :mod:`modern`: the family modern: Jetson Orin boards and LLMs of grouped-query attention.
- :mod:`paper`: the family paper: the simulation settings of Section V.
- :mod:`registry`: the families by name; a family's module is imported when it is asked for.
- :mod:`scarce_memory`: the family scarce-memory: one real Jetson TX2 of 8 GB an edge node, and
  patient users.
- :mod:`scarce_spectrum`: the family scarce-spectrum: Section V with 180 kHz of uplink and faint
  users.
- :mod:`single_node`: the family single-node: the server of Section V alone, the case of Algorithm
  2.
- :mod:`trace`: the family trace: requests that were really made, one instance an epoch.
- :mod:`uniform_random`: the family uniform-random: coefficients drawn directly, every constraint
  at its own tightness.
"""
