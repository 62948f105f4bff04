"""How an order leaves the house and what becomes of it: never twice, never forgotten."""
