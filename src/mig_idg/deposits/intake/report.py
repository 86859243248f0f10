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
    "key.own": "info",
    "geometry.measured": "warning",
    "geometry.flattened": "warning",
    "geometry.left": "warning",
    "value.unreadable": "warning",
    "value.without_zone": "warning",
    "rows.count_stale": "warning",
    "column.text": "warning",
    "column.mixed": "warning",
    "column.mixed_types": "warning",
    "column.code": "info",
    "column.numeric": "info",
    "column.empty": "info",
    "file.column.margin": "info",
    "file.encoding.marked": "info",
    "territory.empty": "warning",
    "territory.unknown": "warning",
    "key.repeated": "warning",
    "archive.beside": "info",
}
LABELS: dict[str, Label] = {
    "file.encoding.marked": Label(
        Text("Le fichier dit son encodage, qui n'est pas UTF-8", "The file tells its encoding, which is not UTF-8"),
        Text("lu comme il le dit", "read as it tells"),
    ),
    "file.encoding.utf16": Label(
        Text("Le fichier est en UTF-16 sans le dire", "The file is in UTF-16 and does not tell"),
        Text("--encoding utf-16-le", "--encoding utf-16-le"),
    ),
    "file.header": Label(Text("La première ligne n'a pas l'air d'un en-tête", "The first line does not look a header")),
    "file.delimiter.rare": Label(Text("Séparateur inhabituel", "Unusual separator")),
    "file.quotes.stray": Label(
        Text("Guillemet au milieu d'une valeur entre guillemets", "A quote inside a quoted value"),
        Text('doublez-le ("") ou retirez-le', 'double it ("") or remove it'),
    ),
    "file.column.margin": Label(
        Text("Colonne sans nom et vide : ignorée", "Column without a name and empty: ignored"),
    ),
    "file.column.unnamed": Label(
        Text("Colonne sans nom, qui a des valeurs", "Column without a name, which has values"),
        Text("donnez-lui un nom", "give it a name"),
    ),
    "geometry.ring_open": Label(
        Text("Un anneau de polygone n'est pas fermé", "A ring of a polygon is not closed"),
        Text("le dernier sommet répète le premier", "the last vertex repeats the first"),
    ),
    "geometry.too_few_points": Label(
        Text("La géométrie a trop peu de sommets", "The geometry has too few vertices"),
        Text("deux pour une ligne, quatre pour un anneau", "two for a line, four for a ring"),
    ),
    "geometry.surface": Label(
        Text(
            "Surface en trois dimensions (MultiPatch, TIN), non reprise",
            "Surface in three dimensions (MultiPatch, TIN)",
        ),
        Text("exportez les emprises en polygones", "export the footprints as polygons"),
    ),
    "geometry.measured": Label(
        Text("La géométrie porte des mesures (M)", "The geometry carries measures (M)"),
        Text("laissées de côté ; les altitudes sont gardées", "left aside; heights are kept"),
    ),
    "geometry.flattened": Label(
        Text("La géométrie a des altitudes", "The geometry has heights"),
        Text("laissées de côté, comme demandé (--flat)", "left aside, as asked (--flat)"),
    ),
    "geometry.height_unknown": Label(
        Text("Une altitude n'est pas un nombre", "A height is not a number"),
    ),
    "geometry.left": Label(
        Text(
            "Le fichier a des géométries, la collection n'en déclare pas",
            "The file has geometries, the collection none",
        ),
        Text("laissées de côté ; déclarez source.geometry pour les garder", "left aside; declare source.geometry"),
    ),
    "geometry.absent": Label(
        Text(
            "La collection déclare une géométrie, le fichier n'en a pas",
            "The collection declares a geometry, the file has none",
        ),
        Text(
            "choisissez une couche qui en a (--layer), ou ôtez source.geometry de la déclaration",
            "choose a layer that has one (--layer), or take source.geometry out of the declaration",
        ),
    ),
    "geometry.column": Label(
        Text(
            "La table de la collection n'a pas la colonne de géométrie déclarée",
            "The table of the collection lacks the declared column of geometry",
        )
    ),
    "territory.empty": Label(
        Text(
            "Le territoire est vide : aucune commune n'a de droit sur la ligne",
            "Territory empty: no commune has a right",
        ),
        Text("un code INSEE de cinq caractères", "an INSEE code of five characters"),
    ),
    "territory.malformed": Label(
        Text("Le territoire n'est pas un code de commune", "The territory is not the code of a commune"),
        Text("un code INSEE de cinq caractères, 92050", "an INSEE code of five characters, 92050"),
    ),
    "territory.unknown": Label(
        Text("Le territoire n'est pas une commune du partenariat", "The territory is no commune of the partnership"),
        Text(
            "gardé : aucune commune partenaire n'a de droit sur la ligne", "kept: no partner commune has a right on it"
        ),
    ),
    "value.unreadable": Label(
        Text("La valeur est illisible", "The value cannot be read"),
        Text("gardée comme une absence de valeur", "kept as no value"),
    ),
    "value.without_zone": Label(
        Text("Date et heure sans fuseau", "Date and time without a zone"),
        Text("prise en UTC", "taken as UTC"),
    ),
    "column.text": Label(Text("Colonne gardée en texte", "Column kept as text")),
    "column.mixed": Label(Text("Valeur qui garde la colonne en texte", "Value that keeps the column as text")),
    "column.mixed_types": Label(
        Text("Colonne de nombres et de textes", "Column of numbers and texts"),
        Text("gardée en texte", "kept as text"),
    ),
    "column.code": Label(Text("Colonne gardée en texte, d'après son nom", "Column kept as text, from its name")),
    "column.numeric": Label(
        Text("Nombres trop longs pour 64 bits", "Numbers too long for 64 bits"),
        Text("gardés avec tous leurs chiffres (numeric)", "kept with all their digits (numeric)"),
    ),
    "column.empty": Label(
        Text("Colonne vide", "Empty column"),
        Text("en texte, faute de valeur ; --retype lui donne un type", "text, for want of a value; --retype types it"),
    ),
    "column.collision": Label(
        Text("Deux colonnes auraient le même nom dans la base", "Two columns would have the same name in the database")
    ),
    "key.own": Label(
        Text("Les identifiants du fichier servent de clé", "The identifiers of the file are the key"),
    ),
    "key.mixed": Label(
        Text("Les identifiants sont des nombres et des textes", "Identifiers are numbers and texts"),
        Text("écrivez-les tous en textes", "write them all as texts"),
    ),
    "rows.count_stale": Label(
        Text(
            "Le fichier annonce un autre nombre d'objets que le sien", "The file announces a number that is not its own"
        ),
        Text("les objets présents sont chargés", "the features that are there are loaded"),
    ),
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
        Text("un nombre à point décimal, ou --decimal-comma", "a number with a decimal point, or --decimal-comma"),
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

    @property
    def is_standard(self) -> bool:
        """Is it a check of a standard, whose words name the column?"""
        return self.code not in LABELS

    def expected(self, lang: Lang) -> str | None:
        """What to do: what the examples say, else what the code says."""
        said = [one.expected.in_(lang) for one in self.examples if one.expected]
        if said:
            return " ; ".join(dict.fromkeys(said))
        return self.label.expected.in_(lang) if self.label.expected else None

    def as_json(self, lang: Lang) -> dict[str, Any]:
        """For `--json` and problem documents; lines and columns as a spreadsheet numbers them."""
        expected = self.expected(lang)
        return {
            "code": self.code,
            "level": self.level,
            "count": self.count,
            "label": self.label.means.in_(lang),
            **({"expected": expected} if expected else {}),
            "examples": [
                {name: value for name, value in _example(one, lang).items() if value is not None}
                for one in self.examples
            ],
        }


def _example(one: Finding, lang: Lang) -> dict[str, Any]:
    expected = one.expected.in_(lang) if one.expected else None
    return {"line": one.line, "column": one.column, "field": one.field, "value": one.short, "expected": expected}


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
    """What an import did. `replaced` rows were there before; `territories` limits what was replaced (None: all).

    `version` is the number of the version it made, None when it changed nothing or versions are not recorded.
    """

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
    rehearsed: bool = False
    version: int | None = None

    def as_json(self, lang: Lang) -> dict[str, Any]:
        """For `--json`."""
        return {
            "accepted": True,
            "dry_run": self.rehearsed,
            "file": self.file,
            "format": self.format,
            "standard": self.standard,
            "collection": self.collection,
            "table": self.table,
            "created": self.created,
            "rows": self.rows,
            "replaced": self.replaced,
            "territories": None if self.territories is None else list(self.territories),
            "version": self.version,
            "seconds": round(self.seconds, 2),
            "findings": [one.as_json(lang) for one in self.findings],
        }


class RefusedFile(Unprocessable):
    """A file that is not taken; `told` is all that was found in it."""

    def __init__(self, file: str, detail: Text, told: tuple[Said, ...], remedy: Text | None = None) -> None:
        super().__init__(detail, remedy=remedy, extra={"file": file, "findings": [one.as_json("fr") for one in told]})
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
        _way_out(errors),
    )


def _way_out(errors: list[Said]) -> Text | None:
    """What to do about the first fault, when it is known."""
    for one in errors:
        fr, en = one.expected("fr"), one.expected("en")
        if fr and en and any(example.expected for example in one.examples):
            return Text(f"Attendu : {fr}.", f"Expected: {en}.")
    return None


def _first(file: str, errors: list[Said]) -> Text:
    """`file:line: what is wrong` for the fault that comes first in the file."""
    places = [(example.line or 0, one, example) for one in errors for example in one.examples]
    if not places:
        return Text(f"{file} : {errors[0].label.means.fr}.", f"{file}: {errors[0].label.means.en}.")
    line, one, example = min(places, key=lambda place: place[0])
    column = f":{example.column}" if example.column else ""
    where = f"{file}:{line}{column}" if line else file
    named = f"{example.field}, " if example.field and one.code in LABELS else ""
    value = Text(f" ({named}« {example.short} »)", f" ({named}“{example.short}”)") if example.value else Text("", "")
    if named and not example.value:
        value = Text(f" ({example.field})", f" ({example.field})")
    return Text(f"{where} : {one.label.means.fr}{value.fr}.", f"{where}: {one.label.means.en}{value.en}.")


def _many(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
