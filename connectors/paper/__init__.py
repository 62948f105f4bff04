"""The account of PAPER mode: own books, marked at the live market."""
