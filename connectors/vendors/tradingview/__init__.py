"""TradingView: the watchlists of one person, by the session of that person's browser."""
