"""Values at a point and along a line (OGC API EDR, OGC 19-086r6: position, trajectory), as CoverageJSON or GeoJSON."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from mig_idg.errors import InvalidParameter, Text, TooLarge
from mig_idg.guard.negotiation import only, wanted
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, json_answer
from mig_idg.imagery import dataset_cache, warp_grid
from mig_idg.imagery.dataset_cache import Source
from mig_idg.imagery.engine import RasterEngine
from mig_idg.imagery.frame import Frame
from mig_idg.imagery.mosaic import Mosaic
from mig_idg.ogc.raster import parameters
from mig_idg.ogc.raster.extent import BAND_LABELS
from mig_idg.ogc.raster.mosaic_selection import mosaic_of, raster_of
from mig_idg.ogc.raster.rendering import developed
from mig_idg.store import crs as reference
from mig_idg.store.crs import Crs

COVERAGE_JSON = "application/prs.coverage+json"
FORMATS = {"covjson": COVERAGE_JSON, "json": COVERAGE_JSON, "geojson": "application/geo+json"}
PARAMETERS = ("coords", "crs", "datetime", "parameter-name", "z")
MOST_POINTS = 5_000
MOST_WKT = 100_000
Floats = NDArray[np.float64]


async def position(request: Request) -> Response:
    """`GET /collections/{collection}/position?coords=POINT(x y)`: the values there, null outside."""
    return await _values(request, ("POINT", "MULTIPOINT"))


async def trajectory(request: Request) -> Response:
    """`GET /collections/{collection}/trajectory?coords=LINESTRING(…)`: a profile, a value for each pixel crossed.

    A line longer than 5 000 pixels has 5 000 values, evenly spread.
    """
    return await _values(request, ("LINESTRING",))


async def _values(request: Request, kinds: tuple[str, ...]) -> Response:
    raster = raster_of(request.collection, "coverages")
    only(request, *PARAMETERS)
    form = wanted(request, FORMATS)
    assert request.collection is not None
    srid = request.collection.srid
    crs = parameters.crs_named(request, "crs", srid, reference.CRS84)
    shape = _shape(request.query.get("coords", ""), kinds, crs)
    pixel = _pixel(request, crs)
    points, distances = _points(shape, crs, pixel)
    low, high = points.min(axis=0) - pixel, points.max(axis=0) + pixel
    frame = Frame((low[0], low[1], high[0], high[1]), crs.srid, 1_000_000, 1_000_000)
    mosaic = await mosaic_of(request.resource(RasterEngine), request, frame, datetime=request.query.get("datetime"))
    _known_names(request, mosaic)
    values = await developed(request.resource(RasterEngine).render_pool, request, sample, mosaic, points, crs.srid)
    etag = request.etag("edr", mosaic.key, form, sorted(request.query.items()))
    names = mosaic.bands
    shown = np.column_stack((points[:, 1], points[:, 0])) if crs.flipped else points
    if form == "geojson":
        return json_answer(_geojson(points, distances, values, names, kinds), media_type=FORMATS[form], etag=etag)
    document = _coverage_json(request, shown, distances, values, names, crs, kinds, str(raster.get("bands", "rgb")))
    return json_answer(document, media_type=COVERAGE_JSON, etag=etag, headers={"content-crs": crs.content_crs})


def sample(mosaic: Mosaic, points: Floats, srid: int) -> list[list[float | None]]:
    """For each band, the value of the pixel under each point; None outside the data or the caller's territory."""
    found: list[list[float | None]] = [[None] * len(points) for _ in mosaic.bands]
    left = np.ones(len(points), bool)
    if mosaic.territory_mask is not None:
        left &= shapely.contains_xy(mosaic.territory_mask.in_(srid), points[:, 0], points[:, 1])
    for source in mosaic.files:
        if left.any():
            _from_file(source, mosaic, points, srid, left, found)
    return found


def _from_file(
    source: Source, mosaic: Mosaic, points: Floats, srid: int, left: NDArray[np.bool_], found: list[list[float | None]]
) -> None:
    cog = dataset_cache.take(source)
    own = cog.srid or mosaic.srid
    xs, ys = points[:, 0], points[:, 1]
    if own != srid:
        xs, ys = warp_grid.mover(srid, own).transform(xs, ys)
    with np.errstate(invalid="ignore"):
        cols, rows = np.floor(cog.inverse.a * xs + cog.inverse.c), np.floor(cog.inverse.e * ys + cog.inverse.f)
        inside = left & (cols >= 0) & (cols < cog.dataset.width) & (rows >= 0) & (rows < cog.dataset.height)
    numbers = np.flatnonzero(inside)
    if not numbers.size:
        return
    places = [place for place, band in enumerate(mosaic.numbers) if band <= cog.bands]
    bands = [mosaic.numbers[place] for place in places]
    if not bands:
        return
    centres = [cog.dataset.transform @ (cols[n] + 0.5, rows[n] + 0.5) for n in numbers]
    for number, values in zip(numbers, cog.dataset.sample(centres, indexes=bands, masked=True), strict=True):
        if np.ma.getmaskarray(values).all():
            continue
        left[number] = False
        for place, value in zip(places, values, strict=True):
            if value is not np.ma.masked and math.isfinite(float(value)):
                found[place][number] = round(float(value), 4)


