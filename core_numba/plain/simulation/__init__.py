"""Plain bodies of `core_numba.simulation`."""
