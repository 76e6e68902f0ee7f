#!/usr/bin/env python3
"""The one command of this repository: `python3 dev.py` says what it can do.

Needs nothing but Python 3.11 or 3.12. Stdlib only: whatever needs packages runs inside `.venv`, which is made
on first use.
"""

import sys


def main() -> int:
    """Run the command line with a Python that the app can run on."""
    from tools import interpreter

    interpreter.require_suitable()
    # only now: these need a suitable Python to be read at all
    from tools import cli

    return cli.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
