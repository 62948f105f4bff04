"""Binance: an exchange of crypto currencies."""
