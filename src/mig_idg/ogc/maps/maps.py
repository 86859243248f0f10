"""OGC API Maps (OGC 20-058): any rectangle, in any CRS offered, at any size, of one collection or of several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mig_idg.charter import Decision
from mig_idg.errors import InvalidParameter, NotFound, Text
from mig_idg.guard.negotiation import only
from mig_idg.guard.obligations import attribution, headers
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response
from mig_idg.imagery import attribution_overlay, render
from mig_idg.imagery.encode import Colour, Format
from mig_idg.imagery.engine import RasterEngine
from mig_idg.imagery.frame import Frame, Pixels, blank
from mig_idg.imagery.mosaic import Mosaic
from mig_idg.imagery.render import Style
from mig_idg.ogc.maps import map_window
from mig_idg.ogc.raster import extent, parameters, picture_formats
from mig_idg.ogc.raster.mosaic_selection import mosaic_under, raster_of
from mig_idg.ogc.raster.rendering import developed, known
from mig_idg.store.collection import Collection

PARAMETERS = (
    *map_window.PARAMETERS, "crs", "width", "height", "scale-denominator", "mm-per-pixel", "transparent", "bgcolor",
    "void-color", "void-transparent", "datetime", "style",
)  # fmt: skip
MOST_LAYERS = 8


@dataclass(frozen=True, slots=True)
class Sheet:
    """One layer of a map: its mosaic, its style, and what must be named with it."""

    mosaic: Mosaic
    style: Style
    words: str
    obligations: tuple[str, ...]


async def collection_map(request: Request) -> Response:
    """`GET /collections/{collection}/map`."""
    raster_of(request.collection, "maps")
    only(request, *PARAMETERS)
    assert request.collection is not None
    assert request.decision is not None
    return await _map(request, [(request.collection, request.decision)])


async def dataset_map(request: Request) -> Response:
    """`GET /map?collections=a,b`: drawn in the order given, the first below. Each under its own decision."""
    only(request, "collections", *PARAMETERS)
    named = request.query.get("collections")
    if named is None:
        ids = [one.id for one in request.snapshot.visible(request.principal) if _drawable(request, one)][:MOST_LAYERS]
    else:
        ids = list(dict.fromkeys(part.strip() for part in named.split(",") if part.strip()))
    if named is None and not ids:
        raise NotFound(
            Text("Aucune image que vous puissiez voir.", "No picture that you may see."),
            remedy=Text("La liste est à /collections.", "The list is at /collections."),
        )
    if not ids or len(ids) > MOST_LAYERS:
        raise InvalidParameter(
            "collections",
            Text(
                f"« collections » : de 1 à {MOST_LAYERS} collections d'images, séparées par des virgules.",
                f"“collections”: from 1 to {MOST_LAYERS} collections of pictures between commas.",
            ),
        )
    layers = []
    for id in ids:
        collection, _, decision = request.admit(id, "view")
        raster_of(collection, "maps")
        assert decision is not None
        layers.append((collection, decision))
    return await _map(request, layers)


def _drawable(request: Request, one: Collection) -> bool:
    decision = request.snapshot.decide(request.principal, "view", one.id)
    return bool(one.raster) and "maps" in one.services and decision.permitted and render.drawable(one, decision)


async def _map(request: Request, layers: Sequence[tuple[Collection, Decision]]) -> Response:
    room = request.resource(RasterEngine)
    format, background = picture_formats.wanted(request), parameters.background(request)
    first = layers[0][0]
    whole = (0.0, 0.0, 0.0, 0.0) if "bbox" in request.query else await extent.of(room, request, layers)
    region, moment = map_window.window(request, first.srid, whole)
    datetime = request.query.get("datetime", moment)
    frame = parameters.frame(request, region)
    sheets = []
    for collection, decision in layers:
        style = _style(request, collection, decision, len(layers))
        mosaic = await mosaic_under(room, request, collection, decision, frame, datetime=datetime)
        words = attribution(collection, request.snapshot.mention, decision.obligations)
        sheets.append(Sheet(mosaic, style, words, decision.obligations))
    key = (
        "map", frame, background, format.word if format else "",
        tuple((one.mosaic.key, one.style.word, one.words, one.obligations) for one in sheets),
    )  # fmt: skip
    etag = request.etag(key)
    made = {"content-crs": region.crs.content_crs, "content-bbox": _content_bbox(region)}
    if len(layers) > 1 or request.collection is None:
        for collection, decision in layers:
            for name, value in headers(collection, request.snapshot.mention, decision.obligations, request.base_url):
                made[name] = f"{made[name]}, {value}" if name in made else value
    if known(request, etag):
        return Response(etag=etag, headers=made)
    found = room.kept.get(key)
    if found is None:
        found = await developed(room.render_pool, request, draw, tuple(sheets), frame, format, background)
        room.kept.put(key, found)
    body, media_type = found
    return Response(body=body, media_type=media_type, headers=made, etag=etag)


def draw(
    sheets: tuple[Sheet, ...], frame: Frame, format: Format | None, background: Colour | None
) -> tuple[bytes, str]:
    """The encoded map and its media type, in the render pool: layers one over the other, then what must be named."""
    drawn = blank(frame, 3, "uint8")
    for sheet in sheets:
        if not sheet.mosaic.files:
            continue
        over = render.picture(sheet.mosaic, frame, sheet.style)
        drawn = Pixels(_over(drawn, over), drawn.valid | over.valid)
    words = " · ".join(dict.fromkeys(sheet.words for sheet in sheets))
    owed = {one for sheet in sheets for one in sheet.obligations}
    return picture_formats.finish(attribution_overlay.draw(drawn, words, owed), format, background)


def _over(drawn: Pixels, over: Pixels) -> NDArray[np.uint8]:
    return (
        np.where(over.valid, over.data, drawn.data) if not over.full else np.broadcast_to(over.data, drawn.data.shape)
    )


def _style(request: Request, collection: Collection, decision: Decision, layers: int) -> Style:
    assert collection.raster is not None
    kind = str(collection.raster.get("bands", "rgb"))
    word = request.params.get("style") or request.query.get("style")
    if layers > 1 and word not in render.STYLES[kind]:
        word = None
    return render.style_named(kind, word, decision)


def _content_bbox(region: parameters.Region) -> str:
    xmin, ymin, xmax, ymax = region.bounds
    ordered = (ymin, xmin, ymax, xmax) if region.crs.flipped else (xmin, ymin, xmax, ymax)
    return ",".join(f"{value:.{region.crs.digits}f}" for value in ordered)
