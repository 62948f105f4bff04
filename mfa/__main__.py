"""`python -m mfa` is the `magnus` command."""

import signal

# While modules are loaded an interrupt ends the process at once: what is raised in a callback of an
# import is thrown away, and the command would go on as if nobody had stopped it.
_raises = signal.getsignal(signal.SIGINT) is signal.default_int_handler
if _raises:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from mfa.cli import main  # noqa: E402 - after the lines above

if _raises:
    signal.signal(signal.SIGINT, signal.default_int_handler)

main()
