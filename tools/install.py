"""Put Magnus and exactly what the lock names into `.venv`: run as `python3 -m tools.install`.

Needs nothing but Python, from 3.11 on; this file stays readable to much older ones, so that they
can say so. The work is in `tools/environment.py`.
"""

import sys

OLDEST = (3, 11)

if sys.version_info < OLDEST:
    sys.stderr.write(
        "Magnus needs Python 3.11 or newer; this is %d.%d. "  # noqa: UP031 - for old Pythons
        "Install a newer one and name it: make run PYTHON=python3.12\n" % sys.version_info[:2]
    )
    sys.exit(1)


if __name__ == "__main__":
    from tools.environment import main

    sys.exit(main(sys.argv[1:]))