def _shape(text: str, kinds: tuple[str, ...], crs: Crs) -> Any:
    expected = "POINT(2.2 48.9)" if kinds[0] == "POINT" else "LINESTRING(2.2 48.9,2.3 48.9)"
    if not text or len(text) > MOST_WKT or text.split("(")[0].strip().upper().split(" ")[0] not in kinds:
        raise _bad_coords(expected)
    try:
        shape = shapely.force_2d(shapely.from_wkt(text))
    except shapely.errors.GEOSException:
        raise _bad_coords(expected) from None
    coordinates = shapely.get_coordinates(shape)
    if not len(coordinates) or not np.isfinite(coordinates).all():
        raise _bad_coords(expected)
    return shapely.transform(shape, lambda xy: xy[:, ::-1]) if crs.flipped else shape


def _bad_coords(expected: str) -> InvalidParameter:
    return InvalidParameter(
        "coords",
        Text("« coords » ne se lit pas.", "“coords” cannot be read."),
        remedy=Text(f"Attendu : coords={expected}", f"Expected: coords={expected}"),
    )


def _pixel(request: Request, crs: Crs) -> float:
    """How far apart points along a line are, in units of the CRS: half a metre unless told otherwise."""
    return 0.5 / 111_320 if crs.degrees else 0.5


def _points(shape: Any, crs: Crs, pixel: float) -> tuple[Floats, Floats]:
    """The points asked, or those along the line; and how far along each is, in metres."""
    if shape.geom_type != "LineString":
        points = shapely.get_coordinates(shape)
        if len(points) > MOST_POINTS:
            raise TooLarge(Text(f"Au plus {MOST_POINTS} points.", f"At most {MOST_POINTS} points."))
        return points, np.zeros(len(points))
    count = int(min(MOST_POINTS, max(2, math.ceil(shape.length / pixel) + 1)))
    steps = np.linspace(0.0, shape.length, count)
    points = shapely.get_coordinates(shapely.line_interpolate_point(shape, steps))
    flat = points if not crs.degrees else _metric(points)
    along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(flat, axis=0).T))))
    return points, along


def _metric(points: Floats) -> Floats:
    """Degrees as metres around the middle of the line: enough for a distance along it."""
    middle = math.radians(float(points[:, 1].mean()))
    return np.column_stack((points[:, 0] * 111_320 * math.cos(middle), points[:, 1] * 110_574))


def _known_names(request: Request, mosaic: Mosaic) -> None:
    for word in request.query.get("parameter-name", "").split(","):
        if word and word not in mosaic.bands:
            raise InvalidParameter(
                "parameter-name",
                Text(f"Grandeur inconnue : « {word[:40]} ».", f"Unknown parameter: “{word[:40]}”."),
                remedy=Text(f"Grandeurs : {', '.join(mosaic.bands)}.", f"Parameters: {', '.join(mosaic.bands)}."),
            )


def _geojson(
    points: Floats, distances: Floats, values: list[list[float | None]], names: Sequence[str], kinds: tuple[str, ...]
) -> dict[str, Any]:
    features = [
        {
            "type": "Feature",
            "id": number,
            "geometry": {"type": "Point", "coordinates": [round(float(x), 9), round(float(y), 9)]},
            "properties": {
                **({"distance": round(float(along), 3)} if kinds == ("LINESTRING",) else {}),
                **{name: band[number] for name, band in zip(names, values, strict=True)},
            },
        }
        for number, ((x, y), along) in enumerate(zip(points, distances, strict=True))
    ]
    return {"type": "FeatureCollection", "features": features}


def _coverage_json(
    request: Request, points: Floats, distances: Floats, values: list[list[float | None]], names: Sequence[str],
    crs: Crs, kinds: tuple[str, ...], kind: str,
) -> dict[str, Any]:  # fmt: skip
    line = kinds == ("LINESTRING",)
    xy = [[round(float(x), 9), round(float(y), 9)] for x, y in points]
    axes: dict[str, Any]
    if not line and len(xy) == 1:
        domain, axes, shape, axis_names = "Point", {"x": {"values": [xy[0][0]]}, "y": {"values": [xy[0][1]]}}, [], []
    else:
        domain = "Trajectory" if line else "MultiPoint"
        axes = {"composite": {"dataType": "tuple", "coordinates": ["x", "y"], "values": xy}}
        shape, axis_names = [len(xy)], ["composite"]
    system = {"type": "GeographicCRS" if crs.degrees else "ProjectedCRS", "id": crs.uri}
    ranges = {
        name: {
            "type": "NdArray",
            "dataType": "float",
            "axisNames": axis_names,
            "shape": shape,
            "values": band,
        }
        for name, band in zip(names, values, strict=True)
    }
    unit = {"symbol": {"value": "m", "type": "http://www.opengis.net/def/uom/UCUM/"}}
    return {
        "type": "Coverage",
        "domain": {
            "type": "Domain",
            "domainType": domain,
            "axes": axes,
            "referencing": [{"coordinates": ["x", "y"], "system": system}],
        },
        "parameters": {
            name: {
                "type": "Parameter",
                "observedProperty": {
                    "label": {request.lang: BAND_LABELS[name].in_(request.lang) if name in BAND_LABELS else name}
                },
                **({"unit": unit} if kind == "elevation" else {}),
            }
            for name in names
        },
        "ranges": ranges,
        **({"distances": [round(float(one), 3) for one in distances]} if line else {}),
    }
