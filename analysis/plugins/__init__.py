"""Plug-ins: methods, families and models that a user brings.

- :mod:`call`: the call of a plug-in's method: what it is given, and what of its answer is
  believed.
- :mod:`entry`: the metadata of a plug-in: what it brings, as its file says in a literal.
- :mod:`literal`: the metadata of a plug-in read from its text: a literal or TOML, and nothing is
  executed.
- :mod:`plugin_file`: a plug-in's file: its text, which travels with each run, and the module that
  it makes.
- :mod:`plugin`: a file and what it brings, checked.
- :mod:`registry`: the plug-ins of a process: those of its command line, and those that are
  installed.
- :mod:`lookup`: a method or a family by its name, installed plug-ins included.
- :mod:`template`: a plug-in of one's own: copy this file, edit it, and check it by `otgah conform
  --plugin`.
"""
