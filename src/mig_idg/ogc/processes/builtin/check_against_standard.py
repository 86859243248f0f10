"""`check-against-standard`: a layer, or a file that the caller brings, against the standard of its data."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from mig_idg.errors import InvalidParameter, Text, UnknownWord
from mig_idg.ogc.processes.builtin.words import COLLECTION, given, made, metadata
from mig_idg.ogc.processes.reading import Processor, scratch_file
from mig_idg.standards.bal.checks import Checker
from mig_idg.standards.bal.labels import label

STANDARDS = ("bal",)
BATCH = 20_000
LAMBERT = "http://www.opengis.net/def/crs/EPSG/0/2154"
# What our CSV calls the coordinates, and what the standard does.
_OURS = {"x": "x", "y": "y", "lon": "long", "lat": "lat", "longitude": "long", "latitude": "lat"}


class CheckAgainstStandard(Processor):
    """The findings of a standard on the rows of a layer or of a CSV text."""

    METADATA = metadata(
        "check-against-standard",
        ("Contrôler selon un standard", "Check against a standard"),
        (
            "Les constats d'un standard (Base Adresse Locale) sur une couche, ou sur un CSV donné dans la demande.",
            "The findings of a standard (Base Adresse Locale) on a layer, or on a CSV text given in the request.",
        ),
        inputs={
            "collection": given("La couche", "The layer", COLLECTION, required=False),
            "content": given(
                "Ou le texte d'un fichier CSV",
                "Or the text of a CSV file",
                {"type": "string", "minLength": 1, "contentMediaType": "text/csv"},
                required=False,
            ),
            "standard": given(
                "Le standard (absent : celui de la couche, sinon bal)",
                "The standard (absent: the layer's, otherwise bal)",
                {"type": "string", "enum": list(STANDARDS)},
                required=False,
            ),
        },
        outputs={"report": made("Le rapport", "The report", {"type": "object"})},
        example={"inputs": {"collection": "adresses"}},
    )

    def execute(self, data: dict[str, Any], outputs: Any = None) -> tuple[str, Any]:
        """Read the rows, check them batch by batch, tell each finding once with its examples."""
        if ("collection" in data) == ("content" in data):
            raise InvalidParameter(
                "inputs",
                Text(
                    "Donnez « collection » ou « content », l'un des deux.",
                    "Give “collection” or “content”, one of them.",
                ),
            )
        declared = self._declared(data) if "collection" in data else {}
        name = data.get("standard") or declared.get("name", "bal")
        if name not in STANDARDS:
            raise UnknownWord(Text("Standard", "standard"), name, STANDARDS, closed=True)
        checker = self._check_layer(data["collection"]) if "collection" in data else _check_text(data["content"])
        tally = checker.close()
        found = [self._told(code, count, tally.shown.get(code, ()), checker.levels.get(code, "error"))
                 for code, count in tally.counts.items()]  # fmt: skip
        found.sort(key=lambda one: (("error", "warning", "info").index(one["level"]), -one["count"]))
        return "application/json", {
            "report": {
                "standard": name,
                "version": checker.version,
                "valid": not any(one["level"] == "error" for one in found),
                "rows": checker.rows,
                "findings": found,
            }
        }

    def _declared(self, data: dict[str, Any]) -> dict[str, Any]:
        told: dict[str, Any] = self.get(f"/collections/{data['collection']}").json().get("standard") or {}
        return told

    def _check_layer(self, collection: str) -> Checker:
        path = scratch_file(".csv")
        try:
            self.save(f"/collections/{collection}/items", path, f="csv", crs=LAMBERT)
            with path.open(encoding="utf-8", newline="") as file:
                return _checked(csv.reader(file))
        finally:
            path.unlink(missing_ok=True)

    def _told(self, code: str, count: int, examples: Any, level: str) -> dict[str, Any]:
        words = label(code)
        told = {"code": code, "level": level, "count": count, "message": words.means.in_(self.lang)}
        if words.expected:
            told["expected"] = words.expected.in_(self.lang)
        told["examples"] = [{"line": one.line, "field": one.field, "value": one.short} for one in examples]
        return told


def _check_text(content: str) -> Checker:
    content = content.removeprefix("\ufeff")
    head = content.split("\n", 1)[0]
    return _checked(csv.reader(io.StringIO(content), delimiter=max(";,\t|", key=head.count)))


def _checked(rows: Iterator[list[str]]) -> Checker:
    header = tuple(_OURS.get(name.strip().lower(), name.strip().lower()) for name in next(rows, []))
    if not header or len(set(header)) < len(header):
        raise InvalidParameter(
            "inputs",
            Text("L'en-tête manque, ou nomme deux fois une colonne.", "The header is missing or repeats a name."),
        )
    checker = Checker(header)
    batch: list[list[str]] = []
    first = 2
    for row in rows:
        batch.append([*row[: len(header)], *[""] * (len(header) - len(row))])
        if len(batch) == BATCH:
            _check(checker, header, batch, first)
            first += len(batch)
            batch = []
    if batch:
        _check(checker, header, batch, first)
    return checker


def _check(checker: Checker, header: tuple[str, ...], batch: list[list[str]], first: int) -> None:
    columns = [pa.array(column, pa.string()) for column in zip(*batch, strict=True)]
    lines = np.arange(first, first + len(batch), dtype=np.int64)
    checker.check(pa.RecordBatch.from_arrays(columns, names=list(header)), lines)
