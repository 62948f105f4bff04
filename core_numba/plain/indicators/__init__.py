"""Indicators in plain Python: as streams, and the same over arrays. The judge of the compiled ones.

Windowed indicators are one tree of pairs per window; its nodes are numbers in a stream and arrays
of all windows in a batch. Recursive ones run their stream over the bars.
"""
