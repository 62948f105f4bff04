"""What may be lost: value at risk and beyond, how well it was foretold, and stress grids.

`measures` from profits or their moments, `revaluation` of option portfolios in full, `backtests` of
past forecasts, `allocation` of a portfolio's risk to its parts.
"""
