"""What makes a picture: which files, in which vintage, and what limits it for this caller.

One round trip asks for rights, versions and files together. A territory limit becomes a mask where the declaration says
that pixels may be masked, and a refusal where it does not: it is never dropped.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import structlog

from mig_idg.charter import Decision
from mig_idg.errors import InvalidParameter, NotFound, Refused, Text, Unavailable
from mig_idg.guard.request import Request
from mig_idg.imagery import dataset_cache
from mig_idg.imagery.bands import BAND_NAMES, open_bands
from mig_idg.imagery.dataset_cache import Georeference, Source
from mig_idg.imagery.engine import RasterEngine
from mig_idg.imagery.frame import Frame
from mig_idg.imagery.mosaic import Mosaic
from mig_idg.imagery.territory_mask import TerritoryMask, from_hex
from mig_idg.store import crs, datetimes, rasters
from mig_idg.store.collection import Collection
from mig_idg.store.rasters import Vintage

log = structlog.get_logger(__name__)


def raster_of(collection: Collection | None, service: str) -> Mapping[str, object]:
    """What the collection declares of its raster. Raises NotFound when it has none, or does not serve this."""
    if collection is None or collection.raster is None or service not in collection.services:
        raise NotFound(
            Text("Cette collection n'est pas servie ainsi.", "This collection is not served this way."),
            remedy=Text("Ses adresses sont dans ses liens.", "Its links tell its addresses."),
            extra={"collection": collection.id} if collection else {},
        )
    return collection.raster


async def mosaic_of(
    raster_engine: RasterEngine, request: Request, frame: Frame, *, datetime: str | None = None
) -> Mosaic:
    """The mosaic of a frame, of the collection and under the decision of the request."""
    assert request.collection is not None
    assert request.decision is not None
    return await mosaic_under(raster_engine, request, request.collection, request.decision, frame, datetime=datetime)


async def mosaic_under(
    raster_engine: RasterEngine,
    request: Request,
    collection: Collection,
    decision: Decision,
    frame: Frame,
    *,
    datetime: str | None = None,
) -> Mosaic:
    """The mosaic of a frame, in a collection, under a decision. Raises Refused, InvalidParameter, Unavailable."""
    raster = collection.raster or {}
    kind = str(raster.get("bands", "rgb"))
    seen, limits = open_bands(BAND_NAMES[kind], kind, decision), _limits(raster, decision, collection)
    vintage: Vintage | None = None
    asked = days(datetime) if datetime is not None else None
    if raster.get("vintages"):
        box = crs.moved(frame.bounds, frame.srid, crs.WGS84)
        rows = await request.fetch(
            rasters.mosaic(collection.id, box.bounds if box else (0.0, 0.0, 0.0, 0.0), asked),
            (collection, None, decision),
        )
        communes, vintage, found = rasters.read_mosaic(rows)
        if vintage is None:
            raise no_vintage(datetime, collection)
        files, states = _files(raster_engine, vintage, found if box else (), frame)
    else:
        rows = await request.fetch(rasters.versions(), (collection, None, decision))
        communes = int(rows[0][0] or 0)
        files = (Source(raster_engine.path(str(raster["cog"]))),)
        one = (files[0].path, collection)
        state = await asyncio.to_thread(_state, *one) if raster_engine.place.distant else _state(*one)
        states = (state,)
    territory_mask = None
    if limits is not None:
        territory_mask = await _outline(raster_engine, request, collection, decision, limits, communes)
    return Mosaic(
        files=files,
        srid=vintage.srid if vintage else collection.srid,
        kind=kind,
        key=(
            collection.id,
            request.snapshot.generation,
            request.data_version,
            states,
            territory_mask.key if territory_mask else "",
            seen,
        ),
        bands=seen,
        territory_mask=territory_mask,
        vintage=vintage,
    )


def _limits(raster: Mapping[str, object], decision: Decision, collection: Collection) -> str | None:
    """The communes to show, between commas; None for no limit. Raises Refused when pixels may not be masked."""
    if decision.rows is None:
        return None
    if not raster.get("mask_territory"):
        raise Refused(
            Text(
                "Votre accès est limité à votre territoire, et cette image ne peut pas être masquée.",
                "Your access is limited to your territory, and this picture cannot be masked.",
            ),
            remedy=Text(
                "Demandez au propriétaire un accès à l'ensemble, ou qu'il déclare « mask_territory ».",
                "Ask its owner for access to the whole, or to declare “mask_territory”.",
            ),
            extra={"rule": decision.rule, "article": decision.article, "collection": collection.id},
        )
    return ",".join(sorted(decision.rows))


async def _outline(
    raster_engine: RasterEngine,
    request: Request,
    collection: Collection,
    decision: Decision,
    communes: str,
    version: int,
) -> TerritoryMask:
    key = f"{version}:{communes}"
    if key not in raster_engine.territory_masks:
        rows = await request.fetch(rasters.territory_mask(communes), (collection, None, decision))
        text = rows[0][0]
        raster_engine.remember_outline(key, from_hex(key, text.decode()) if text else None)
    territory_mask = raster_engine.territory_masks[key]
    if territory_mask is None:
        log.error("outline-missing", collection=collection.id)
        raise Unavailable(
            Text(
                "Les limites des communes ne sont pas publiées : l'image ne peut pas être masquée.",
                "The boundaries of the communes are not published: the picture cannot be masked.",
            ),
            remedy=Text("Publiez la collection « communes ».", "Publish the collection “communes”."),
        )
    return territory_mask


def _files(
    raster_engine: RasterEngine, vintage: Vintage, found: tuple[rasters.Found, ...], frame: Frame
) -> tuple[tuple[Source, ...], tuple[object, ...]]:
    """The files to open, and their states. At small scales, the vintage's own overview: one file instead of many."""
    pixel = vintage.overview_pixel if vintage.overview is not None else None
    if found and pixel is not None and (len(found) > rasters.MOST_FILES or _pixel(frame, vintage.srid) >= pixel):
        return (Source(raster_engine.path(str(vintage.overview))),), (vintage.id, "overview")
    if len(found) > rasters.MOST_FILES:
        raise InvalidParameter(
            "bbox",
            Text("L'emprise couvre trop de fichiers à cette échelle.", "The box covers too many files at this scale."),
            remedy=Text("Réduisez l'emprise.", "Use a smaller box."),
        )
    sources = (
        Source(raster_engine.path(one.path), Georeference(one.bounds, vintage.srid, one.width, one.height))
        for one in found
    )
    return tuple(sources), (vintage.id, *(one.sha256 for one in found))


