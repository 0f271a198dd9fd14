"""The site: configuration and pages of contents, and the code that joins the project's own texts.

The site has no text of its own: its pages are the README, the guides and the other pages of the
repository, and pages generated from docstrings, the command line and the registries.

- :mod:`build`: ``python -m docs.build``, which ``make docs`` runs: stage, run Sphinx, check links.
- :mod:`conf`: the configuration of Sphinx.
- :mod:`staging`: the pages of the repository, copied to the places where their links lead.
- :mod:`markdown`: tables and links of generated pages.
- :mod:`names`: a page for each public name of ``otgah``.
- :mod:`commands`: a page for each verb of the command line.
- :mod:`families`: a page of families, each with a picture of the constraint that binds.
- :mod:`methods`: a page of methods, each with its guarantee and its reference.
- :mod:`study`: the page of the kept study, with its verdicts and figures.
- :mod:`league`: the page of the kept league, with its standings and gaps.
- :mod:`mathml`: formulas as MathML, which a browser shows without any script.
- :mod:`links`: a check of every link of the finished site, without network.
"""
