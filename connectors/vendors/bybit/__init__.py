"""Bybit: an exchange of crypto currencies."""
