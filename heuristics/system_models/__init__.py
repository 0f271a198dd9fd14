"""System models: from physical values to the integers of a problem.

- :mod:`rounding`: numbers as they stand in a file: 12 significant digits, exact decimals, safe
  rounding.
- :mod:`validation`: field types of everything read from outside, and their errors told in one
  line.
- :mod:`transformer`: memory and compute of a transformer decoder: (3)-(8), general enough for
  modern LLMs.
- :mod:`latency`: how long a batch takes: its computing, and the reading of the weights beside it.
- :mod:`protocol`: the epoch: its slots, a request's waiting time and what is left of its
  deadline, (10).
- :mod:`quantization`: what quantization does to memory, latency and accuracy: (9) and (11).
- :mod:`radio`: what a node's spectrum carries: (1) and (2) in shares of the band, k6 in tokens.
- :mod:`scenario`: everything physical about one epoch, as it stands in an instance file.
- :mod:`assemble`: from physics to integers: the coefficients of P1 that a scenario defines.
- :mod:`caps`: the lengths that an edge node makes a batch for, chosen with the batch.
- :mod:`catalogue`: lLMs, devices, quantization and scenarios as data files; import from the
  submodules.
- :mod:`path_loss`: free space, Manhattan grid, infrastructure link.
- :mod:`template`: the recipe of a scenario, from which requests and channels are drawn by seed.
"""
