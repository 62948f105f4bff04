"""Files that outside systems export, read by pure functions: watchlists and account histories."""
