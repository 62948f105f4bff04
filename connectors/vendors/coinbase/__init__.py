"""Coinbase: an exchange of crypto currencies."""
