"""`python -m mfa` is the `magnus` command."""

import sys

try:
    from mfa.cli import main
except KeyboardInterrupt:  # stopped before there was anything to stop
    sys.exit(130)

main()
