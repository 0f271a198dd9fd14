"""P1, P2, P3 and P3' stated declaratively; import from the submodules."""
