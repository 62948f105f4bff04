"""Spreads over two expirations: finding, choosing and valuing them. Knows no account."""