def _pixel(frame: Frame, srid: int) -> float:
    """The width of a pixel of the frame in units of another CRS, roughly: enough to choose a level."""
    if frame.srid == srid:
        return frame.resolution[0]
    moved = crs.moved(frame.bounds, frame.srid, srid)
    if moved is None:
        return 0.0
    xmin, _, xmax, _ = moved.bounds
    return (xmax - xmin) / frame.width


def _state(path: Path, collection: Collection) -> tuple[int, int]:
    try:
        return dataset_cache.version_of(path)
    except OSError as error:
        log.error("raster-missing", collection=collection.id, path=str(path))
        raise unreadable(collection.id) from error


def unreadable(collection: str) -> Unavailable:
    """The answer when a file is not there, or is not what it was."""
    return Unavailable(
        Text(
            f"Le fichier image de « {collection} » ne peut pas être lu.",
            f"The image file of “{collection}” cannot be read.",
        ),
        remedy=Text("L'administrateur est prévenu.", "The administrator was told."),
    )


def days(text: str) -> tuple[str | None, str | None]:
    """The first and the last day of `datetime=`. Raises InvalidParameter."""
    asked = datetimes.period(text)
    end = asked.end
    if end is not None and asked.end_open and end[11:19] == "00:00:00":
        end = (date.fromisoformat(end[:10]) - timedelta(days=1)).isoformat()
    return (asked.start[:10] if asked.start else None), (end[:10] if end else None)


def no_vintage(datetime: str | None, collection: Collection) -> NotFound:
    """The answer when no vintage is in force, or none at that moment."""
    if datetime is None:
        return NotFound(
            Text("Aucun millésime n'est encore publié.", "No vintage is published yet."),
            remedy=Text("mig-idg import … --collection …", "mig-idg import … --collection …"),
        )
    return NotFound(
        Text(f"Aucun millésime à cette date : « {datetime[:40]} ».", f"No vintage at this date: “{datetime[:40]}”."),
        remedy=Text(
            f"Les millésimes sont à /stac/collections/{collection.id}/items.",
            f"Vintages are listed at /stac/collections/{collection.id}/items.",
        ),
    )
