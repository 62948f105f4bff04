"""Kraken: an exchange of crypto currencies."""
