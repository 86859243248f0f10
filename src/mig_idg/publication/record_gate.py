"""No opening to partners without a complete metadata record (Charte MIG, glossaire, § 3.2.3; statement D-07).

Said at the line of each key that is missing. A closed layer may be published first and described later; what opens it
then is refused by the same rules, by whichever door: a declaration, an owner's act, a committee's validation.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mig_idg.database import Connection
from mig_idg.errors import InvalidDeclaration, Text
from mig_idg.publication.load import Declared
from mig_idg.registry import history
from mig_idg.standards import metadata_record
from mig_idg.standards.metadata_record import Lack

_OPEN_LICENCES = ("LO-2.0", "ODbL-1.0")


def opens(declared: Declared) -> bool:
    """Whether the declaration by itself opens the data to somebody else than its owner."""
    one = declared.declaration
    if one.kind == "coproduced" or one.takedown == "all":
        return False
    return one.licence in _OPEN_LICENCES or (one.terms is not None and one.terms.mode != "closed")


def opens_to_all(declared: Declared) -> bool:
    """Whether the declaration by itself publishes the data to everybody."""
    one = declared.declaration
    return one.kind != "coproduced" and one.takedown is None and one.licence in _OPEN_LICENCES


def opened_by_act(connection: Connection[Any], declared: Declared) -> bool:
    """Whether an act already opened it: terms that its owner set, a version that the committee validated."""
    one = declared.declaration
    if one.kind == "coproduced":
        return bool(history.known(connection, "dataset_state", {"dataset": one.id, "state": "validated"}))
    standing = history.known(connection, "terms", {"dataset": one.id})
    return one.terms is None and any(row["mode"] != "closed" and row["valid"].upper is None for row in standing)


def lacks(declared: Declared) -> tuple[Lack, ...]:
    """What the record of a declaration must still say to be complete."""
    return metadata_record.missing(declared.declaration.plain)


def refusals(declared: Declared) -> Iterator[InvalidDeclaration]:
    """One error for each key that is missing from the record of a layer that opens."""
    one = declared.declaration
    for lack in lacks(declared):
        fr, en = lack.text.fr.rstrip("."), lack.text.en.rstrip(".")
        yield declared.wrong(
            Text(
                f"« {one.id} » s'ouvre sans fiche de métadonnées complète, il manque « {lack.field} » : {fr}"
                f" ({lack.clause}).",
                f"“{one.id}” opens without a complete metadata record, “{lack.field}” is missing: {en}"
                f" ({lack.clause}).",
            ),
            lack.field,
            remedy=Text(
                "Complétez la déclaration, ou fermez-la d'ici là : « terms: {mode: closed} », sans licence ouverte.",
                "Complete the declaration, or close it until then: “terms: {mode: closed}”, without an open licence.",
            ),
        )


def awaited(declared: Declared) -> Text | None:
    """What a layer that is still closed will have to say before it opens; None when its record is complete."""
    found = lacks(declared)
    if not found:
        return None
    one, told = declared.declaration, ", ".join(f"{lack.field} ({lack.clause})" for lack in found)
    return Text(
        f"« {one.id} » : fiche incomplète, à compléter avant toute ouverture ou validation : {told}.",
        f"“{one.id}”: incomplete record, to be completed before any opening or validation: {told}.",
    )
