"""The readable NumPy versions: they answer until a kernel is compiled, and are its oracles."""
