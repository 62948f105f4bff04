"""Compiled indicators: no operation is fused, so that streams give the same bits."""
