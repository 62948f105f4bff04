"""Accounts put together from the movements that a person imported."""
