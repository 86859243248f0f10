"""From a query, a grant and a rectangle to one layer of a Mapbox Vector Tile, written by PostGIS.

    whole(…)      every feature that meets the tile, up to a cap
    crowd(…)      how many there are, counted up to the cap: cheap, before a crowded tile is drawn
    thinned(…)    one feature for each cell of a grid over the tile, and how many each stands for

Rows of `whole` and `thinned`: (piece of the tile, features in it, features they stand for). The pieces follow each
other: a connection keeps for ever a buffer of the largest row it read. The conditions are those of the compiler of
pages: a filter means the same on a tile as on a page.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from mig_idg.store import crs as reference
from mig_idg.store.compile import Binder, conditions
from mig_idg.store.feature import geometry_in, utc
from mig_idg.store.grant import Grant
from mig_idg.store.query import Query
from mig_idg.store.statement import Statement, literal, quoted
from mig_idg.store.table import MERCATOR, Column, Geometry, Stats, Table

EXTENT = 4096
BUFFER = 64
CELLS = 128
# A tile with more is thinned.
MOST_FEATURES = 40_000
PIECE = 32_000
# How many times the mean of its extent the fullest tiles of a layer hold: data gather where people do.
UNEVEN = 3.0
_SHAPE, _ID, _KEPT = "idg_shape", "idg_id", "idg_kept"
# A quarter of a pixel of a tile shown on 512 pixels: no line moves by what an eye could see.
_PIXELS = 2048
# The side of the square that WebMercatorQuad cuts, in metres.
WORLD = 2 * 20_037_508.342789244
_POINTS = ("POINT", "MULTIPOINT")

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A tile without its number: bounds (xmin, ymin, xmax, ymax; x is easting or longitude) in an SRID."""

    bounds: Bounds
    srid: int

    @property
    def width(self) -> float:
        """In units of its CRS."""
        return self.bounds[2] - self.bounds[0]

    @property
    def buffered(self) -> Bounds:
        """The bounds with the strip around them in which symbols may reach into the tile."""
        margin = self.width * BUFFER / EXTENT
        xmin, ymin, xmax, ymax = self.bounds
        return (xmin - margin, ymin - margin, xmax + margin, ymax + margin)


def stands_for(table: Table) -> str:
    """The attribute of a thinned tile that says how many features one stands for; never a column's own name."""
    return "feature_count" if table.column("feature_count") is None else "idg_feature_count"


def reach(rectangle: Rectangle, table: Table) -> Bounds | None:
    """The buffered rectangle in the CRS of storage, or None when the tile is where that CRS means nothing."""
    geometry = table.geometry
    if geometry is None:
        return None
    if rectangle.srid == geometry.srid:
        return rectangle.buffered
    region = reference.moved(rectangle.buffered, rectangle.srid, geometry.srid)
    return region.bounds if region else None


def expected(rectangle: Rectangle, table: Table) -> float | None:
    """Roughly how many rows the tile holds, by its share of the extent counted at publication; None when unknown."""
    stats, bounds = table.stats, reach(rectangle, table)
    if stats is None or stats.extent is None or bounds is None:
        return None
    xmin, ymin, xmax, ymax = stats.extent
    width, height = max(xmax - xmin, 1e-9), max(ymax - ymin, 1e-9)
    across = max(0.0, min(bounds[2], xmax) - max(bounds[0], xmin)) / width
    up = max(0.0, min(bounds[3], ymax) - max(bounds[1], ymin)) / height
    return stats.rows * min(1.0, across) * min(1.0, up)


def crowded(rectangle: Rectangle, table: Table, most: int) -> float | None:
    """Roughly how many features the fullest tiles of this size hold, when that is over `most`; else None.

    It rests on the layer and on the level alone, never on the tile: neighbours are thinned together, or not at all.
    """
    fullest = _fullest(rectangle, table.stats, table.geometry)
    return fullest if fullest is not None and fullest > most else None


@lru_cache(maxsize=1024)
def thinned_by(stats: Stats | None, geometry: Geometry | None) -> tuple[object, ...]:
    """What neighbours must share to agree, of what publication counted: the levels thinned, and where cells begin.

    Empty for a layer that no level thins: its tiles rest on their own rows alone.
    """
    levels = tuple(level for level in range(25) if _crowds(level, stats, geometry))
    return (stats.extent, levels) if levels and stats is not None else ()


def _crowds(level: int, stats: Stats | None, geometry: Geometry | None) -> bool:
    width = WORLD / 2**level
    return (_fullest(Rectangle((0.0, 0.0, width, width), MERCATOR), stats, geometry) or 0.0) > MOST_FEATURES


