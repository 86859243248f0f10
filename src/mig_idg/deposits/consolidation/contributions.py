"""What each body gave, staged once: read under the target's own rules, prepared by the recipe, kept with its SHA-256.

A contribution is a file, a deposit that was signed off, or a collection of its body. Staged again, the same content is
found again: a run after one commune has changed reads one file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from mig_idg.deposits.consolidation.recipe import Contributor, Recipe
from mig_idg.deposits.intake import imports
from mig_idg.deposits.intake.adjust import Adjustments
from mig_idg.deposits.intake.imports import Choices, Progress
from mig_idg.deposits.intake.report import RefusedFile
from mig_idg.errors import Conflict, Text, UnknownWord
from mig_idg.publication.model import Declaration
from mig_idg.registry import publications

type Told = Callable[[str, int, int], None]
"""Progress: what is done, how much of how many."""


@dataclass(frozen=True, slots=True)
class Given:
    """A contribution as it is named: the body, where it is from, its version; `path` for a file."""

    contributor: str
    source: str
    version: str
    sha256: str
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Staged:
    """A contribution in the database."""

    id: int
    given: Given
    rows: int
    columns: tuple[str, ...]
    fresh: bool


def of_file(contributor: str, path: Path) -> Given:
    """A file: its version is its SHA-256."""
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Given(contributor, path.name, f"sha256:{sha256[:12]}", sha256, path)


def of_deposits(connection: Any, dataset: str, place: Callable[[str], Path]) -> list[Given]:
    """The last deposit that each body's referent signed off for the collection; `place` gives a deposit's file."""
    rows = connection.execute(
        "select distinct on (d.organisation) d.organisation, d.id::text, d.sha256, d.file from deposits.deposit d"
        " where d.dataset = %s and d.state in ('signed_off', 'published')"
        " order by d.organisation, d.updated desc, d.id",
        (dataset,),
    ).fetchall()
    return [Given(body, f"deposit:{id}", f"{file} ({id[:8]})", sha256, place(id)) for body, id, sha256, file in rows]


def of_collection(connection: Any, contributor: str, collection: str) -> Given:
    """The rows of a collection as they are now: its version is the digest of its rows."""
    declaration = published(connection, collection)
    table = sql.Identifier(*(declaration.source.table or "").split("."))
    query = sql.SQL("select coalesce(encode(sha256(string_agg(md5(t::text), '' order by md5(t::text))::bytea), 'hex'),"
                    " encode(sha256(''), 'hex')) from {} t")  # fmt: skip
    (sha256,) = connection.execute(query.format(table)).fetchone()
    generation = publications.latest(connection).number
    return Given(contributor, f"collection:{collection}", f"{collection}@{generation}", sha256)


def published(connection: Any, collection: str) -> Declaration:
    """The declaration in force of a collection; UnknownWord."""
    entries = publications.latest(connection).collections
    if collection not in entries:
        raise UnknownWord(Text("Collection publiée", "published collection"), collection, sorted(entries))
    return Declaration.model_validate(entries[collection]["declaration"])


def stage(connection: Any, recipe: Recipe, given: Given, told: Told) -> Staged:
    """The contribution in the database, read now unless it is already there. One transaction: whole, or not at all.

    Raises what the import raises (RefusedFile with its findings), UnknownWord for a body that the recipe lacks.
    """
    if given.contributor not in recipe.contributors:
        raise UnknownWord(Text("Contributeur", "contributor"), given.contributor, sorted(recipe.contributors))
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(hashtextextended(%s, 93))", (recipe.id,))
        there = _known(connection, recipe, given)
        if there is not None:
            return there
        target = published(connection, recipe.target)
        raw = _read(connection, recipe, given, target, told)
        return _prepare(connection, recipe, given, target, raw)


def _known(connection: Any, recipe: Recipe, given: Given) -> Staged | None:
    row = connection.execute(
        "select id, rows, columns from consolidation.contribution"
        " where recipe = %s and preparation = %s and contributor = %s and sha256 = %s",
        (recipe.id, recipe.preparation(given.contributor), given.contributor, given.sha256),
    ).fetchone()
    return Staged(row[0], given, row[1], tuple(row[2]), fresh=False) if row else None


@dataclass(frozen=True, slots=True)
class Raw:
    """The table that holds the rows as they came; `scratch` is to be dropped; `unknown` columns were left out.

    `missing` are the target's columns that the contribution lacks; `numbered`: its rows have no identifier of their
    own.
    """

    table: str
    scratch: bool = False
    unknown: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    numbered: bool = False


def _read(connection: Any, recipe: Recipe, given: Given, target: Declaration, told: Told) -> Raw:
    """The rows as they came, under the target's own types (D-05); columns that it has not are left out, and told."""
    own = recipe.contributors[given.contributor]
    if given.path is None:
        return Raw(str(published(connection, given.source.removeprefix("collection:")).source.table))
    name = f"data.contribution_{connection.execute("select nextval('registry.case_number')").fetchone()[0]}"
    connection.execute(
        sql.SQL("create table {} (like {})").format(
            sql.Identifier(*name.split(".")), sql.Identifier(*str(target.source.table).split("."))
        )
    )
    reading = target.model_copy(
        update={"id": "contribution", "source": target.source.model_copy(update={"table": name}), "territory": None}
    )
    choices = Choices(adjustments=_adjustments(own), replace="all", aggregate=True, examples=1000, versioned=False)
    heard: Progress = lambda step, done, whole: told(given.contributor, done, whole)  # noqa: E731
    unknown: frozenset[str] = frozenset()
    try:
        done = imports.run(connection, given.path, reading, choices, heard)
    except RefusedFile as refused:
        unknown = _unknown_only(refused)
        if not unknown:
            raise
        more = replace(choices.adjustments, left_out=choices.adjustments.left_out | unknown)
        done = imports.run(connection, given.path, reading, replace(choices, adjustments=more), heard)
    missing = {example.field for one in done.findings if one.code == "column.absent" for example in one.examples}
    numbered = any(one.code == "key.numbered" for one in done.findings)
    return Raw(name, True, unknown, frozenset(filter(None, missing)), numbered)


