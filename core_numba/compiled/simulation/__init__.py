"""Compiled bodies of `core_numba.simulation`."""
