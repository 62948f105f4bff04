"""Orders as questions see them. Knows no feature, and nothing that could send one."""
