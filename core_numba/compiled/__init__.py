"""The Numba versions. Importing a module of this package imports Numba and compiles nothing."""
