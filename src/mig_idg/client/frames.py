"""Features as a GeoDataFrame, and back. Types are those of the layer's schema, not guessed from the values seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import geopandas
import numpy
import pandas
import shapely
from pyproj import CRS

from mig_idg.client.reference import northing_first, swapped

Schema = Mapping[str, Mapping[str, Any]]


class Reading(str):
    """When a frame was read, and its rows as they were: what `write` compares with.

    A text for whoever stores `attrs` (JSON, Parquet), shared and not copied by the frames made from that one.
    """

    rows: geopandas.GeoDataFrame

    def __deepcopy__(self, _memo: object) -> Reading:
        """Itself: pandas copies `attrs` with each frame."""
        return self


def frame(features: Sequence[Mapping[str, Any]], schema: Schema, crs: CRS) -> geopandas.GeoDataFrame:
    """The features under their ids, one typed column for each property of the schema."""
    shapes = numpy.array([_shape(one.get("geometry")) for one in features], dtype=object)
    if northing_first(crs) and len(shapes):
        shapes = swapped(shapes)
    rows = [one.get("properties") or {} for one in features]
    ids = pandas.Index([one["id"] for one in features], name="feature", dtype=None if features else object)
    columns = {
        name: typed([row.get(name) for row in rows], said, ids)
        for name, said in schema.items()
        if not str(said.get("format", "")).startswith("geometry") and (not rows or any(name in row for row in rows))
    }
    geometry = geopandas.GeoSeries(list(shapes), index=ids, crs=crs)
    return geopandas.GeoDataFrame(columns, geometry=geometry, index=ids, crs=crs)


def typed(values: list[Any], said: Mapping[str, Any], index: pandas.Index) -> pandas.Series:
    """One column, of the type its schema says; a missing value stays missing (a count does not become 3.0)."""
    kind, form = said.get("type"), said.get("format")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), None)
    if form == "date":
        return pandas.Series(numpy.array(values, dtype="datetime64[s]"), index=index)
    if form == "date-time":
        return pandas.Series(pandas.to_datetime(values, utc=True, format="ISO8601"), index=index)
    kinds = {"integer": "Int64", "number": "Float64", "boolean": "boolean", "string": "string"}
    return pandas.Series(values, index=index, dtype=kinds.get(str(kind), "object"))


def shape_of(geometry: Any, crs: CRS) -> dict[str, Any] | None:
    """A geometry as GeoJSON in the order of axes of its CRS."""
    if geometry is None or geometry.is_empty:
        return None
    written: dict[str, Any] = shapely.geometry.mapping(swapped(geometry) if northing_first(crs) else geometry)
    return written


def value_of(value: Any) -> Any:
    """A cell as JSON: missing is null, a day is a date."""
    if value is None or (pandas.api.types.is_scalar(value) and pandas.isna(value)):
        return None
    if isinstance(value, pandas.Timestamp):
        return value.date().isoformat() if value.tz is None else value.isoformat()
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return value.item() if isinstance(value, numpy.generic) else value


def differs(one: Any, other: Any) -> bool:
    """True when two cells, or two geometries, do not say the same."""
    if isinstance(one, shapely.Geometry) or isinstance(other, shapely.Geometry):
        return one is None or other is None or not one.equals_exact(other, 1e-9)
    return bool(value_of(one) != value_of(other))


def _shape(geometry: Mapping[str, Any] | None) -> Any:
    return shapely.geometry.shape(geometry) if geometry else None
