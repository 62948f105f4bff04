"""Readable backtests: the oracles of the compiled ones."""
