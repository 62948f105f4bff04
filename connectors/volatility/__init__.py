"""What options say about moves to come, beside what prices have done. Knows no feature."""
