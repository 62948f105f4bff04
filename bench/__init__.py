"""`make bench`: what Magnus costs, measured on this machine and printed beside its limit."""
