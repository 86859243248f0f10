"""What is said of a file after it was looked at: findings with their level, their words and a few examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mig_idg.errors import Lang, Text, Unprocessable
from mig_idg.standards.bal import labels as bal
from mig_idg.standards.findings import Finding, Label, Level, Tally

ORDER: tuple[Level, ...] = ("error", "warning", "info")

# Findings that any file may give, whatever its standard.
LEVELS: dict[str, Level] = {
    "file.row.blank": "warning",
    "geometry.missing": "warning",
    "geometry.invalid": "warning",
    "geometry.stroked": "warning",
    "value.not_a_number": "warning",
    "column.renamed": "info",
    "column.absent": "warning",
    "layer.not_taken": "warning",
    "key.numbered": "info",
    "key.repeated": "warning",
    "archive.beside": "info",
}
LABELS: dict[str, Label] = {
    "geometry.unreadable": Label(Text("La géométrie est illisible", "The geometry cannot be read")),
    "geometry.missing": Label(
        Text("L'objet n'a pas de géométrie", "The feature has no geometry"),
        Text("il est gardé, sans place sur la carte", "it is kept, without a place on the map"),
    ),
    "geometry.invalid": Label(
        Text("La géométrie n'est pas valide au sens de l'OGC", "The geometry is not valid as OGC defines it"),
        Text("gardée telle quelle : elle peut gêner des calculs", "kept as it is: it may upset computations"),
    ),
    "geometry.stroked": Label(
        Text("La géométrie avait des arcs de cercle", "The geometry had circular arcs"),
        Text("suivis par des segments, à un degré près", "followed by segments, within a degree"),
    ),
    "geometry.type": Label(
        Text("La géométrie n'est pas du type de la collection", "The geometry is not of the collection's type")
    ),
    "geometry.height": Label(
        Text(
            "La géométrie a des altitudes et la collection non, ou l'inverse",
            "The geometry has heights and the collection has not, or the other way round",
        )
    ),
    "geometry.out_of_domain": Label(
        Text(
            "La géométrie tombe hors du domaine du système de coordonnées",
            "The geometry falls outside the domain of the coordinate reference system",
        ),
        Text(
            "vérifiez le système (--crs) et l'ordre des axes",
            "check the coordinate reference system (--crs) and the order of axes",
        ),
    ),
    "value.nul": Label(Text("Le texte contient un caractère nul", "The text holds a null character")),
    "value.not_text": Label(
        Text("Le texte ne se décode pas", "The text does not decode"), Text("donnez --encoding", "give --encoding")
    ),
    "value.not_a_number": Label(
        Text("Un nombre est « NaN »", "A number is “NaN”"),
        Text("gardé comme une absence de valeur", "kept as no value"),
    ),
    "value.infinite": Label(Text("Un nombre est infini", "A number is infinite")),
    "value.unfit": Label(Text("La valeur n'est pas du type de la colonne", "The value is not of the column's type")),
    "value.missing": Label(Text("La valeur est obligatoire", "The value is mandatory")),
    "coordinate.unreadable": Label(
        Text("La coordonnée n'est pas un nombre", "The coordinate is not a number"),
        Text("un nombre à point décimal", "a number with a decimal point"),
    ),
    "key.missing": Label(Text("L'identifiant est vide", "The identifier is empty")),
    "key.duplicate": Label(
        Text("L'identifiant est porté par plusieurs lignes", "Several lines have the same identifier")
    ),
    "key.numbered": Label(
        Text("Le fichier n'a pas d'identifiant : les objets sont numérotés", "No identifier: features are numbered")
    ),
    "column.renamed": Label(Text("Colonne renommée pour la base", "Column renamed for the database")),
    "column.unknown": Label(
        Text("La collection n'a pas cette colonne", "The collection has no such column"),
        Text("renommez-la ou retirez-la du fichier", "rename it or take it out of the file"),
    ),
    "column.absent": Label(
        Text("Colonne absente du fichier : laissée vide", "Column missing from the file: left empty")
    ),
    "column.type": Label(
        Text("Type de colonne qui ne se range pas dans une table", "A type of column that no table can hold")
    ),
    "layer.not_taken": Label(
        Text("Couche du fichier qui n'est pas reprise", "Layer of the file that is not taken"),
        Text("--layer en choisit une autre", "--layer chooses another"),
    ),
    "rows.count": Label(
        Text("Le fichier annonce un autre nombre d'objets", "The file announces another number of features")
    ),
    "archive.beside": Label(Text("Fichier de l'archive qui n'est pas une donnée", "File of the archive, not data")),
}


@dataclass(frozen=True, slots=True)
class Said:
    """All findings of one code."""

    code: str
    level: Level
    count: int
    examples: tuple[Finding, ...]

    @property
    def label(self) -> Label:
        """Its words."""
        return LABELS.get(self.code) or bal.label(self.code)

    def as_json(self, lang: Lang) -> dict[str, Any]:
        """For `--json` and problem documents; lines and columns as a spreadsheet numbers them."""
        expected = self.label.expected
        return {
            "code": self.code,
            "level": self.level,
            "count": self.count,
            "label": self.label.means.in_(lang),
            **({"expected": expected.in_(lang)} if expected else {}),
            "examples": [
                {name: value for name, value in _example(one).items() if value is not None} for one in self.examples
            ],
        }


def _example(one: Finding) -> dict[str, Any]:
    return {"line": one.line, "column": one.column, "field": one.field, "value": one.short}


def said(tally: Tally, levels: Mapping[str, Level] = LEVELS) -> tuple[Said, ...]:
    """The findings by code, errors first, then by number."""
    found = [
        Said(code, levels.get(code, LEVELS.get(code, "error")), count, tuple(tally.shown.get(code, ())))
        for code, count in tally.counts.items()
    ]
    return tuple(sorted(found, key=lambda one: (ORDER.index(one.level), -one.count, one.code)))


def has_errors(tally: Tally, levels: Mapping[str, Level] = LEVELS) -> bool:
    """Is there anything that refuses the file?"""
    return any(levels.get(code, LEVELS.get(code, "error")) == "error" for code in tally.counts)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did. `replaced` rows were there before; `territories` limits what was replaced (None: all)."""

    file: str
    format: str
    collection: str
    table: str
    rows: int
    replaced: int
    created: bool
    seconds: float
    territories: tuple[str, ...] | None = None
    standard: str | None = None
    findings: tuple[Said, ...] = field(default=())

    def as_json(self, lang: Lang) -> dict[str, Any]:
        """For `--json`."""
        return {
            "accepted": True,
            "file": self.file,
            "format": self.format,
            "standard": self.standard,
            "collection": self.collection,
            "table": self.table,
            "created": self.created,
            "rows": self.rows,
            "replaced": self.replaced,
            "territories": None if self.territories is None else list(self.territories),
            "seconds": round(self.seconds, 2),
            "findings": [one.as_json(lang) for one in self.findings],
        }


