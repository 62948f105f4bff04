"""Plain bodies of `core_numba.risk`."""
