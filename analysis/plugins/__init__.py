"""Plug-ins: methods, families, LLMs and devices of a user.

- :mod:`template`: a plug-in to copy and edit; check it by ``otgah conform --plugin``.
- :mod:`new_file`: a file of the user, written from the template; ``otgah new``.
- :mod:`excerpt`: the part of the template that a single method or family needs.
- :mod:`lookup`: a method or a family by its name, installed plug-ins included.
- :mod:`registry`: the plug-ins of a process, named on the command line or installed.
- :mod:`plugin`: a plug-in's file with its checked metadata.
- :mod:`plugin_file`: the text of a plug-in, sent along with each run, and the module made from it.
- :mod:`entry`: the rules of the metadata: names, options and properties.
- :mod:`literal`: the metadata read from a literal or from TOML; no code of the file is executed.
- :mod:`call`: the call of a plug-in's method, and the checks of its answer.
"""
