"""The account and the broker of PAPER mode: own books, live quotes."""
