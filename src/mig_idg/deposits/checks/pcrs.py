"""What the XSD of PCRS cannot say: coordinate reference systems, links, extent, accuracy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mig_idg.standards.verdict import Remark


def rules(tree: Any, content: bytes) -> Iterator[Remark]:
    yield from ()


def class_titles(path: Path) -> dict[str, str]:
    return {}
