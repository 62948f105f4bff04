"""Compiled backtests."""