def _fullest(rectangle: Rectangle, stats: Stats | None, geometry: Geometry | None) -> float | None:
    if stats is None or stats.extent is None or geometry is None:
        return None
    region = reference.moved(stats.extent, geometry.srid, rectangle.srid)
    if region is None:
        return None
    xmin, ymin, xmax, ymax = region.bounds
    across = min(1.0, rectangle.width / max(xmax - xmin, 1e-9))
    up = min(1.0, rectangle.width / max(ymax - ymin, 1e-9))
    return min(float(stats.rows), stats.rows * across * up * UNEVEN)


def _cell(rectangle: Rectangle, table: Table, cells: int, bounds: Bounds) -> tuple[float, float]:
    """The size of a cell in the CRS of storage: one for a level, so that neighbouring tiles share them."""
    stats, geometry = table.stats, table.geometry
    if geometry is not None and rectangle.srid != geometry.srid and stats is not None and stats.extent is not None:
        region = reference.moved(stats.extent, geometry.srid, rectangle.srid)
        west, south, east, north = stats.extent
        if region is not None and east > west and north > south:
            xmin, ymin, xmax, ymax = region.bounds
            size = rectangle.width / cells
            return size * (east - west) / (xmax - xmin), size * (north - south) / (ymax - ymin)
    return (bounds[2] - bounds[0]) / cells, (bounds[3] - bounds[1]) / cells


def whole(query: Query, grant: Grant, layer: str, rectangle: Rectangle, cap: int, time_column: str | None) -> Statement:
    """Every feature of the tile, up to `cap` + 1: one more than the cap means that the tile must be thinned."""
    table, bind = grant.table, Binder()
    where = _where(query, table, rectangle, bind, time_column)
    columns = ",\n    ".join((*_properties(query, table), f"{_shape(table, rectangle, bind)} as {_SHAPE}"))
    return Statement(
        _in_pieces(
            f"select {_encoded(layer, table)} as body, count({_SHAPE}) as shown, count(*) as meant\n"
            f"from (\n"
            f"  select {columns}\n"
            f"  from {grant.view}\n"
            f"  where {where}\n"
            f"  limit {bind(cap + 1, 'int')}\n"
            f") as tile"
        ),
        tuple(bind.values),
        binary=True,
    )


def crowd(query: Query, grant: Grant, rectangle: Rectangle, cap: int, time_column: str | None) -> Statement:
    """How many features the tile has, counted up to `cap` + 1. Rows: (n as text)."""
    bind = Binder()
    where = _where(query, grant.table, rectangle, bind, time_column)
    return Statement(
        f"select count(*)\nfrom (\n  select\n  from {grant.view}\n  where {where}\n"
        f"  limit {bind(cap + 1, 'int')}\n) as counted",
        tuple(bind.values),
    )


def thinned(
    query: Query, grant: Grant, layer: str, rectangle: Rectangle, time_column: str | None,
    *, cells: int = CELLS, sample: float = 1.0,
) -> Statement:  # fmt: skip
    """One feature for each cell of a grid of `cells` over the tile: the first by id, large ones before.

    Cells start at multiples of their size, so that neighbouring tiles agree. `sample` below 1 reads that share of the
    table's pages, always the same ones: never where rows are limited, because the share tells how many there are.
    """
    table, bind = grant.table, Binder()
    geometry, bounds = table.geometry, reach(rectangle, table)
    assert geometry is not None
    assert bounds is not None
    column = quoted(geometry.name)
    width, height = _cell(rectangle, table, cells, bounds)
    across, up = bind(width, "float8"), bind(height, "float8")
    where = _where(query, table, rectangle, bind, time_column)
    source = grant.view
    if sample < 1 and grant.all_rows:
        percent = bind(max(sample * 100, 0.001), "real")
        source = f"{table.read} tablesample system ({percent}) repeatable (1)"
    key, count = quoted(table.id.name), quoted(stands_for(table))
    if geometry.type == "POINT":
        x, y, large = f"st_x({column})", f"st_y({column})", "false"
    else:
        x = f"(st_xmin({column}) + st_xmax({column})) / 2"
        y = f"(st_ymin({column}) + st_ymax({column})) / 2"
        large = f"st_xmax({column}) - st_xmin({column}) + st_ymax({column}) - st_ymin({column}) > {across}"
    columns = ",\n      ".join((*_properties(query, table), f"{_shape(table, rectangle, bind)} as {_SHAPE}"))
    # `offset 0` keeps the planner from sorting what a small hash table groups.
    return Statement(
        _in_pieces(
            f"select {_encoded(layer, table)} as body, count({_SHAPE}) as shown,\n"
            f"  coalesce(sum({count}), 0)::bigint as meant\n"
            f"from (\n"
            f"  select feature.*, {_scaled(count, sample)} as {count}\n"
            f"  from kept,\n"
            f"  lateral (\n"
            f"    select {columns}\n"
            f"    from {grant.view}\n"
            f"    where {key} = {_back(table.id)}\n"
            f"    limit 1\n"
            f"  ) as feature\n"
            f") as tile",
            f"with placed as (\n"
            f"  select {_orderable(table.id)} as id, floor({x} / {across}) as x, floor({y} / {up}) as y,\n"
            f"    {large} as large\n"
            f"  from {source}\n"
            f"  where {where}\n"
            f"  offset 0\n"
            f"),\n"
            f"kept as (\n"
            f"  select coalesce(min(id) filter (where large), min(id)) as {_KEPT}, count(*) as {count}\n"
            f"  from placed\n"
            f"  group by x, y\n"
            f"),\n",
        ),
        tuple(bind.values),
        binary=True,
    )


