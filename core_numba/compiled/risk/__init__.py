"""Compiled bodies of `core_numba.risk`."""
