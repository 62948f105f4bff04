"""Backtests: signals and orders over bars in, trades and the equity curve out.

`cross` is the fast road for moving-average crossings and sweeps of them, `simulate` the general
event loop. Neither looks ahead: what is decided at a close trades at the next bar or later.
"""
