"""The checks before data are published to everybody: their cells are read, and what is found has to be answered.

By whichever door they open: a declaration under an open licence (`collections publish`), a co-owner's act (`terms
open`). The questions of `registry.openings` are asked at both; the act refuses without their answers, a declaration is
told what is not answered yet, and refused when its cells hold what looks like somebody and nobody has said why it may.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from mig_idg.database import Connection
from mig_idg.errors import InvalidDeclaration, Text
from mig_idg.publication.check import Checked
from mig_idg.publication.record_gate import opens_to_all
from mig_idg.registry import openings, publications
from mig_idg.standards import personal_data
from mig_idg.store.cells import cells, told_columns
from mig_idg.store.collection import table_from_json


def read(connection: Connection[Any], dataset: str, entry: Mapping[str, Any], *, anew: bool = False) -> None:
    """Read the cells of a dataset and keep what was found; not again while its rows are the same, unless `anew`."""
    if not entry.get("table") or (not anew and openings.scan_of(connection, dataset, entry)["state"] == "done"):
        return
    table = table_from_json(entry["table"])
    columns = told_columns(table)
    rows, found = personal_data.scan(columns, cells(connection, table, columns))
    openings.keep_scan(connection, dataset, entry, rows, [asdict(one) for one in found])


def read_published(connection: Connection[Any], dataset: str) -> None:
    """The same for a dataset by its name; one that is not published is left."""
    entry = publications.latest(connection).collections.get(dataset)
    if entry is not None:
        read(connection, dataset, entry)


def refusals(
    connection: Connection[Any], checked: Iterable[Checked], *, required: bool = False
) -> Iterator[InvalidDeclaration]:
    """One error for each declaration that opens to everybody what was found and not answered.

    `required`: the four questions must be answered too (`open_checks: required`).
    """
    for one in checked:
        if not opens_to_all(one.declared):
            continue
        id = one.declared.declaration.id
        read(connection, id, one.entry)
        told = openings.standing_of(connection, id, one.entry)
        if not required:
            told = told | {"questions": [q for q in told["questions"] if q["verdict"] == "barred"]}
        waiting = [f for f in told["findings"] if f["needs_answer"] and f["verdict"] != "clear"]
        if waiting or (told["questions"] and any(q["verdict"] != "clear" for q in told["questions"])):
            error = openings.refusal(id, told)
            way = Text(
                "Publiez-la d'abord fermée (« terms: {mode: closed} », sans licence ouverte), répondez, puis ouvrez.",
                "Publish it closed first (“terms: {mode: closed}”, no open licence), answer, then open it.",
            )
            assert error.remedy is not None
            remedy = Text(f"{error.remedy.fr} {way.fr}", f"{error.remedy.en} {way.en}")
            yield one.declared.wrong(error.detail, "licence", remedy=remedy)


def asked(connection: Connection[Any], one: Checked) -> Text | None:
    """What a declaration that opens to everybody has still to answer; None when all is."""
    if not opens_to_all(one.declared):
        return None
    id = one.declared.declaration.id
    told = openings.standing_of(connection, id, one.entry)
    left = [openings.QUESTIONS[q["question"]] for q in told["questions"] if q["verdict"] is None]
    if not left:
        return None
    return Text(
        f"« {id} » s'ouvre à tous ; contrôles à consigner, une fois par source ({openings.ARTICLE}) : "
        f"{', '.join(q.title.fr for q in left)} : « mig-idg open answer {id} --check {left[0].word} --reason … ».",
        f"“{id}” opens to everybody; checks to record, once for each source (Tarn-et-Garonne convention, art. 5): "
        f"{', '.join(q.title.en for q in left)}: “mig-idg open answer {id} --check {left[0].word} --reason …”.",
    )
