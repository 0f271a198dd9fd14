"""Instances: families that draw them, traces, and the files that hold them.

- :mod:`atomic`: files that appear whole or not at all.
- :mod:`display`: instance as HTML: what it is called, where it comes from, and what it asks for.
- :mod:`instance`: a named problem with where it comes from and what is known of it.
- :mod:`expect`: what a document must be: each rule returns the value or raises InputError with
  its field.
- :mod:`strict_json`: JSON as the standard has it: no NaN, no duplicate keys, and one line where
  it breaks.
- :mod:`certificate_files`: what proves a bound on the throughput of an instance.
- :mod:`file_names`: names as names of files: safe on every system, and different where the names
  are.
- :mod:`trace_excerpt`: the trace that ships with the project: synthetic, and like published
  traces only in shape.
- :mod:`traces`: when each arrived, and how long its prompt and its output were.
- :mod:`families`: seeded generators of instances, one file a family; import from the submodules.
- :mod:`files`: instance files: read strictly, written the same bytes for the same instance.
- :mod:`library`: the reference library: data files, built by analysis.generation.library.
- :mod:`schedule_files`: which requests each edge node of an instance batches.
"""
