"""Watchlists as questions see them. Knows no feature."""
