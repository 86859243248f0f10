"""What makes a picture: which files, in which vintage, and what limits it for this caller.

One round trip asks for rights, versions and files together. A territory limit becomes a mask where the declaration says
that pixels may be masked, and a refusal where it does not: it is never dropped.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import structlog

from mig_idg.charter import Decision
from mig_idg.errors import InvalidParameter, NotFound, OutsideFailure, Refused, Text
from mig_idg.guard.visit import Visit
from mig_idg.ogc.raster import shelf
from mig_idg.ogc.raster.bands import BAND_NAMES, open_bands
from mig_idg.ogc.raster.frame import Frame
from mig_idg.ogc.raster.outline import Outline, from_hex
from mig_idg.ogc.raster.shelf import Georeference, Source
from mig_idg.ogc.raster.studio import Studio
from mig_idg.store import crs, moment, rasters
from mig_idg.store.collection import Collection
from mig_idg.store.rasters import Vintage

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Scene:
    """The files of a picture in drawing order. `key` names all that its pixels depend on, the frame apart.

    `bands` are the names of those the caller may see.
    """

    files: tuple[Source, ...]
    srid: int
    kind: str
    key: tuple[object, ...]
    bands: tuple[str, ...]
    outline: Outline | None = None
    vintage: Vintage | None = None

    @property
    def numbers(self) -> tuple[int, ...]:
        """The bands that the caller may see, as the file counts them: 1 is the first."""
        return tuple(BAND_NAMES[self.kind].index(name) + 1 for name in self.bands)

    @property
    def masked(self) -> bool:
        """True when the caller sees a part of the territory only."""
        return self.outline is not None


def raster_of(collection: Collection | None, service: str) -> Mapping[str, object]:
    """What the collection declares of its raster. Raises NotFound when it has none, or does not serve this."""
    if collection is None or collection.raster is None or service not in collection.services:
        raise NotFound(
            Text("Cette collection n'est pas servie ainsi.", "This collection is not served this way."),
            remedy=Text("Ses adresses sont dans ses liens.", "Its links tell its addresses."),
            extra={"collection": collection.id} if collection else {},
        )
    return collection.raster


def srid_of(collection: Collection) -> int:
    """The EPSG number of the CRS in which the collection's files are declared to be."""
    return int(str(collection.declared["source"].get("crs", "EPSG:2154")).removeprefix("EPSG:"))


async def scene_of(studio: Studio, visit: Visit, frame: Frame, *, datetime: str | None = None) -> Scene:
    """The scene of a frame, of the collection and under the decision of the visit."""
    assert visit.collection is not None
    assert visit.decision is not None
    return await scene_under(studio, visit, visit.collection, visit.decision, frame, datetime=datetime)


async def scene_under(
    studio: Studio,
    visit: Visit,
    collection: Collection,
    decision: Decision,
    frame: Frame,
    *,
    datetime: str | None = None,
) -> Scene:
    """The scene of a frame, in a collection, under a decision. Raises Refused, InvalidParameter, OutsideFailure."""
    raster = collection.raster or {}
    kind = str(raster.get("bands", "rgb"))
    seen, limits = open_bands(BAND_NAMES[kind], kind, decision), _limits(raster, decision, collection)
    vintage: Vintage | None = None
    asked = days(datetime) if datetime is not None else None
    if raster.get("vintages"):
        box = crs.moved(frame.bounds, frame.srid, crs.WGS84)
        rows = await visit.fetch(
            rasters.scene(collection.id, box.bounds if box else (0.0, 0.0, 0.0, 0.0), asked),
            (collection, None, decision),
        )
        communes, vintage, found = rasters.read_scene(rows)
        if vintage is None:
            raise no_vintage(datetime, collection)
        files, states = _files(studio, vintage, found if box else (), frame)
    else:
        rows = await visit.fetch(rasters.versions(), (collection, None, decision))
        communes = int(rows[0][0] or 0)
        files = (Source(studio.path(str(raster["cog"]))),)
        one = (files[0].path, collection)
        state = await asyncio.to_thread(_state, *one) if studio.place.distant else _state(*one)
        states = (state,)
    outline = None
    if limits is not None:
        outline = await _outline(studio, visit, collection, decision, limits, communes)
    return Scene(
        files=files,
        srid=vintage.srid if vintage else srid_of(collection),
        kind=kind,
        key=(
            collection.id,
            visit.snapshot.generation,
            visit.data_version,
            states,
            outline.key if outline else "",
            seen,
        ),
        bands=seen,
        outline=outline,
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
    studio: Studio, visit: Visit, collection: Collection, decision: Decision, communes: str, version: int
) -> Outline:
    key = f"{version}:{communes}"
    if key not in studio.outlines:
        rows = await visit.fetch(rasters.outline(communes), (collection, None, decision))
        text = rows[0][0]
        studio.remember_outline(key, from_hex(key, text.decode()) if text else None)
    outline = studio.outlines[key]
    if outline is None:
        log.error("outline-missing", collection=collection.id)
        raise OutsideFailure(
            Text(
                "Les limites des communes ne sont pas publiées : l'image ne peut pas être masquée.",
                "The boundaries of the communes are not published: the picture cannot be masked.",
            ),
            remedy=Text("Publiez la collection « communes ».", "Publish the collection “communes”."),
        )
    return outline


def _files(
    studio: Studio, vintage: Vintage, found: tuple[rasters.Found, ...], frame: Frame
) -> tuple[tuple[Source, ...], tuple[object, ...]]:
    """The files to open, and their states. At small scales, the vintage's own overview: one file instead of many."""
    coarse = vintage.overview is not None and vintage.overview_pixel is not None
    if coarse and found and (len(found) > rasters.MOST_FILES or _pixel(frame, vintage.srid) >= vintage.overview_pixel):
        return (Source(studio.path(str(vintage.overview))),), (vintage.id, "overview")
    if len(found) > rasters.MOST_FILES:
        raise InvalidParameter(
            "bbox",
            Text("L'emprise couvre trop de fichiers à cette échelle.", "The box covers too many files at this scale."),
            remedy=Text("Réduisez l'emprise.", "Use a smaller box."),
        )
    sources = (
        Source(studio.path(one.path), Georeference(one.bounds, vintage.srid, one.width, one.height)) for one in found
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
        return shelf.stamp_of(path)
    except OSError as error:
        log.error("raster-missing", collection=collection.id, path=str(path))
        raise unreadable(collection.id) from error


def unreadable(collection: str) -> OutsideFailure:
    """The answer when a file is not there, or is not what it was."""
    return OutsideFailure(
        Text(
            f"Le fichier image de « {collection} » ne peut pas être lu.",
            f"The image file of “{collection}” cannot be read.",
        ),
        remedy=Text("L'administrateur est prévenu.", "The administrator was told."),
    )


def days(text: str) -> tuple[str | None, str | None]:
    """The first and the last day of `datetime=`. Raises InvalidParameter."""
    asked = moment.period(text)
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