def _where(query: Query, table: Table, rectangle: Rectangle, bind: Binder, time_column: str | None) -> str:
    """The tile's rectangle on the index, then what the client asked. The shape itself is clipped by PostGIS."""
    held = table.geometry_in(rectangle.srid)
    if held is not None:
        place = bind(reference.rectangle(rectangle.buffered, rectangle.srid), "geometry")
        near = f"{quoted(held)} && {place}"
    else:
        geometry, bounds = table.geometry, reach(rectangle, table)
        assert geometry is not None
        assert bounds is not None
        near = f"{quoted(geometry.name)} && {bind(reference.rectangle(bounds, geometry.srid), 'geometry')}"
    return "\n    and ".join((near, *conditions(replace(query, bbox=None), table, bind, time_column)))


def _shape(table: Table, rectangle: Rectangle, bind: Binder) -> str:
    """The geometry in the tile's own coordinates, without the bends that its scale cannot show.

    SRIDs are integers: by text PostGIS is hundreds of times slower. A tile is flat: heights are dropped before it is
    cut, since PostGIS 3.3 (Debian 12) fails on a 3D line that leaves the tile and comes back (“mixed dimension
    geometries”).
    """
    geometry = table.geometry
    assert geometry is not None
    if table.web and rectangle.srid == MERCATOR:
        shape = f"st_setsrid(st_geomfromtwkb({quoted(table.web)}), {MERCATOR})"
    else:
        shape = f"st_force2d({geometry_in(table, rectangle.srid)})"
    if geometry.type not in _POINTS:
        shape = f"st_simplify({shape}, {bind(rectangle.width / _PIXELS, 'float8')}, true)"
    frame = bind(reference.rectangle(rectangle.bounds, rectangle.srid), "geometry")
    return f"st_asmvtgeom({shape}, {frame}::box2d, {EXTENT}, {BUFFER}, true)"


def _in_pieces(drawing: str, before: str = "with ") -> str:
    """The rows of a drawing of (body, shown, meant), its body in pieces: one row, empty, when there is nothing."""
    return (
        f"{before}drawn as materialized (\n{drawing}\n),\n"
        f"cut as (\n"
        f"  select *, generate_series(1, greatest(length(body), 1), {PIECE}) as place\n"
        f"  from drawn\n"
        f")\n"
        f"select substring(body, place, {PIECE}), shown, meant\n"
        f"from cut"
    )


def _encoded(layer: str, table: Table) -> str:
    identified = f", '{_ID}'" if table.id.kind == "integer" else ""
    return f"st_asmvt(tile.*, {literal(layer)}, {EXTENT}, '{_SHAPE}'{identified})"


def _properties(query: Query, table: Table) -> tuple[str, ...]:
    """The columns as MVT values: text, number or boolean. A whole-number id is the feature's own id as well."""
    wanted = [c for c in table.columns if query.properties is None or c.name in query.properties]
    own = (f"{quoted(table.id.name)} as {_ID}",) if table.id.kind == "integer" else ()
    return (*own, *(f"{_value(column)} as {quoted(column.name)}" for column in wanted))


def _value(column: Column) -> str:
    name = quoted(column.name)
    match column.kind:
        case "text" if column.base in ("text", "character varying"):
            return name
        case "integer" | "boolean":
            return name
        case "number":
            return f"{name}::float8"
        case "timestamp":
            return f'to_char({utc(column)}, \'YYYY-MM-DD"T"HH24:MI:SS"Z"\')'
        case "array":
            return f"to_json({name})::text"
        case _:
            return f"{name}::text"


def _orderable(column: Column) -> str:
    """The id as a value that has a `min`."""
    return f"{quoted(column.name)}{'::text' if column.kind in ('uuid', 'other') else ''}"


def _back(column: Column) -> str:
    return f"kept.{_KEPT}::{column.base}" if column.kind in ("uuid", "other") else f"kept.{_KEPT}"


def _scaled(count: str, sample: float) -> str:
    return f"kept.{count}" if sample >= 1 else f"round(kept.{count} / {float(sample)!r})::bigint"
