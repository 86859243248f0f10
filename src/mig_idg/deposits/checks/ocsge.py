"""OCS GE: leaf codes, coordinate reference system, a partition without gap nor overlap."""

from __future__ import annotations

from pathlib import Path

from mig_idg.standards.verdict import Verdict


def check(path: Path, name: str) -> Verdict:
    return Verdict(name, "ocs-ge", "NG", True, (), "mig-idg")
