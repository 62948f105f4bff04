"""The stock database: which companies are followed, their figures, screening by them."""
