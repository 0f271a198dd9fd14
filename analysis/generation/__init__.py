"""Generation: instances from families, from scenarios, and the reference library.

- :mod:`grid`: generation: a grid of a family's parameters and seeds, written as instance files.
- :mod:`library`: the reference library: small instances whose optima are proved twice, and large
  ones with proof.
- :mod:`catalogue`: the names that a scenario's settings take, with the source of each value.
- :mod:`scenario`: building a scenario and an instance of it in memory, where no file is wanted.
"""
