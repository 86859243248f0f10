"""`check-against-standard`: a layer, or a text that the caller brings, against the standard of its data.

The verdict is that of `mig-idg standards check` and of deposits: the same validators are asked.
"""

from __future__ import annotations

import csv
import tempfile
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np

from mig_idg.errors import InvalidParameter, Text
from mig_idg.ogc.processes.builtin.words import COLLECTION, given, made, metadata
from mig_idg.ogc.processes.reading import Processor, scratch_file
from mig_idg.standards.bal.coordinates import LAMBERT_93, WGS84, transformer
from mig_idg.standards.known import STANDARDS, TABLES
from mig_idg.validators import run
from mig_idg.validators.library import Library

# What our CSV calls the coordinates, and what the Base Adresse Locale does.
_OURS = {"lon": "long", "longitude": "long", "latitude": "lat"}
_FLAGS = {"true": "1", "false": "0"}


class CheckAgainstStandard(Processor):
    """The verdict of a standard on the rows of a layer or on a text."""

    METADATA = metadata(
        "check-against-standard",
        ("Contrôler selon un standard", "Check against a standard"),
        (
            "Le verdict d'un standard (BAL, SCDL, acceslibre, DECP, PCRS…) sur une couche, ou sur un texte donné.",
            "The verdict of a standard (BAL, SCDL, acceslibre, DECP, PCRS…) on a layer, or on a text that is given.",
        ),
        inputs={
            "collection": given("La couche", "The layer", COLLECTION, required=False),
            "commune": given(
                "Les adresses d'une seule commune (code INSEE)",
                "Addresses of one commune only (INSEE code)",
                {"type": "string", "pattern": "^[0-9AB]{5}$"},
                required=False,
            ),
            "content": given(
                "Ou le texte d'un fichier (CSV, JSON, XML)",
                "Or the text of a file (CSV, JSON, XML)",
                {"type": "string", "minLength": 1},
                required=False,
            ),
            "standard": given(
                "Le standard (absent : celui de la couche, ou celui qu'on reconnaît)",
                "The standard (absent: the layer's, or the one that is recognised)",
                {"type": "string", "enum": list(STANDARDS)},
                required=False,
            ),
        },
        outputs={"report": made("Le rapport", "The report", {"type": "object"})},
        example={"inputs": {"collection": "adresses"}},
    )

    def execute(self, data: dict[str, Any], outputs: Any = None) -> tuple[str, Any]:
        """Write the rows or the text in a file, and ask for its verdict."""
        if ("collection" in data) == ("content" in data):
            raise InvalidParameter(
                "inputs",
                Text(
                    "Donnez « collection » ou « content », l'un des deux.",
                    "Give “collection” or “content”, one of them.",
                ),
            )
        if "content" in data:
            path = scratch_file(".txt")
            try:
                path.write_text(data["content"], "utf-8")
                return "application/json", {"report": self._verdict(path, data.get("standard"))}
            finally:
                path.unlink(missing_ok=True)
        return "application/json", {
            "report": self._layer(data["collection"], data.get("standard"), data.get("commune"))
        }

    def _verdict(self, path: Path, standard: str | None) -> dict[str, Any]:
        told = run.check(path, Library(self.standards), self.today, standard).as_json(self.lang)
        del told["file"]  # a name of ours, that says nothing
        return told

    def _layer(self, collection: str, standard: str | None, commune: str | None) -> dict[str, Any]:
        """The verdict on the rows: by the standard that is told, else declared, else recognised."""
        declared = self.get(f"/collections/{collection}").json().get("standard") or {}
        name: str | None = standard or declared.get("name")
        if name is not None and name not in TABLES:
            raise InvalidParameter(
                "standard",
                Text(f"Une couche ne se contrôle pas selon « {name} ».", f"A layer is not checked against “{name}”."),
                remedy=Text("Donnez le fichier : content.", "Give the file: content."),
            )
        with tempfile.TemporaryDirectory(prefix="mig-idg-job-") as folder:
            rows = Path(folder) / "rows.csv"
            chosen = {"filter": f"commune_insee='{commune}'"} if commune is not None else {}
            self.save(f"/collections/{collection}/items", rows, f="csv", **chosen)
            if name != "bal":
                return self._verdict(rows, name)
            communes = list(_by_commune(rows, Path(folder)))
            verdicts = []
            for number, (commune, path) in enumerate(communes):
                self.report(number * 100 // len(communes), f"Commune {commune}", f"Commune {commune}")
                verdicts.append((commune, self._verdict(path, name)))
            return _together(verdicts)


def _by_commune(rows: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    """The rows as files of addresses, one for each commune: the standard's readers take no other."""
    with rows.open(encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    header = [_OURS.get(name, name) for name in header]
    places = [header.index(name) for name in ("long", "lat")]
    points = np.array([[float(line[place] or "nan") for place in places] for line in lines]).reshape(-1, 2)
    x, y = transformer(WGS84, LAMBERT_93).transform(points[:, 0], points[:, 1])
    flags = [position for position, name in enumerate(header) if name == "certification_commune"]
    commune = header.index("commune_insee")
    order = sorted(range(len(lines)), key=lambda row: lines[row][commune])
    for code, chosen in groupby(order, key=lambda row: lines[row][commune]):
        path = folder / f"{len(list(folder.iterdir()))}.csv"
        with path.open("w", encoding="utf-8", newline="") as made_:
            written = csv.writer(made_, delimiter=";", lineterminator="\n")
            written.writerow([*header, "x", "y"])
            for row in chosen:
                line = lines[row]
                for flag in flags:
                    line[flag] = _FLAGS.get(line[flag], line[flag])
                written.writerow([*line, *(f"{value:.2f}" if isfinite(value) else "" for value in (x[row], y[row]))])
        yield code, path


def _together(verdicts: list[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    """One verdict of those of the communes: valid when each is; a finding says whose it is."""
    counts: Counter[str] = Counter()
    for _, one in verdicts:
        counts.update(one["counts"])
    first = verdicts[0][1] if verdicts else {"version": None, "tool": None}
    return {
        "standard": "bal",
        "version": first["version"],
        "valid": all(one["valid"] for _, one in verdicts),
        "findings": [{**finding, "commune": code} for code, one in verdicts for finding in one["findings"]],
        "tool": first["tool"],
        "lines": sum(one["lines"] or 0 for _, one in verdicts),
        "counts": dict(counts),
    }
