"""OGC API Maps (OGC 20-058): any rectangle, in any CRS offered, at any size, of one collection or of several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mig_idg.charter import Decision
from mig_idg.errors import InvalidParameter, NotFound, Text
from mig_idg.guard.answer import Answer
from mig_idg.guard.obligations import attribution, headers
from mig_idg.guard.visit import Visit
from mig_idg.ogc.describe.formats import only
from mig_idg.ogc.raster import asked, extent, formats, mention, paint, window
from mig_idg.ogc.raster.encode import Colour, Format
from mig_idg.ogc.raster.frame import Frame, Pixels, blank
from mig_idg.ogc.raster.paint import Style
from mig_idg.ogc.raster.scene import Scene, raster_of, scene_under, srid_of
from mig_idg.ogc.raster.studio import studio
from mig_idg.ogc.raster.tiles import developed, known
from mig_idg.store.collection import Collection

PARAMETERS = (
    *window.PARAMETERS, "crs", "width", "height", "scale-denominator", "mm-per-pixel", "transparent", "bgcolor",
    "void-color", "void-transparent", "datetime", "style",
)  # fmt: skip
MOST_LAYERS = 8


@dataclass(frozen=True, slots=True)
class Sheet:
    """One layer of a map: its scene, its style, and what must be named with it."""

    scene: Scene
    style: Style
    words: str
    obligations: tuple[str, ...]


async def collection_map(visit: Visit) -> Answer:
    """`GET /collections/{collection}/map`."""
    raster_of(visit.collection, "maps")
    only(visit, *PARAMETERS)
    assert visit.collection is not None
    assert visit.decision is not None
    return await _map(visit, [(visit.collection, visit.decision)])


async def dataset_map(visit: Visit) -> Answer:
    """`GET /map?collections=a,b`: drawn in the order given, the first below. Each under its own decision."""
    only(visit, "collections", *PARAMETERS)
    named = visit.query.get("collections")
    if named is None:
        ids = [one.id for one in visit.snapshot.visible(visit.principal) if _drawable(visit, one)][:MOST_LAYERS]
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
        collection, _, decision = visit.admit(id, "view")
        raster_of(collection, "maps")
        assert decision is not None
        layers.append((collection, decision))
    return await _map(visit, layers)


def _drawable(visit: Visit, one: Collection) -> bool:
    decision = visit.snapshot.decide(visit.principal, "view", one.id)
    return bool(one.raster) and "maps" in one.services and decision.permitted and paint.drawable(one, decision)


async def _map(visit: Visit, layers: Sequence[tuple[Collection, Decision]]) -> Answer:
    room = studio()
    format, background = formats.wanted(visit), asked.background(visit)
    first = layers[0][0]
    whole = (0.0, 0.0, 0.0, 0.0) if "bbox" in visit.query else await extent.of(room, visit, layers)
    region, moment = window.window(visit, srid_of(first), whole)
    datetime = visit.query.get("datetime", moment)
    frame = asked.frame(visit, region)
    sheets = []
    for collection, decision in layers:
        style = _style(visit, collection, decision, len(layers))
        scene = await scene_under(room, visit, collection, decision, frame, datetime=datetime)
        words = attribution(collection, visit.snapshot.mention, decision.obligations)
        sheets.append(Sheet(scene, style, words, decision.obligations))
    key = (
        "map", frame, background, format.word if format else "",
        tuple((one.scene.key, one.style.word, one.words, one.obligations) for one in sheets),
    )  # fmt: skip
    etag = visit.etag(key)
    made = {"content-crs": region.crs.content_crs, "content-bbox": _content_bbox(region)}
    if len(layers) > 1 or visit.collection is None:
        for collection, decision in layers:
            for name, value in headers(collection, visit.snapshot.mention, decision.obligations, visit.base_url):
                made[name] = f"{made[name]}, {value}" if name in made else value
    if known(visit, etag):
        return Answer(etag=etag, headers=made)
    found = room.kept.get(key)
    if found is None:
        found = await developed(room.darkroom, visit, draw, tuple(sheets), frame, format, background)
        room.kept.put(key, found)
    body, media_type = found
    return Answer(body=body, media_type=media_type, headers=made, etag=etag)


def draw(
    sheets: tuple[Sheet, ...], frame: Frame, format: Format | None, background: Colour | None
) -> tuple[bytes, str]:
    """The encoded map and its media type, in the darkroom: layers one over the other, then what must be named."""
    drawn = blank(frame, 3, "uint8")
    for sheet in sheets:
        if not sheet.scene.files:
            continue
        over = paint.picture(sheet.scene, frame, sheet.style)
        drawn = Pixels(_over(drawn, over), drawn.valid | over.valid)
    words = " · ".join(dict.fromkeys(sheet.words for sheet in sheets))
    owed = {one for sheet in sheets for one in sheet.obligations}
    return formats.finish(mention.draw(drawn, words, owed), format, background)


def _over(drawn: Pixels, over: Pixels) -> NDArray[np.uint8]:
    return (
        np.where(over.valid, over.data, drawn.data) if not over.full else np.broadcast_to(over.data, drawn.data.shape)
    )


def _style(visit: Visit, collection: Collection, decision: Decision, layers: int) -> Style:
    assert collection.raster is not None
    kind = str(collection.raster.get("bands", "rgb"))
    word = visit.params.get("style") or visit.query.get("style")
    if layers > 1 and word not in paint.STYLES[kind]:
        word = None
    return paint.style_named(kind, word, decision)


def _content_bbox(region: asked.Region) -> str:
    xmin, ymin, xmax, ymax = region.bounds
    ordered = (ymin, xmin, ymax, xmax) if region.crs.flipped else (xmin, ymin, xmax, ymax)
    return ",".join(f"{value:.{region.crs.digits}f}" for value in ordered)
