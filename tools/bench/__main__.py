"""`./idg bench …`: what is measured runs beside the product, in the same environment."""

from __future__ import annotations

import os
import sys
from pathlib import Path

TOOLS = str(Path(__file__).parents[1])


def main() -> None:
    """Run the command; the servers and load generators it starts find this package too."""
    os.umask(0o027)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (TOOLS, os.environ.get("PYTHONPATH"))))
    if TOOLS not in sys.path:
        sys.path.insert(0, TOOLS)
    from bench.command import command
    from mig_idg.cli.messages import guarded

    sys.exit(guarded(command))


if __name__ == "__main__":
    main()
