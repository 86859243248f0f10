"""What is found in each contribution and between two: looked for once, kept with the contributions it is about.

Finding kinds that ask for a decision (`CONFLICTS`) have a proposed resolution; the others are told to the contributor.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from psycopg import sql

from mig_idg.deposits.consolidation.contributions import Staged, published, query
from mig_idg.deposits.consolidation.recipe import Recipe
from mig_idg.errors import Text

KINDS: dict[str, Text] = {
    "duplicate_key": Text("même identifiant deux fois", "the same identifier twice"),
    "duplicate": Text("même objet deux fois chez un contributeur", "the same object twice in a contribution"),
    "duplicate_across": Text("même objet de part et d'autre d'une limite", "the same object on both sides of a limit"),
    "outside": Text("hors du territoire du contributeur", "outside its contributor's territory"),
    "territory_code": Text("code d'un autre territoire", "code of another territory"),
    "overlap": Text("recouvrement", "overlap"),
    "edge_mismatch": Text("raccord manqué entre deux lignes", "lines that should meet"),
    "geometry_missing": Text("sans géométrie", "no geometry"),
    "geometry_invalid": Text("géométrie invalide", "invalid geometry"),
    "value": Text("valeur hors de la liste", "value out of the list"),
    "column_missing": Text("colonne absente", "missing column"),
    "column_unknown": Text("colonne inconnue de la cible", "column unknown to the target"),
    "gap": Text("territoire sans donnée", "territory without data"),
}
CONFLICTS = ("duplicate_key", "duplicate", "duplicate_across", "outside", "overlap", "edge_mismatch")
RESOLUTIONS: dict[str, tuple[str, ...]] = {
    "duplicate_key": ("keep_first", "keep_second"),
    "duplicate": ("keep_first", "keep_second", "keep_both"),
    "duplicate_across": ("keep_first", "keep_second", "keep_both"),
    "outside": ("keep_first", "drop"),
    "overlap": ("keep_first", "keep_second", "keep_both"),
    "edge_mismatch": ("keep_first", "keep_second", "keep_both"),
}
RESOLUTION_WORDS = {
    "keep_first": Text("garder le premier", "keep the first"),
    "keep_second": Text("garder le second", "keep the second"),
    "keep_both": Text("garder les deux", "keep both"),
    "drop": Text("écarter", "leave out"),
    "none": Text("rien", "nothing"),
}


def territories(connection: Any, recipe: Recipe) -> None:
    """Make the temporary table `territory` (contributor, geometry) of the run, empty when the recipe has no limits."""
    connection.execute("drop table if exists territory")
    connection.execute(
        "create temporary table territory (contributor text primary key, geometry geometry) on commit drop"
    )
    if recipe.boundaries is None:
        return
    limits = published(connection, recipe.boundaries.collection)
    target = published(connection, recipe.target)
    codes = [(code, body) for body, one in recipe.contributors.items() for code in one.territory]
    statement = sql.SQL(
        "insert into territory select c.body, st_union(st_transform(b.{geometry}, {srid})) from {table} b"
        " join unnest(%s::text[], %s::text[]) as c (code, body) on c.code = b.{code}::text group by c.body"
    ).format(
        geometry=sql.Identifier(str(limits.source.geometry)),
        srid=sql.Literal(int(target.source.crs.removeprefix("EPSG:"))),
        table=sql.Identifier(*str(limits.source.table).split(".")),
        code=sql.Identifier(recipe.boundaries.code),
    )
    connection.execute(statement, ([code for code, _ in codes], [body for _, body in codes]))


def look(connection: Any, recipe: Recipe, staged: Sequence[Staged]) -> int:
    """Look for what has not been looked for yet: in new contributions, then in new pairs; how many of both."""
    target = published(connection, recipe.target)
    looked = 0
    for one in staged:
        (examined,) = connection.execute(
            "select examined from consolidation.contribution where id = %s", (one.id,)
        ).fetchone()
        if not examined:
            _within(connection, recipe, one, spatial=target.source.geometry is not None)
            looked += 1
    return looked + _pairs(connection, recipe, sorted(staged, key=lambda one: one.given.contributor))


def _within(connection: Any, recipe: Recipe, one: Staged, *, spatial: bool) -> None:
    own = recipe.contributors[one.given.contributor]
    values = {
        "contribution": one.id,
        "contributor": one.given.contributor,
        "codes": list(own.territory),
        "tolerance": recipe.tolerance,
        "spatial": spatial,
        "distance": recipe.same.distance if recipe.same else None,
        "latest": recipe.latest or "",
        "lists": json.dumps({name: list(allowed) for name, allowed in recipe.lists.items()}),
    }
    connection.execute(query("within"), values)
    _columns(connection, recipe, one)
    connection.execute("update consolidation.contribution set examined = true where id = %s", (one.id,))


def _columns(connection: Any, recipe: Recipe, one: Staged) -> None:
    """Breaks of the common structure (stage 1): columns that the target has and the contribution lacks, or reverse."""
    target = published(connection, recipe.target)
    known = {name for (name,) in connection.execute(
        "select attname::text from pg_attribute where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped",
        (target.source.table,))} - {target.source.geometry, target.source.id}  # fmt: skip
    brought = set(one.columns) - {target.source.id}
    told = [("column_missing", name) for name in sorted(known - brought)]
    told += [("column_unknown", name) for name in sorted(brought - known)] if known else []
    for kind, name in told:
        connection.execute(
            "insert into consolidation.finding (contribution, identity, kind, key, proposal, details)"
            " values (%s, md5(concat_ws(chr(31), %s::text, %s::text, %s::text)), %s, null, 'none',"
            " jsonb_build_object('column', %s::text)) on conflict do nothing",
            (one.id, kind, one.given.contributor, name, kind, name),
        )


def _pairs(connection: Any, recipe: Recipe, staged: Sequence[Staged]) -> int:
    """Compare each pair that was not compared yet and may touch: their extents do, or they share a key."""
    reach = max(recipe.same.distance if recipe.same else 0.0, recipe.edges.within if recipe.edges else 0.0, 0.0)
    ids = [one.id for one in staged]
    shared = {
        (a, b)
        for a, b in connection.execute(
            "select distinct a.contribution, b.contribution from consolidation.feature a"
            " join consolidation.feature b on b.key = a.key and b.contribution <> a.contribution"
            " where a.contribution = any(%(ids)s) and b.contribution = any(%(ids)s)",
            {"ids": ids},
        )
    }
    rows = connection.execute(
        "with box as (select f.contribution as id, st_expand(st_extent(f.geometry)::box2d, %(reach)s) as box"
        "  from consolidation.feature f where f.contribution = any(%(ids)s) group by 1)"
        " select a.id, b.id, a.box is null or b.box is null or a.box && b.box from box a join box b on a.id <> b.id"
        " where not exists (select from consolidation.compared c where c.contribution = a.id and c.other = b.id)",
        {"ids": ids, "reach": reach},
    ).fetchall()
    fresh = {(a, b): touches or (a, b) in shared for a, b, touches in rows}
    done = 0
    for at, a in enumerate(staged):
        for b in staged[at + 1 :]:
            if (a.id, b.id) not in fresh:
                continue
            if fresh[a.id, b.id]:
                connection.execute(query("across"), _between(recipe, a, b))
                done += 1
            connection.execute(
                "insert into consolidation.compared values (%s, %s) on conflict do nothing", (a.id, b.id)
            )
    return done


def _between(recipe: Recipe, a: Staged, b: Staged) -> Mapping[str, Any]:
    order = {body: rank for rank, body in enumerate(recipe.precedence)}
    last = len(order)
    ranks = [order.get(one.given.contributor, last) for one in (a, b)]
    return {
        "a": a.id,
        "b": b.id,
        "a_body": a.given.contributor,
        "b_body": b.given.contributor,
        "distance": recipe.same.distance if recipe.same else None,
        "latest": recipe.latest or "",
        "tolerance": recipe.tolerance,
        "edge": recipe.edges.within if recipe.edges else None,
        "snapped": recipe.edges.snapped if recipe.edges else 0.0,
        "preferred": "keep_first" if ranks[0] <= ranks[1] else "keep_second",
    }
