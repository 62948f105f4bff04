"""Exchanges of crypto currencies, all through ccxt: what they share, in one place."""
