"""Premium over thousands of contracts by any strategy: built, scored and ranked in columns."""
