"""Pairs of crypto currencies: the simulated exchange of PRACTICE and PAPER, and how an order of a
pair is priced before it is sent."""
