"""Representations: the `f` parameter, the Accept header with its weights, and what each is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from mig_idg.errors import InvalidParameter, NotAcceptable, Text, did_you_mean, nearest
from mig_idg.guard import negotiation


@dataclass(frozen=True, slots=True, eq=False)
class Format:
    """One representation: its word for `f`, its media type, and whether asking for it takes the data away in bulk.

    `whole` is a file of the media type that pages have too: no client may take it for a page (GDAL would).
    """

    name: str
    media_type: str
    title: Text
    bulk: bool = False
    extension: str = ""
    aliases: tuple[str, ...] = ()
    whole: bool = False


_GML = "application/gml+xml; version=3.2; profile=http://www.opengis.net/def/profile/ogc/2.0/gml-sf2"


def _same(words: str) -> Text:
    return Text(words, words)


GEOJSON = Format(
    "json", "application/geo+json", _same("GeoJSON"), extension="geojson",
    aliases=("application/json", "application/vnd.geo+json"),
)  # fmt: skip
JSONFG = Format("jsonfg", "application/vnd.ogc.fg+json", _same("JSON-FG"), extension="fg.json")
HTML = Format("html", "text/html", Text("Page web", "Web page"), extension="html", aliases=("application/xhtml+xml",))
CSV = Format("csv", "text/csv", _same("CSV"), bulk=True, extension="csv")
GEOJSONSEQ = Format("geojsonseq", "application/geo+json-seq", _same("GeoJSONSeq"), bulk=True, extension="geojsonl")
GEOPACKAGE = Format("gpkg", "application/geopackage+sqlite3", _same("GeoPackage"), bulk=True, extension="gpkg")
FLATGEOBUF = Format("fgb", "application/flatgeobuf", _same("FlatGeobuf"), bulk=True, extension="fgb")
GEOPARQUET = Format("parquet", "application/vnd.apache.parquet", _same("GeoParquet"), bulk=True, extension="parquet")
GML = Format("gml", _GML, _same("GML 3.2"), bulk=True, extension="gml", aliases=("application/gml+xml",))

GEOJSON_FILE = Format(
    "geojson", "application/geo+json", Text("GeoJSON, fichier entier", "GeoJSON, whole file"), bulk=True,
    extension="geojson", whole=True,
)  # fmt: skip
JSONFG_FILE = Format(
    "fgjson", "application/vnd.ogc.fg+json", Text("JSON-FG, fichier entier", "JSON-FG, whole file"), bulk=True,
    extension="fg.json", whole=True,
)  # fmt: skip

ITEMS = (GEOJSON, HTML, JSONFG, GEOJSON_FILE, JSONFG_FILE, GEOJSONSEQ, CSV, GEOPACKAGE, FLATGEOBUF, GEOPARQUET, GML)
ITEM = (GEOJSON, HTML, JSONFG)
# What is served of a source that a plug-in reads.
OF_PLUGIN = (GEOJSON, HTML, CSV)
ITEM_OF_PLUGIN = (GEOJSON, HTML)
BULK = tuple(one for one in ITEMS if one.bulk)

JSON_SCHEMA = Format("json", "application/schema+json", _same("JSON Schema"), aliases=("application/json",))
SCHEMAS = (JSON_SCHEMA, HTML)
JSON_ALONE = (Format("json", "application/json", _same("JSON")),)


def chosen(query: Mapping[str, str], headers: Mapping[str, str], offered: tuple[Format, ...]) -> Format:
    """The representation asked for: `f` first, then Accept, then the first offered.

    The route reads the action asked of the charter with the same function (`routes.items_action`): what takes the data
    away by Accept is a download as it is by `f`. A whole file of a page's own type is given by `f` alone.
    Raises InvalidParameter for an unknown `f`, NotAcceptable when nothing offered suits Accept.
    """
    word = query.get("f")
    if word is None:
        accept = headers.get("accept")
        return offered[0] if not accept or accept == "*/*" else _accepted(accept, _negotiated(offered))
    return _worded(word, offered)


def looked_at(offered: tuple[Format, ...]) -> tuple[Format, ...]:
    """The formats that are not a download in bulk."""
    return tuple(one for one in offered if not one.bulk)


@lru_cache(maxsize=16)
def _negotiated(offered: tuple[Format, ...]) -> tuple[Format, ...]:
    return tuple(one for one in offered if not one.whole)


@lru_cache(maxsize=512)
def _worded(word: str, offered: tuple[Format, ...]) -> Format:
    for one in offered:
        if word == one.name:
            return one
    words = [one.name for one in offered]
    raise InvalidParameter(
        "f",
        Text(f"Format inconnu : « {word[:40]} ».", f"Unknown format: “{word[:40]}”."),
        remedy=did_you_mean(nearest(word, words))
        or Text(f"Formats : {', '.join(words)}.", f"Formats: {', '.join(words)}."),
    )


@lru_cache(maxsize=1024)
def _accepted(accept: str, offered: tuple[Format, ...]) -> Format:
    ranges = negotiation.accepted(accept)
    best, best_weight = None, 0.0
    for one in offered:
        weight = max(negotiation.weight(ranges, name) for name in (one.media_type.partition(";")[0], *one.aliases))
        if weight > best_weight:
            best, best_weight = one, weight
    if best is None:
        kinds = ", ".join(one.media_type for one in offered)
        raise NotAcceptable(
            Text("Aucun format proposé ne convient.", "None of the formats offered is accepted."),
            remedy=Text(f"Formats : {kinds}.", f"Formats: {kinds}."),
        )
    return best
