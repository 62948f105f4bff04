"""Mathematics as pure functions over arrays, knowing nothing of the rest.

Rates are per year, volatility is annual, times are years (ACT/365) unless a name says otherwise.
Inputs broadcast like NumPy's. This first cut is plain NumPy; compiled kernels take the same
signatures later and are tested against it.
"""
