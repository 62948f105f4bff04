"""Alpaca: quotes, option chains, bars, dividends, news and accounts, by its REST interfaces.

Spoken directly, with its own library as witness in the tests: that library sleeps three seconds
between retries, bounds neither time nor size of an answer, and fails whole lists for one odd row.
"""
