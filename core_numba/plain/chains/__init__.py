"""The NumPy versions of `core_numba.chains`."""
