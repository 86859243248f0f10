"""Footprints of rasters: which files make a picture, found by the spatial index; vintages prepared and published.

Asked by the server (statements, read as the role without rights, on views of `served`) and by `mig-idg import`
(functions on a connection with the owner's rights). Pixels are never here: a row names a file under IDG_HOME/rasters.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg import Connection

from mig_idg.database.pipeline import Row
from mig_idg.errors import Conflict, Text
from mig_idg.store.statement import Statement

# More files than this in one picture: it is drawn from the vintage's overview.
MOST_FILES = 64
# What a file of a vintage ends with: a COG, or a tile of points; the longest first.
SUFFIXES = (".copc.laz", ".laz", ".las", ".tif")

_VERSION_OF_COMMUNES = "(select d.number from registry.data_version d where d.collection = 'communes')"


@dataclass(frozen=True, slots=True)
class Found:
    """One file of a picture: its path under IDG_HOME/rasters, what names its state, its place and size in pixels.

    `bounds` are west, south, east, north in the CRS of its vintage.
    """

    path: str
    sha256: str
    name: str
    vintage: str
    bounds: tuple[float, float, float, float]
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Vintage:
    """A vintage in force: name, first day and day after the last, low-resolution overview with its pixel size."""

    id: int
    name: str
    start: date
    end: date
    srid: int
    overview: str | None
    overview_pixel: float | None


def versions() -> Statement:
    """The version of the layer of communes, which masks depend on; the collection's own comes along."""
    return Statement(f"select coalesce({_VERSION_OF_COMMUNES}, 0)")


def mosaic(
    collection: str, box: tuple[float, float, float, float], moment: tuple[str | None, str | None] | None
) -> Statement:
    """The files that meet `box` (CRS84 degrees) in the vintage asked: the last one that meets `moment`, or the last.

    One row: version of the communes, then the vintage (or nulls), then its files as JSON, at most MOST_FILES + 1.
    """
    start, end = moment or (None, None)
    return Statement(
        f"""
with asked as (
  select v.id, v.name, v.during, v.srid, v.overview, v.overview_pixel
  from served.raster_vintage v
  where v.collection = $1
    and ($6::date is null or upper(v.during) > $6::date)
    and ($7::date is null or lower(v.during) <= $7::date)
  order by upper(v.during) desc, v.name desc
  limit 1
),
near as (
  select f.path, f.sha256, f.name, f.west, f.south, f.east, f.north, f.width, f.height
  from served.raster_file f
  join asked on asked.id = f.vintage
  where f.footprint operator(public.&&) public.st_makeenvelope($2, $3, $4, $5, 4326)
  order by f.name
  limit {MOST_FILES + 1}
)
select
  coalesce({_VERSION_OF_COMMUNES}, 0), asked.id, asked.name, lower(asked.during), upper(asked.during), asked.srid,
  asked.overview, asked.overview_pixel,
  (select json_agg(json_build_array(path, sha256, name, west, south, east, north, width, height) order by name)
   from near)
from (select) one
left join asked on true
""",
        (collection, *map(repr, box), start, end),
    )


def read_mosaic(rows: Sequence[Row]) -> tuple[int, Vintage | None, tuple[Found, ...]]:
    """The version of the communes, the vintage found, its files; more than MOST_FILES means: use the overview."""
    communes, number, name, start, end, srid, overview, pixel, files = rows[0]
    if number is None or name is None or start is None or end is None:
        return _integer(communes), None, ()
    vintage = Vintage(
        id=_integer(number),
        name=name.decode(),
        start=date.fromisoformat(start.decode()),
        end=date.fromisoformat(end.decode()),
        srid=_integer(srid),
        overview=overview.decode() if overview else None,
        overview_pixel=float(pixel) if pixel else None,
    )
    found = json.loads(files) if files else []
    return (
        _integer(communes),
        vintage,
        tuple(
            Found(path, sha, file, vintage.name, (west, south, east, north), width, height)
            for path, sha, file, west, south, east, north, width, height in found
        ),
    )


def territory_mask(communes: str) -> Statement:
    """The outline of the communes named (INSEE codes between commas) as hexadecimal EWKB; null when nobody draws it."""
    return Statement("select encode(public.st_asewkb(served.outline(string_to_array($1, ','))), 'hex')", (communes,))


def one_file(collection: str, vintage: str | None, name: str) -> Statement:
    """Path, SHA-256, size and vintage of a file by its name, in the vintage named or the last one that has it.

    The name ends with its suffix; one that ends with none of ours is a COG's.
    """
    suffix = next((one for one in SUFFIXES if name.endswith(one)), "")
    return Statement(
        """
select f.path, f.sha256, f.size, f.vintage_name
from served.raster_file f
where f.collection = $1
  and f.name = $3
  and f.suffix = $4
  and ($2::text is null or f.vintage_name = $2)
order by upper(f.during) desc
limit 1
""",
        (collection, vintage, name.removesuffix(suffix), suffix or ".tif"),
    )


def extent(collection: str) -> Statement:
    """West, south, east, north of the vintages in force (CRS84 degrees), first and last instant; nulls for none."""
    return Statement(
        """
with box as (
  select public.st_extent(f.footprint) as found, min(lower(f.during)) as first, max(upper(f.during)) as after
  from served.raster_file f
  where f.collection = $1
)
select
  public.st_xmin(found), public.st_ymin(found), public.st_xmax(found), public.st_ymax(found),
  first || 'T00:00:00Z', (after - 1) || 'T23:59:59Z'
from box
""",
        (collection,),
    )


