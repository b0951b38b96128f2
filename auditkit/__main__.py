"""`auditkit` and `python -m auditkit`: the command line, which may be ended while it is still being loaded."""

from __future__ import annotations

import sys


def start() -> None:
    """Load the command line and run it; ends with SystemExit."""
    try:
        from auditkit.cli.app import main
    except KeyboardInterrupt:
        from auditkit.errors.usage import Interrupted

        print(Interrupted("auditkit").say(), file=sys.stderr)
        raise SystemExit(Interrupted.exit_status) from None
    main()


if __name__ == "__main__":
    start()
