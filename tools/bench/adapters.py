"""How each server hears a question: its address for it, or None when it has no such thing."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from bench.dataset import PREFIX
from bench.workloads import L93, Question


def ours(question: Question) -> str | None:
    """A question to mig-idg."""
    return ogc_api(question, f"{PREFIX}{question.layer}")


def ogc_api(question: Question, collection: str) -> str:
    """A question in the words of OGC API."""
    items = f"/collections/{collection}/items"
    match question.kind:
        case "item":
            return f"{items}/{quote(question.id, safe='')}?f=json"
        case "page" | "paging":
            return f"{items}?f=json&limit={question.limit}"
        case "box":
            return f"{items}?f=json&limit={question.limit}&bbox={question.bbox}"
        case "lambert":
            return f"{items}?f=json&limit={question.limit}&bbox={question.bbox}&bbox-crs={L93}&crs={L93}"
        case "filter":
            return (
                f"{items}?f=json&limit={question.limit}&bbox={question.bbox}&{_filter(question)}&filter-lang=cql2-text"
            )
        case "tile":
            zoom, x, y = question.tile
            return f"/collections/{collection}/tiles/WebMercatorQuad/{zoom}/{y}/{x}?f=mvt"
        case "catalogue":
            return "/collections?f=json"


def pygeoapi(question: Question) -> str | None:
    """The same words, but for tiles: its provider transforms by the CRS's name, and a tile takes minutes."""
    return None if question.kind in ("tile", "catalogue") else ogc_api(question, question.layer)


def tipg(question: Question) -> str | None:
    """Collections are called by schema and table, tiles by x before y; CRS are not offered."""
    if question.kind in ("lambert", "catalogue"):
        return None
    if question.kind == "tile":
        zoom, x, y = question.tile
        return f"/collections/data.{question.layer}/tiles/WebMercatorQuad/{zoom}/{x}/{y}"
    return ogc_api(question, f"data.{question.layer}").replace("f=json", "f=geojson")


def martin(question: Question) -> str | None:
    """Tiles only."""
    zoom, x, y = question.tile
    return f"/{question.layer}/{zoom}/{x}/{y}" if question.kind == "tile" else None


def mapserver(question: Question) -> str | None:
    """OGC API Features under `/bench/ogcapi`, tiles by the old way; it pages only as far as its own limit."""
    if question.kind == "tile":
        zoom, x, y = question.tile
        asked = {
            "map": "bench",
            "mode": "tile",
            "tilemode": "gmap",
            "tile": f"{x} {y} {zoom}",
            "layers": question.layer,
        }
        return f"/?{urlencode({**asked, 'map.imagetype': 'mvt'})}"
    if question.kind in ("lambert", "filter", "catalogue", "paging"):
        return None
    return f"/bench/ogcapi{ogc_api(question, question.layer)}"


def pg_featureserv(question: Question) -> str | None:
    """Features only, by schema and table."""
    if question.kind in ("tile", "lambert", "catalogue", "paging"):
        return None
    return ogc_api(question, f"data.{question.layer}").replace("f=json&", "").replace("?f=json", "")


def _filter(question: Question) -> str:
    name, value = question.where
    return urlencode({"filter": f"{name} = '{value}'"})
