"""Generation: instances from families, from scenarios, and the reference library.

- :mod:`scenario`: a scenario and its instance, built in memory.
- :mod:`catalogue`: the names that settings take, with the source of each value.
- :mod:`grid`: instance files for a grid of a family's parameters and seeds.
- :mod:`convert`: an instance file in the other version of the format.
- :mod:`library`: the reference library: instances with proven optima.
"""
