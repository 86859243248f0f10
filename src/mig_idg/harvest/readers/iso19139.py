"""ISO 19139 records, read by owslib from a tree that was parsed without entities."""

from __future__ import annotations

from typing import Any

from owslib.iso import MD_Metadata

from mig_idg.harvest.description import Bounds, Description, box, kept, party, resource, text, words

_HELPERS = ("http", "ftp")


def description(element: Any) -> Description:
    """The dataset of a `gmd:MD_Metadata`. Raises whatever the library does on a record that is none."""
    read = MD_Metadata(element)
    about = read.identification[0] if read.identification else None
    online = read.distribution.online if read.distribution else []
    return Description(
        identifier=read.identifier or "",
        title=text(getattr(about, "title", None)),
        abstract=text(getattr(about, "abstract", None)),
        kind=_kind(read.hierarchy),
        keywords=words(
            _name(word) for group in getattr(about, "keywords", ()) for word in getattr(group, "keywords", ())
        ),
        topics=words(getattr(about, "topiccategory", ())),
        language=(words(getattr(about, "resourcelanguagecode", ())) or (None,))[0],
        created=_dated(about, "creation"),
        revised=_dated(about, "revision") or _dated(about, "publication") or text(read.datestamp) or None,
        lineage=text(getattr(read.dataquality, "lineage", None)) or None,
        scale=_whole(getattr(about, "denominators", ())),
        bbox=_box(about),
        period=_period(about),
        licence=_licence(about),
        rights=words((*getattr(about, "uselimitation", ()), *getattr(about, "otherconstraints", ()))),
        parties=kept(
            party(one.organization or one.name, one.role or "pointOfContact", one.email)
            for one in (*getattr(about, "contact", ()), *read.contact)
        ),
        resources=kept(
            resource(one.url, one.name or one.description, _media(one.protocol), _function(one.function))
            for one in online
        ),
        external_ids=words(getattr(about, "uricode", ())),
    )


def _kind(hierarchy: str | None) -> str:
    return hierarchy if hierarchy in ("dataset", "series", "service", "nonGeographicDataset") else "dataset"


def _name(word: Any) -> Any:
    return getattr(word, "name", word)


def _dated(about: Any, kind: str) -> str | None:
    return next((text(one.date) for one in getattr(about, "date", ()) if one.type == kind and text(one.date)), None)


def _box(about: Any) -> Bounds | None:
    for extent in (getattr(about, "bbox", None), getattr(getattr(about, "extent", None), "boundingBox", None)):
        if extent is not None:
            sides = (extent.minx, extent.miny, extent.maxx, extent.maxy)
            return box(sides) or tuple(_number(one) for one in sides)  # type: ignore[return-value]
    return None


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("inf")


def _period(about: Any) -> tuple[str | None, str | None] | None:
    first, last = (text(getattr(about, f"temporalextent_{side}", None)) or None for side in ("start", "end"))
    return (first, last) if first or last else None


def _whole(values: Any) -> int | None:
    return next((int(one) for one in values if str(one).isascii() and str(one).isdigit()), None)


def _licence(about: Any) -> str | None:
    """An address of a licence among the constraints, or the sentence that names one."""
    told = words((*getattr(about, "otherconstraints_url", ()), *getattr(about, "otherconstraints", ()),
                  *getattr(about, "uselimitation_url", ()), *getattr(about, "uselimitation", ())))  # fmt: skip
    return next((one for one in told if "licen" in one.lower() or "odbl" in one.lower()), None)


def _media(protocol: str | None) -> str:
    told = (protocol or "").upper()
    for mark, media in (("WMS", "application/vnd.ogc.wms_xml"), ("WFS", "application/vnd.ogc.wfs_xml")):
        if mark in told:
            return media
    return protocol or ""


def _function(function: str | None) -> str:
    return function if function in ("information", "search") else "download"
