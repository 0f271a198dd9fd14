"""Simulation: many epochs of the protocol of Fig. 3, decided, executed and measured.

- :mod:`request`: a request on the clock of the simulation, and its fate.
- :mod:`times`: the times of a request on its way.
- :mod:`arrivals`: the requests of each epoch, the same for every scheme.
- :mod:`epoch`: the requests at the start of an epoch, new arrivals and those that waited.
- :mod:`readings`: readings of the two rivals where the text of Section V is open.
- :mod:`schemes`: schemes that decide an epoch: a registered method, or static batching.
- :mod:`static_batching`: the first rival of Section V, batches of a predefined size.
- :mod:`no_batching`: the second rival of Section V, one request a device, first in, first out.
- :mod:`continuous`: the rival of today, requests that join and leave between steps.
- :mod:`errors`: sizes of the errors of lengths, channels and latencies, from the command line.
- :mod:`truth`: true values of requests and batches, drawn around the estimates.
- :mod:`execution`: durations, airtimes and memory of requests, from physical values alone.
- :mod:`overflow`: requests removed from a batch that outgrows the memory.
- :mod:`measurement`: the execution of a schedule at every edge node, measured.
- :mod:`switching`: the alternative that each edge node is run in, and the time of a change.
- :mod:`controller`: the loop of an epoch: gather, decide, execute, and end each request.
- :mod:`slots`: T_U, T_C and T_D, tuned every few epochs to the requests of the epochs before.
- :mod:`rows`: rows of epochs for the store, of requests and batches for tables.
- :mod:`run`: one scheme through all epochs.
- :mod:`setup`: the arguments of a simulation, checked before the first epoch.
- :mod:`usage`: the time that bands, devices and memory of an edge node were in use.
- :mod:`latencies`: latencies of requests by part, and their percentiles.
- :mod:`goodput`: limits on latencies, and the requests that keep them.
- :mod:`serving`: latencies, throughput, goodput, utilisation and energy of a scheme.
- :mod:`hindsight`: all epochs as one problem, its best schedule and a bound on every scheme.
- :mod:`outcome`: the outcome of many epochs, as tables.
- :mod:`simulate`: the whole: all schemes on the same requests.
"""
