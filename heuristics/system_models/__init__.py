"""System models, Section III of the paper: from physical values to the integers of a problem.

- :mod:`rounding`: 12 significant digits for files, exact decimals, rounding up or down by purpose.
- :mod:`validation`: field types of all values from outside, and their errors in one line.
- :mod:`layer`: one layer of a decoder: attention, state and feed-forward network, counted.
- :mod:`stored_weights`: the precision in which an LLM was published.
- :mod:`transformer`: memory and compute of a transformer decoder, (3) to (8).
- :mod:`quantization`: effects of quantization on memory, latency and accuracy, (9) and (11).
- :mod:`latency`: the time of a batch: computing, and the reading of the weights.
- :mod:`batch_time`: the measured time of a batch: five coefficients, linear in its work.
- :mod:`latency_profile`: the file of the measured batch time of an LLM on a device.
- :mod:`name_matching`: names of LLMs and precisions, as programs that measure spell them.
- :mod:`measured_latency`: the measured latency of an edge node, and (12d) by it.
- :mod:`measured_range`: batches outside the measured range, which are refused.
- :mod:`protocol`: the slots of an epoch, waiting times and remaining deadlines, (10).
- :mod:`path_loss`: free space, Manhattan grid, infrastructure link.
- :mod:`radio`: shares of the band by (1) and (2), and k6 in tokens.
- :mod:`catalogue`: LLMs, devices, quantization schemes and scenarios by name.
- :mod:`template`: the recipe of a scenario, from which requests and channels are drawn by seed.
- :mod:`hosting`: the LLM, the quantization and the device of an edge node, as numbers.
- :mod:`output_levels`: the longest outputs among which a batch chooses by a measured latency.
- :mod:`choices`: the ways to run one edge node, in a recipe and in a scenario.
- :mod:`coverage`: the requests within reach of an edge node, with the columns of their channels.
- :mod:`scenario`: the physical description of one epoch or of a horizon, as in an instance file.
- :mod:`memory`: the unit that (12c) counts in, with demands and capacity of an edge node.
- :mod:`compute`: the unit that (12d) counts in, with demands and budgets of an edge node.
- :mod:`units`: units of memory and compute, where an instance does not count the usual ones.
- :mod:`assemble`: the integers of P1 that a scenario defines.
- :mod:`caps`: upper limits of prompt and output lengths, chosen with each batch.
"""
