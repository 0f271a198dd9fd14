"""Many epochs of the protocol of Fig. 3: arrivals, decisions, their execution as measured.

- :mod:`arrivals`: the requests of each epoch, drawn once and met by every scheme alike.
- :mod:`request`: one that arrived, and what became of it.
- :mod:`epoch`: what the controller sees when one starts, new arrivals and those that waited on.
- :mod:`execution`: what it takes to execute requests, from physical values alone.
- :mod:`replay`: the replay: a schedule executed at every edge node, and what is measured of it.
- :mod:`controller`: gathers each epoch's requests, has them scheduled, and follows each to its
  end.
- :mod:`readings`: what the text of Section V leaves open about the two rivals of dynamic
  batching.
- :mod:`no_batching`: no batching, the second rival of Section V: one request a device, first in,
  first out.
- :mod:`outcome`: simulation: what many epochs came to, as tables.
- :mod:`static_batching`: static batching, the first rival of Section V: a predefined batch size
  at each edge node.
- :mod:`schemes`: what decides an epoch, by name: a registered method, or static batching.
- :mod:`rows`: an epoch as the store has it, and epochs, requests and batches as tables.
- :mod:`run`: one scheme on its way through the epochs.
- :mod:`setup`: what a simulation is asked for, checked before its first epoch.
- :mod:`simulate`: many epochs, one scheme beside the other on the same requests.
"""
