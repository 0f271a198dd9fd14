"""Instances: families that draw them, and the files that hold them.

- :mod:`instance`: a named problem, its origin and its best known bounds.
- :mod:`families`: seeded generators of instances, one file per family.
- :mod:`library`: the reference library: data files, built by analysis.generation.library.
- :mod:`traces`: arrival times, prompt lengths and output lengths of recorded requests.
- :mod:`measurements`: times of batches, read from the files of benchmarks.
- :mod:`files`: reading and writing of instance files.
- :mod:`versions`: an instance in version 1 of the file format, of all pairs, or in version 2.
- :mod:`compressed_rows`: the coefficients of version 2 of the format, eligible pairs alone.
- :mod:`schedule_files`: reading and writing of schedule files.
- :mod:`certificate_files`: reading and writing of certificate files.
- :mod:`strict_json`: strict JSON: no NaN, no duplicate keys, errors in one line.
- :mod:`expect`: rules for the values of a document, with errors that name the field.
- :mod:`atomic`: files that are written completely or not at all.
- :mod:`file_names`: file names that are safe on every system, different for different names.
- :mod:`instance_html`: an instance as HTML for notebooks.
"""
