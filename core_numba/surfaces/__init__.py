"""Volatility surfaces: smiles fitted to quotes without arbitrage, and what is read off them.

`svi` has the smile's formula and its tests for arbitrage, `calibration` and `ssvi_calibration` fit
it, `surface` interpolates between expirations, `skew`, `term` and `ranks` describe it, and
`model_free` takes variance from a chain without any smile.
"""
