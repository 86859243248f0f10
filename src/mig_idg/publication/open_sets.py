"""The sets of the Socle Commun des Données Locales, checked in place by the validator of their standard.

What is served is what is checked: the rows are written as a file of the standard, in its own column names.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mig_idg.database import Connection
from mig_idg.registry import open_board
from mig_idg.standards.known import STANDARDS
from mig_idg.standards.verdict import Verdict
from mig_idg.store.cells import write_csv
from mig_idg.store.collection import table_from_json
from mig_idg.store.table import Table
from mig_idg.validators import run
from mig_idg.validators.library import Library


def validate(
    connection: Connection[Any], dataset: str, entry: Mapping[str, Any], standard: str, library: Library, on: date
) -> Verdict | None:
    """The verdict on a dataset's rows, kept for the board; None without a table, or when no CSV is of that standard.

    Raises Unavailable when the schemas of the standard are not there.
    """
    if not entry.get("table") or not STANDARDS[standard].columns:
        return None
    table = table_from_json(entry["table"])
    with TemporaryDirectory(prefix="idg-set-") as folder:
        path = Path(folder) / f"{dataset}.csv"
        write_csv(connection, table, header(table, standard), path)
        verdict = run.check(path, library, on, standard)
    open_board.keep_validation(connection, dataset, entry, verdict)
    return verdict


def header(table: Table, standard: str) -> list[tuple[str, str]]:
    """The columns that the standard knows, under its own names; its key alone, when only we have it, stays out."""
    official = {name.lower(): name for name in STANDARDS[standard].columns}
    known = [(one.name, official.get(one.name.lower(), one.name)) for one in table.columns]
    return [pair for pair in known if pair[1] in STANDARDS[standard].columns or pair[0] != table.id.name]
