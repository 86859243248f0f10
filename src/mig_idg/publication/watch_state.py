"""What became of the last change that `serve --watch` met, for `/readyz`: the worker that answers is another process.

Counts and a time, never a file's name nor a collection's: anybody may ask. The reasons are told where the command runs.
"""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FILE = "watch.json"


def write(home: Path, state: str, errors: int = 0) -> None:
    """`watching`, `published`, or `refused` with how many errors; written whole or not at all."""
    told = {"state": state, "since": datetime.now(UTC).isoformat(timespec="seconds"), "errors": errors}
    with suppress(OSError):  # a full disk stops no publication
        draft = home / f"{FILE}.new"
        draft.write_text(json.dumps(told), "utf-8")
        draft.replace(home / FILE)


def read(home: Path) -> dict[str, Any] | None:
    """What was written last; None when nobody watches."""
    try:
        document = json.loads((home / FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return {name: document.get(name) for name in ("state", "since", "errors")} if isinstance(document, dict) else None


def forget(home: Path) -> None:
    """Nobody watches any more."""
    with suppress(OSError):
        (home / FILE).unlink(missing_ok=True)
