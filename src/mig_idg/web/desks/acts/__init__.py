"""The acts that pages offer, one module for each part of the charter; `ACTS` has them all by their id."""

from __future__ import annotations

from mig_idg.web.desks.act import Act
from mig_idg.web.desks.acts import (
    access,
    adhesion,
    committees,
    consolidation,
    ept,
    exceptions,
    opening,
    partnership,
    standards,
    third_parties,
)

ACTS: dict[str, Act] = {
    act.id: act
    for module in (
        access,
        opening,
        standards,
        exceptions,
        ept,
        third_parties,
        adhesion,
        committees,
        consolidation,
        partnership,
    )
    for act in module.ACTS
}  # fmt: skip
