"""The requirements of INSPIRE (TG 2.0.1) and of the CNIG on an ISO 19139 record, beyond its XSD."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mig_idg.standards.verdict import Remark


def rules(tree: Any) -> Iterator[Remark]:
    yield from ()
