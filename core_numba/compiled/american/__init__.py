"""Kernels of American options."""
