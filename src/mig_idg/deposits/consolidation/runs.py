"""A run: the contributions of the day, one recipe, one base. The same contributions give the same bytes.

Contributions are staged one transaction each; the run itself is one. Killed anywhere, what was staged stays staged, and
no half of a run is ever seen; run again, it goes on from there.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from mig_idg.deposits.consolidation import findings
from mig_idg.deposits.consolidation.contributions import Given, Staged, Told, published, query, stage
from mig_idg.deposits.consolidation.findings import CONFLICTS
from mig_idg.deposits.consolidation.recipe import Recipe
from mig_idg.errors import Conflict, InvalidParameter, Text, UnknownWord
from mig_idg.registry import facts

type Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Made:
    """What a run made: its number, rows, SHA-256 of the base, findings by kind, contributions read anew."""

    run: int
    rows: int
    sha256: str
    counts: dict[str, int]
    read: int
    compared: int
    lacking: tuple[str, ...]
    excluded: tuple[Row, ...]

    def as_json(self) -> Row:
        """As `--json` prints it."""
        return {
            "run": self.run,
            "rows": self.rows,
            "sha256": self.sha256,
            "findings": self.counts,
            "contributions_read": self.read,
            "compared": self.compared,
            "lacking": list(self.lacking),
            "excluded": list(self.excluded),
        }


def run(connection: Any, recipe: Recipe, given: Sequence[Given], author: str, on: date, told: Told) -> Made:
    """Make one base of the contributions, in the order of their bodies. `connection` has no transaction open.

    Raises Conflict when nothing is contributed, what staging raises for a contribution that cannot be read.
    """
    started = datetime.now(UTC)
    with connection.transaction():
        away = excluded(connection, recipe, given, on)
    bodies = {one["contributor"] for one in away}
    kept = sorted((one for one in given if one.contributor not in bodies), key=lambda one: one.contributor)
    _one_each(kept)
    if not kept:
        raise Conflict(
            Text("Aucune contribution à consolider.", "No contribution to consolidate."),
            remedy=Text("--contribution QUI=FICHIER, ou --deposits.", "--contribution WHO=FILE, or --deposits."),
        )
    staged = []
    for done, one in enumerate(kept):
        told(one.contributor, done, len(kept))
        staged.append(stage(connection, recipe, one, lambda *_: None))
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(hashtextextended(%s, 93))", (recipe.id,))
        findings.territories(connection, recipe)
        compared = findings.look(connection, recipe, staged)
        return _assemble(connection, recipe, staged, away, author, started, compared)


def excluded(connection: Any, recipe: Recipe, given: Sequence[Given], on: date) -> list[Row]:
    """The bodies whose contribution may not enter on that day, with the reason and the article.

    What was excluded by an act; and a collection under a whole exception or a takedown (Charte MIG, § 3.3).
    """
    rows = connection.execute(
        "select distinct on (contributor) contributor, reason, article from consolidation.exclusion"
        " where recipe = %s and from_on <= %s and (until_on is null or until_on > %s) order by contributor, id desc",
        (recipe.id, on, on),
    ).fetchall()
    found = {body: {"contributor": body, "reason": reason, "article": article} for body, reason, article in rows}
    known = facts.load(connection, on).datasets
    for one in given:
        dataset = known.get(one.source.removeprefix("collection:")) if one.source.startswith("collection:") else None
        if dataset is None or one.contributor in found:
            continue
        whole = [e for e in dataset.exceptions if e.span.covers(on) and not e.attributes]
        if whole or dataset.takedown is not None:
            reason = "exception" if whole else "retrait"
            article = "Charte MIG, § 3.3" if whole else "convention Tarn-et-Garonne, art. 7"
            found[one.contributor] = {"contributor": one.contributor, "reason": reason, "article": article}
    return [found[body] for body in sorted(found) if body in recipe.contributors]


def find(connection: Any, run: int) -> Row:
    """A run; UnknownWord."""
    rows = _rows(connection, "select r.* from consolidation.run r where r.id = %s", (run,))
    if not rows:
        known = [str(id) for (id,) in connection.execute("select id from consolidation.run order by id desc limit 20")]
        raise UnknownWord(Text("Consolidation", "run"), str(run), known)
    return rows[0]


def listing(connection: Any, dataset: str | None = None, limit: int = 50) -> list[Row]:
    """Runs, newest first."""
    return _rows(
        connection,
        "select id as run, recipe, recipe_version, dataset, rows, sha256, counts, lacking, finished_at, author,"
        " adopted_at from consolidation.run where %s::text is null or dataset = %s order by id desc limit %s",
        (dataset, dataset, limit),
    )


def conflicts(
    connection: Any,
    run: int,
    *,
    kinds: Sequence[str] | None = None,
    contributor: str | None = None,
    undecided: bool = False,
    limit: int = 1000,
) -> list[Row]:
    """The findings of a run (all kinds, or those named) with the decision taken of each, in a stable order."""
    find(connection, run)
    with connection.cursor(row_factory=dict_row) as cursor:
        values = {
            "run": run, "kinds": list(kinds) if kinds is not None else None, "contributor": contributor,
            "undecided": undecided, "limit": limit,
        }  # fmt: skip
        return list(cursor.execute(query("conflicts"), values).fetchall())


def export(connection: Any, run: int) -> Iterator[bytes]:
    """The base as GeoJSON lines in the order of the keys: the same contributions give the same bytes.

    Coordinates are those of the collection (its CRS), to the millimetre; properties in alphabetical order.
    """
    find(connection, run)
    with connection.cursor(name="consolidation") as cursor:
        cursor.execute(
            "select f.key, f.properties, st_asgeojson(f.geometry, 3)::jsonb from consolidation.result r"
            " join consolidation.feature f on f.contribution = r.contribution and f.n = r.n"
            ' where r.run = %s order by r.key collate "C"',
            (run,),
        )
        for key, properties, geometry in cursor:
            feature = {"type": "Feature", "id": key, "geometry": geometry, "properties": properties}
            yield json.dumps(feature, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _one_each(given: Sequence[Given]) -> None:
    twice = [body for body, times in Counter(one.contributor for one in given).items() if times > 1]
    if twice:
        raise InvalidParameter(
            "contribution",
            Text(
                f"Plus d'une contribution de : {', '.join(twice)}.",
                f"More than one contribution of: {', '.join(twice)}.",
            ),
        )


def _assemble(
    connection: Any,
    recipe: Recipe,
    staged: Sequence[Staged],
    away: list[Row],
    author: str,
    started: datetime,
    compared: int,
) -> Made:
    ids = _by_precedence(recipe, staged)
    connection.execute("create temporary table dropped (contribution bigint, key text) on commit drop")
    connection.execute("create temporary table second_kept (contribution bigint, key text) on commit drop")
    values = {"recipe": recipe.id, "ids": ids, "conflicts": list(CONFLICTS)}
    connection.execute(query("dropped"), values)
    connection.execute(_SECOND_KEPT, values)
    connection.execute("create index on dropped (contribution, key)")
    connection.execute("analyze dropped")
    counts = dict(connection.execute(_COUNTS, values).fetchall())
    gaps = _gaps(connection, recipe, staged)
    lacking = sorted(set(recipe.contributors) - {one.given.contributor for one in staged})
    counts |= {"gap": len(gaps)} if gaps else {}
    (run,) = connection.execute(
        "insert into consolidation.run (recipe, recipe_version, recipe_digest, dataset, contributions, lacking, gaps,"
        " excluded, rows, sha256, counts, blocking, author, started_at)"
        " values (%s, %s, %s, %s, '[]', %s, %s, %s, 0, repeat('0', 64), %s, %s, %s, %s) returning id",
        (recipe.id, recipe.version, recipe.digest, recipe.target, lacking, gaps, Jsonb(away), Jsonb(counts),
         list(recipe.blocking), author, started),
    ).fetchone()  # fmt: skip
    rows = connection.execute(query("result"), {"run": run, "ids": ids}).rowcount
    kept = dict(
        connection.execute(
            "select contribution, count(*) from consolidation.result where run = %s group by 1", (run,)
        ).fetchall()
    )
    (sha256,) = connection.execute(_DIGEST, (run,)).fetchone()
    told = [
        {
            "contributor": one.given.contributor, "contribution": one.id, "source": one.given.source,
            "version": one.given.version, "sha256": one.given.sha256, "rows": one.rows, "kept": kept.get(one.id, 0),
        }
        for one in staged
    ]  # fmt: skip
    connection.execute(
        "update consolidation.run set contributions = %s, rows = %s, sha256 = %s, finished_at = clock_timestamp()"
        " where id = %s",
        (Jsonb(told), rows, sha256, run),
    )
    read = sum(one.fresh for one in staged)
    return Made(run, rows, sha256, counts, read, compared, tuple(lacking), tuple(away))


def _by_precedence(recipe: Recipe, staged: Sequence[Staged]) -> list[int]:
    order = {body: rank for rank, body in enumerate(recipe.precedence)}
    ranked = sorted(staged, key=lambda one: (order.get(one.given.contributor, len(order)), one.given.contributor))
    return [one.id for one in ranked]


def _gaps(connection: Any, recipe: Recipe, staged: Sequence[Staged]) -> list[str]:
    """Codes of the territories on which no contribution has a feature; none when the target has no territory."""
    target = published(connection, recipe.target)
    if target.territory is None:
        return []
    present = {
        code
        for (code,) in connection.execute(
            "select distinct code from consolidation.feature where contribution = any(%s)",
            ([one.id for one in staged],),
        )
    }
    codes = {code for one in recipe.contributors.values() for code in one.territory}
    return sorted(codes - present)


def _rows(connection: Any, query: str, values: Sequence[Any]) -> list[Row]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return list(cursor.execute(sql.SQL(query), values).fetchall())


_SECOND_KEPT = """
insert into second_kept
select f.contribution, f.key
from consolidation.finding f
cross join lateral (
  select d.resolution
  from consolidation.decision d
  where d.recipe = %(recipe)s and d.identity = f.identity
  order by d.id desc
  limit 1
) d
where f.contribution = any(%(ids)s) and f.other is null and f.kind = 'duplicate_key' and d.resolution = 'keep_second'
"""

_COUNTS = """
select f.kind, count(*)
from consolidation.finding f
where f.contribution = any(%(ids)s) and (f.other is null or f.other = any(%(ids)s))
group by f.kind
order by f.kind
"""

_DIGEST = """
select encode(sha256(coalesce(string_agg(convert_to(r.key, 'UTF8') || f.digest, '' order by r.key collate "C"), '')),
'hex') from consolidation.result r join consolidation.feature f on f.contribution = r.contribution and f.n = r.n where
r.run = %s
"""