def _unknown_only(refused: RefusedFile) -> frozenset[str]:
    """The columns that the target has not, when they are all that refuses the file."""
    errors = [one for one in refused.told if one.level == "error"]
    if any(one.code != "column.unknown" for one in errors):
        return frozenset()
    return frozenset(example.field for one in errors for example in one.examples if example.field)


def _adjustments(own: Contributor) -> Adjustments:
    return Adjustments(renamed=own.rename, left_out=frozenset(own.leave), given=own.give)


def _prepare(connection: Any, recipe: Recipe, given: Given, target: Declaration, raw: Raw) -> Staged:
    table = raw.table
    identifier = sql.Identifier(*table.split("."))
    names = [name for (name,) in connection.execute(
        "select attname::text from pg_attribute where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped"
        " order by attname", (table,))]  # fmt: skip
    geometry = target.source.geometry if target.source.geometry in names else None
    columns = [name for name in names if name != geometry]
    brought = sorted((set(columns) - raw.missing) | raw.unknown)
    (id,) = connection.execute(
        "insert into consolidation.contribution"
        " (recipe, preparation, contributor, source, version, sha256, columns, rows)"
        " values (%s, %s, %s, %s, %s, %s, %s, 0) returning id",
        (recipe.id, recipe.preparation(given.contributor), given.contributor, given.source, given.version, given.sha256,
         brought),
    ).fetchone()  # fmt: skip
    values = _values(recipe, target, columns)
    if raw.numbered:
        values = sql.SQL("{} - {}::text").format(values, sql.Literal(str(target.source.id)))
    code = target.territory if target.territory in columns else None
    statement = query("stage").format(
        table=identifier,
        geometry=_geometry(target, geometry),
        properties=values,
        key=_joined(recipe.key or (str(target.source.id),)),
        natural=_joined(recipe.same.columns) if recipe.same else sql.SQL("null::text"),
        code=sql.SQL("p.properties ->> {}").format(sql.Literal(code)) if code else sql.SQL("null::text"),
        contribution=sql.Literal(id),
    )
    rows = connection.execute(statement).rowcount
    connection.execute("update consolidation.contribution set rows = %s where id = %s", (rows, id))
    if raw.scratch:
        connection.execute(sql.SQL("drop table {}").format(identifier))
    if not rows:
        raise Conflict(
            Text(f"La contribution de {given.contributor} ({given.source}) est vide.",
                 f"The contribution of {given.contributor} ({given.source}) is empty.")
        )  # fmt: skip
    return Staged(id, given, rows, tuple(brought), fresh=True)


def _joined(columns: Sequence[str]) -> sql.Composable:
    """Values of columns as one text, null when one of them is: what identifies a feature."""
    parts = [sql.SQL("lower(btrim(p.properties ->> {}))").format(sql.Literal(name)) for name in columns]
    return sql.SQL(" || chr(31) || ").join(parts)


def _values(recipe: Recipe, target: Declaration, columns: Sequence[str]) -> sql.Composable:
    """The properties as the target has them: code lists and units applied."""
    held: sql.Composable = sql.SQL("to_jsonb(t) - {}::text").format(sql.Literal(target.source.geometry or ""))
    for name, list_ in recipe.values.items():
        if name in columns:
            held = sql.SQL("consolidation.recode({}, {}, {}::jsonb)").format(
                held, sql.Literal(name), sql.Literal(Jsonb(list_))
            )
    for name, unit in recipe.units.items():
        if name in columns:
            held = sql.SQL("consolidation.rescale({}, {}, {})").format(
                held, sql.Literal(name), sql.Literal(unit.factor)
            )
    return held


def _geometry(target: Declaration, geometry: str | None) -> sql.Composable:
    if geometry is None:
        return sql.SQL("null::geometry")
    srid = int(target.source.crs.removeprefix("EPSG:"))
    return sql.SQL("st_transform(t.{}, {})").format(sql.Identifier(geometry), sql.Literal(srid))


def query(name: str) -> sql.SQL:
    """The statement of `queries/{name}.sql`."""
    text = (files("mig_idg.deposits.consolidation") / "queries" / f"{name}.sql").read_text("utf-8")
    return sql.SQL(text)
