"""Tradier: quotes, option chains with Greeks, history and accounts, by its REST interface.

Spoken directly: the clients for it that exist are abandoned or hide its errors.
"""
