"""A recipe: how one base is made of everyone's, declared in `recipes/*.yml`, versioned, read by people first.

What is done to a contribution (`preparation`) is told apart from what is done between contributions: changing a
precedence does not read thirty-six files again.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, StringConstraints, ValidationError, model_validator

from mig_idg.errors import InvalidParameter, Text, UnknownWord, Unprocessable
from mig_idg.publication.model import Strict, Words

Word = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
LARGEST = 262_144


class Contributor(Strict):
    """One body: the codes of its territory, and how its columns are called."""

    territory: tuple[Word, ...] = Field(description="INSEE codes of the communes it answers for")
    collection: Word | None = Field(None, description="a collection of its own that it contributes, instead of a file")
    rename: dict[Word, Name] = Field(default_factory=dict, description="its column: the target's column")
    leave: tuple[Word, ...] = Field((), description="columns of its file that are left out")
    give: dict[Name, Word] = Field(default_factory=dict, description="columns given the same value on each row")


class Boundaries(Strict):
    """Where the limits of the territories are: a collection, and its column of codes."""

    collection: Word
    code: Name


class Unit(Strict):
    """A column counted in one unit by the contributors and in another by the target: value × factor."""

    factor: float
    to: Word = Field(description="the target's unit (UCUM), for the report")


class SameObject(Strict):
    """When two features are the same object: the same values in these columns, at most so far apart (metres)."""

    columns: tuple[Name, ...] = Field(min_length=1)
    distance: Annotated[float, Field(ge=0, le=10_000)] = 5.0


class Edges(Strict):
    """Ends of lines on both sides of a limit that should meet: farther than `snapped`, nearer than `within` (m)."""

    snapped: Annotated[float, Field(ge=0)] = 0.01
    within: Annotated[float, Field(gt=0, le=1000)] = 1.0


class Recipe(Strict):
    """How the contributions to one collection become one base."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
    version: Annotated[int, Field(ge=1)]
    title: Words
    target: Word = Field(description="the coproduced collection that is made")
    key: tuple[Name, ...] = Field((), description="columns that identify a feature; absent = the target's identifier")
    contributors: dict[Word, Contributor] = Field(min_length=1)
    boundaries: Boundaries | None = None
    tolerance: Annotated[float, Field(ge=0, le=10_000)] = Field(
        1.0, description="metres a feature may lie outside its contributor's territory; overlaps below its square (m²)"
    )
    values: dict[Name, dict[Word, Word]] = Field(default_factory=dict, description="column: {contributed: target's}")
    lists: dict[Name, tuple[Word, ...]] = Field(default_factory=dict, description="column: the values it may have")
    units: dict[Name, Unit] = Field(default_factory=dict)
    same: SameObject | None = None
    edges: Edges | None = None
    latest: Name | None = Field(
        None, description="column of the last update: of two same objects, the newest is proposed"
    )
    precedence: tuple[Word, ...] = Field((), description="bodies, the first one wins where no territory decides")
    blocking: tuple[
        Literal["duplicate_key", "duplicate", "duplicate_across", "outside", "overlap", "edge_mismatch"], ...
    ] = Field(
        ("duplicate_key", "duplicate_across", "overlap"),
        description="conflicts that must be decided before the base is submitted",
    )

    @model_validator(mode="after")
    def _known(self) -> Recipe:
        for body in self.precedence:
            if body not in self.contributors:
                raise ValueError(f"precedence: {body}")
        codes = [code for one in self.contributors.values() for code in one.territory]
        if twice := sorted({code for code in codes if codes.count(code) > 1}):
            raise ValueError(f"territory: {', '.join(twice)}")
        return self

    @property
    def digest(self) -> str:
        """SHA-256 of the whole recipe, as JSON with sorted keys."""
        return _digest(self.model_dump(mode="json"))

    def preparation(self, contributor: str) -> str:
        """SHA-256 of what the recipe does to the contribution of one body, and of what is looked for in it."""
        told = self.model_dump(mode="json", include={"target", "key", "boundaries", "tolerance", "values", "lists",
                                                     "units", "same", "edges", "latest"})  # fmt: skip
        return _digest([told, self.contributors[contributor].model_dump(mode="json")])


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def read(path: Path) -> Recipe:
    """The recipe of a file; Unprocessable tells the key and what was expected."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Unprocessable(Text(f"{path} ne se lit pas.", f"{path} cannot be read.")) from error
    if len(text) > LARGEST:
        raise Unprocessable(Text(f"{path.name} dépasse 256 Kio.", f"{path.name} exceeds 256 KiB."))
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise Unprocessable(
            Text(f"{path.name}:{line} : YAML mal formé.", f"{path.name}:{line}: malformed YAML."),
            extra={"file": path.name, "line": line},
        ) from error
    try:
        return Recipe.model_validate(value)
    except ValidationError as error:
        raise Unprocessable(_told(path.name, error), extra={"file": path.name}) from error


def folder(place: Path) -> dict[str, Recipe]:
    """Every recipe of a folder, by identifier."""
    recipes: dict[str, Recipe] = {}
    for path in sorted(place.glob("*.yml")) if place.is_dir() else ():
        one = read(path)
        if one.id in recipes:
            raise Unprocessable(
                Text(f"{path.name} : la recette « {one.id} » est déjà dans un autre fichier.",
                     f"{path.name}: recipe “{one.id}” is in another file already.")
            )  # fmt: skip
        recipes[one.id] = one
    return recipes


def find(place: Path, word: str) -> Recipe:
    """The recipe of that identifier in the folder, or the one of the file that the word names."""
    if word.endswith((".yml", ".yaml")):
        return read(Path(word))
    recipes = folder(place)
    if not recipes:
        raise InvalidParameter("recipe", Text(f"Aucune recette dans {place}.", f"No recipe in {place}."))
    if word not in recipes:
        raise UnknownWord(Text("Recette", "recipe"), word, recipes)
    return recipes[word]


_EXPECTED = {
    "missing": Text("obligatoire", "required"),
    "extra_forbidden": Text("clé inconnue", "unknown key"),
    "value_error": Text("nommé deux fois, ou absent des contributeurs", "named twice, or not among the contributors"),
}


def _told(file: str, error: ValidationError) -> Text:
    def each(lang: Literal["fr", "en"]) -> str:
        lines = []
        for one in error.errors()[:10]:
            where = ".".join(map(str, one["loc"])) or "—"
            known = _EXPECTED.get(one["type"])
            what = known.in_(lang) if known else Text("valeur hors de ce qui est attendu", "unexpected value").in_(lang)
            detail = one["msg"].removeprefix("Value error, ") if one["type"] == "value_error" else ""
            lines.append(f"{where} : {what} {detail}".strip() if lang == "fr" else f"{where}: {what} {detail}".strip())
        return " · ".join(lines)

    return Text(f"{file} — {each('fr')}.", f"{file} — {each('en')}.")
