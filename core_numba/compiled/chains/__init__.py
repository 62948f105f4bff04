"""The Numba versions of `core_numba.chains`."""
