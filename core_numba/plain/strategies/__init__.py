"""The readable versions of the kernels of `core_numba.strategies`."""
