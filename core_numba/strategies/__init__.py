"""Strategies: legs of stock and options, many strategies at once.

`legs` holds them; `profile` is what they do at expiration; `horizon` at a date when some options
live on; `grid` values them at any date and spot; `measures` and `expectation` say how likely that
is. Margin is in `core_numba.margin`.
"""