def footprint(collection: str, moment: tuple[str | None, str | None] | None) -> Statement:
    """Bounds of the vintage asked in its own CRS (the last one that meets `moment`, or the last), and one of its files.

    One row, nulls when there is none.
    """
    start, end = moment or (None, None)
    return Statement(
        """
with asked as (
  select v.id
  from served.raster_vintage v
  where v.collection = $1
    and ($2::date is null or upper(v.during) > $2::date)
    and ($3::date is null or lower(v.during) <= $3::date)
  order by upper(v.during) desc, v.name desc
  limit 1
)
select min(f.west), min(f.south), max(f.east), max(f.north), min(f.path)
from served.raster_file f
join asked on asked.id = f.vintage
""",
        (collection, start, end),
    )


def _integer(value: bytes | None) -> int:
    return int(value) if value is not None else 0


# what `mig-idg import` writes


@dataclass(frozen=True, slots=True)
class NewFile:
    """One file just made: its name in the vintage, where it is, what it was made from, its extent in the CRS.

    A COG has `width`, `height` (pixels) and `pixel` (units of the CRS); a tile of points has `points` and its `suffix`.
    """

    name: str
    path: str
    source: str
    source_sha256: str
    sha256: str
    size: int
    width: int | None
    height: int | None
    bounds: tuple[float, float, float, float]
    pixel: float | None
    footprint: Sequence[tuple[float, float]]
    properties: Mapping[str, Any]
    suffix: str = ".tif"
    points: int | None = None


@contextmanager
def alone(connection: Connection[Any], collection: str) -> Iterator[None]:
    """Fill or prune a collection alone, over several transactions. Raises Conflict when somebody else does."""
    key = f"raster:{collection}"
    (free,) = connection.execute("select pg_try_advisory_lock(hashtextextended(%s, 61))", (key,)).fetchone() or (False,)
    connection.commit()
    if not free:
        raise Conflict(
            Text(f"Un autre import remplit « {collection} ».", f"Another import is filling “{collection}”."),
            remedy=Text("Attendez qu'il finisse.", "Wait for it to end."),
        )
    try:
        yield
    finally:
        if not connection.closed:
            connection.rollback()
            connection.execute("select pg_advisory_unlock(hashtextextended(%s, 61))", (key,))
            connection.commit()


def prepare(
    connection: Connection[Any], collection: str, name: str, during: tuple[date, date], srid: int, author: str
) -> int:
    """The vintage being prepared under this name, made when there is none: an interrupted import goes on with it."""
    found = connection.execute(
        """
        insert into raster.vintage (collection, name, during, srid, author)
        values (%s, %s, daterange(%s, %s), %s, %s)
        on conflict (collection, name) where published_at is null and pruned_at is null
        do update set during = excluded.during, srid = excluded.srid, author = excluded.author
        returning id
        """,
        (collection, name, *during, srid, author),
    ).fetchone()
    assert found is not None
    return int(found[0])


def prepared(connection: Connection[Any], vintage: int) -> dict[str, tuple[str, str]]:
    """What a vintage already holds: {SHA-256 of the source: (name, path)}."""
    rows = connection.execute("select source_sha256, name, path from raster.file where vintage = %s", (vintage,))
    return {sha: (name, path) for sha, name, path in rows}


def add(connection: Connection[Any], vintage: int, file: NewFile) -> None:
    """Write one file down, in place of the one of the same name."""
    ring = ", ".join(f"{x!r} {y!r}" for x, y in (*file.footprint, file.footprint[0]))
    connection.execute(
        """
        insert into raster.file (
          vintage, name, path, source, source_sha256, sha256, size, width, height,
          west, south, east, north, pixel, footprint, properties, suffix, points
        )
        values (
          %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, st_geomfromtext(%s, 4326), %s, %s, %s
        )
        on conflict (vintage, name) do update set
          path = excluded.path, source = excluded.source, source_sha256 = excluded.source_sha256,
          sha256 = excluded.sha256, size = excluded.size, width = excluded.width, height = excluded.height,
          west = excluded.west, south = excluded.south, east = excluded.east, north = excluded.north,
          pixel = excluded.pixel, footprint = excluded.footprint, properties = excluded.properties,
          suffix = excluded.suffix, points = excluded.points, imported_at = now()
        """,
        (
            vintage, file.name, file.path, file.source, file.source_sha256, file.sha256, file.size, file.width,
            file.height, *file.bounds, file.pixel, f"POLYGON(({ring}))", json.dumps(dict(file.properties)),
            file.suffix, file.points,
        ),
    )  # fmt: skip


def forget(connection: Connection[Any], vintage: int, names: Sequence[str]) -> None:
    """Take files out of a vintage being prepared."""
    connection.execute(
        """
        delete from raster.file f
        using raster.vintage v
        where v.id = f.vintage
          and v.id = %s
          and v.published_at is null
          and f.name = any (%s)
        """,
        (vintage, list(names)),
    )


def describe_overview(connection: Connection[Any], vintage: int, path: str, pixel: float) -> None:
    """Name the low-resolution picture of the whole vintage."""
    connection.execute(
        "update raster.vintage set overview = %s, overview_pixel = %s where id = %s", (path, pixel, vintage)
    )


def publish(connection: Connection[Any], vintage: int, report: Mapping[str, Any]) -> None:
    """Put a vintage in force, whole, in place of the one of its name; to be committed by the caller."""
    connection.execute("update raster.vintage set report = %s where id = %s", (json.dumps(dict(report)), vintage))
    connection.execute("select raster.publish(%s)", (vintage,))


def touch(connection: Connection[Any], collection: str) -> None:
    """Move the data version of a collection whose file was replaced on disk."""
    connection.execute(
        """
        insert into registry.data_version as v (collection, number)
        values (%s, 1)
        on conflict (collection) do update set number = v.number + 1, changed_at = now()
        """,
        (collection,),
    )
