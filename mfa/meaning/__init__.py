"""Search by meaning: a sentence embedder that runs here, its index, and search by words without it.

Knows passages and questions, and nothing of what they are about.
"""
