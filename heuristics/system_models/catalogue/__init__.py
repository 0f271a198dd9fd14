"""LLMs, devices, quantization and scenarios as data files; import from the submodules."""