class RefusedFile(Unprocessable):
    """A file that is not taken; `told` is all that was found in it."""

    def __init__(self, file: str, detail: Text, told: tuple[Said, ...]) -> None:
        super().__init__(detail, extra={"file": file, "findings": [one.as_json("fr") for one in told]})
        self.told = told


def refusal(file: str, tally: Tally, levels: Mapping[str, Level] = LEVELS) -> RefusedFile:
    """The error that refuses a file: where the first fault is, how many there are."""
    told = said(tally, levels)
    errors = [one for one in told if one.level == "error"]
    total = sum(one.count for one in errors)
    first = _first(file, errors)
    return RefusedFile(
        file,
        Text(
            f"{first.fr} Le fichier est refusé ({_many(total, 'faute', 'fautes')}) ; la collection n'a pas changé.",
            f"{first.en} The file is refused ({_many(total, 'fault', 'faults')}); the collection has not changed.",
        ),
        told,
    )


def _first(file: str, errors: list[Said]) -> Text:
    """`file:line: what is wrong` for the fault that comes first in the file."""
    places = [(example.line or 0, one, example) for one in errors for example in one.examples]
    if not places:
        return Text(f"{file} : {errors[0].label.means.fr}.", f"{file}: {errors[0].label.means.en}.")
    line, one, example = min(places, key=lambda place: place[0])
    column = f":{example.column}" if example.column else ""
    where = f"{file}:{line}{column}" if line else file
    value = Text(f" (« {example.short} »)", f" (“{example.short}”)") if example.value else Text("", "")
    return Text(f"{where} : {one.label.means.fr}{value.fr}.", f"{where}: {one.label.means.en}{value.en}.")


def _many(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
