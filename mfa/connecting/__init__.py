"""Connecting vendors: what a page and a command drive, and nothing of either."""
