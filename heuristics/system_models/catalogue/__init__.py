"""Catalogue: language models, boards, quantization schemes and scenarios by name.

- :mod:`hugging_face`: dimensions of an LLM from its published ``config.json``, as Hugging Face
  has them.
- :mod:`reader`: the catalogue's data files, read: LLMs, devices and quantization methods by name.
"""
