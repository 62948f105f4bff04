"""What is held as mathematics sees it: legs, prices, joint returns. Knows no feature."""
