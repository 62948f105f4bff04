"""How kernels are declared, compiled, cached on disk and run: see `core_numba.jit.kernel`.

Importing this package imports neither Numba nor anything that takes time.
"""
