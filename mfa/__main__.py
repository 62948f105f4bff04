"""`python -m mfa` is the `magnus` command."""

from mfa.cli import main

main()
