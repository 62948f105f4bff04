"""The market of PAPER and LIVE: several vendors behind the faces of one market and one research."""
