"""From an account's values and flows to its returns. Knows no feature."""
