"""Contracts of many companies looked at together: columns, facts, scores. Knows no feature."""
