"""Paths of prices by counter-based random numbers: same seed, same paths, whatever runs them.

`streams` are the numbers, `walks` the processes, `models` their parameters, `sobol` numbers that
fill space evenly, `estimate` what to make of simulated payoffs.
"""
