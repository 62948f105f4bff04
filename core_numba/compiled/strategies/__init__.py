"""The compiled versions of the kernels of `core_numba.strategies`."""
