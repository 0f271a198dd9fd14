"""Section III of the paper: physics in, coefficients out; import from the submodules."""
