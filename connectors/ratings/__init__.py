"""A company's rating by stated rules: measured, judged, shown part by part. Knows no feature."""
