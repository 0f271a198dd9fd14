"""Catalogue: language models, boards, quantization methods and scenarios by name.

- :mod:`reader`: reader of the catalogue's data files: LLMs, devices and quantization methods.
- :mod:`profiles`: latency profiles by name or path, and the data sheet of each.
- :mod:`names`: names of the catalogue that stand for names as other programs spell them.
- :mod:`hugging_face`: dimensions of an LLM from its published ``config.json``.
- :mod:`config_keys`: keys of a ``config.json``, read one by one.
- :mod:`layer_keys`: attention, windows and feed-forward networks of a configuration's layers.
- :mod:`decoders`: how the layers of each decoder follow from its configuration.
- :mod:`model_types`: the decoders that are understood, with the values of absent keys.
- :mod:`published_precision`: the precision of published weights, from ``quantization_config``.
"""
