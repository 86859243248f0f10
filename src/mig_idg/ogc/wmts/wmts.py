"""WMTS 1.0.0 (OGC 07-057r7) for older tools: capabilities, tiles by parameters and by path. One maker of tiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from mig_idg.charter import Decision
from mig_idg.errors import InvalidParameter, Problem, Text, answer_for
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response
from mig_idg.imagery import render
from mig_idg.imagery.encode import FORMATS
from mig_idg.imagery.engine import RasterEngine
from mig_idg.ogc.raster import extent
from mig_idg.ogc.raster.extent import Bounds
from mig_idg.ogc.raster.picture_formats import BY_MEDIA
from mig_idg.ogc.tiles import raster_tile, tile_address
from mig_idg.ogc.tiles.grids import GRIDS, Grid
from mig_idg.ogc.tiles.tileset import limits
from mig_idg.store.collection import Collection

XML = "text/xml; charset=utf-8"
_KNOWN = frozenset(
    {"service", "request", "version", "acceptversions", "format", "layer", "style", "tilematrixset", "tilematrix",
     "tilerow", "tilecol", "time", "updatesequence", "sections", "acceptformats", "lang", "f"}
)  # fmt: skip
_PLACE = "{Style}/{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}"
_EXTENSIONS = {"png": "png", "jpg": "jpeg", "jpeg": "jpeg", "webp": "webp"}


@dataclass(frozen=True, slots=True)
class _Asked:
    """The parameters of a KVP request, their names in lower case."""

    values: Mapping[str, str]

    def need(self, name: str) -> str:
        """A value that must be there. Raises InvalidParameter."""
        found = self.values.get(name)
        if not found:
            raise InvalidParameter(name, Text(f"« {name} » est attendu.", f"“{name}” is expected."))
        return found


async def kvp(request: Request) -> Response:
    """`GET /wmts?SERVICE=WMTS&REQUEST=…`; errors are OWS exception reports, as these clients expect."""
    try:
        asked = _Asked({name.lower(): value for name, value in request.query.items()})
        for name in asked.values:
            if name not in _KNOWN:
                raise InvalidParameter(name, Text(f"Paramètre inconnu : « {name} ».", f"Unknown parameter: “{name}”."))
        if asked.values.get("service", "WMTS").upper() != "WMTS":
            raise InvalidParameter("service", Text("SERVICE=WMTS est attendu.", "SERVICE=WMTS is expected."))
        operation = asked.values.get("request", "GetCapabilities").lower()
        if operation == "getcapabilities":
            return await capabilities(request)
        if operation == "gettile":
            return await _tile(request, asked)
        raise InvalidParameter(
            "request", Text("REQUEST est GetCapabilities ou GetTile.", "REQUEST is GetCapabilities or GetTile.")
        )
    except Problem as error:
        return _exception(error, request)


async def capabilities(request: Request) -> Response:
    """`GET /wmts/1.0.0/WMTSCapabilities.xml`: the rasters this caller may see, where they are."""
    seen = []
    for one in request.snapshot.visible(request.principal):
        if one.raster is None or "tiles" not in one.services:
            continue
        decision = request.snapshot.decide(request.principal, "view", one.id)
        if decision.permitted and render.drawable(one, decision):
            box = await extent.known(request.resource(RasterEngine), request, one, decision)
            seen.append((one, decision, box or (-180.0, -90.0, 180.0, 90.0)))
    return _capabilities(request, seen)


async def rest_tile(request: Request) -> Response:
    """`GET /wmts/1.0.0/{collection}/{style}/{tms}/{z}/{row}/{file}`, the file being `{col}.png`."""
    column, _, extension = request.params["file"].partition(".")
    word = _EXTENSIONS.get(extension)
    if word is None:
        raise InvalidParameter("format", Text("Formats : png, jpg, webp.", "Formats: png, jpg, webp."))
    request.query = {**request.query, "f": word}
    where = tile_address.read({**request.params, "col": column})
    return await raster_tile.tile(request, where, word=request.params["style"])


async def _tile(request: Request, asked: _Asked) -> Response:
    layer, media = asked.need("layer"), asked.values.get("format", "image/png")
    if media not in BY_MEDIA:
        raise InvalidParameter(
            "format",
            Text("Formats : image/png, image/jpeg, image/webp.", "Formats: image/png, image/jpeg, image/webp."),
        )
    where = tile_address.read(
        {"tms": asked.need("tilematrixset"), "z": asked.need("tilematrix"), "row": asked.need("tilerow"),
         "col": asked.need("tilecol")}
    )  # fmt: skip
    request.collection, request.grant, request.decision = request.admit(layer, "view")
    time = asked.values.get("time")
    request.query = {"f": BY_MEDIA[media].word, **({"datetime": time} if time and time != "default" else {})}
    return await raster_tile.tile(request, where, word=asked.values.get("style") or None)


def _exception(error: Problem, request: Request) -> Response:
    row = answer_for(error)
    locator = str(error.extra.get("parameter", ""))
    code = "MissingParameterValue" if "attendu" in error.detail.fr else "InvalidParameterValue"
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<ExceptionReport xmlns="http://www.opengis.net/ows/1.1" version="1.1.0">'
        f'<Exception exceptionCode="{code if row.status == 400 else "NoApplicableCode"}" locator={quoteattr(locator)}>'
        f"<ExceptionText>{escape(error.text(request.lang))}</ExceptionText></Exception></ExceptionReport>"
    )
    headers = {"cache-control": "private, no-store", **error.headers}
    return Response(status=row.status, body=body.encode(), media_type=XML, headers=headers)


def _capabilities(request: Request, seen: Sequence[tuple[Collection, Decision, Bounds]]) -> Response:
    endpoint = quoteattr(request.url("/wmts?"))
    operations = "".join(
        f'<ows:Operation name="{name}"><ows:DCP><ows:HTTP><ows:Get xlink:href={endpoint}>'
        '<ows:Constraint name="GetEncoding">'
        "<ows:AllowedValues><ows:Value>KVP</ows:Value></ows:AllowedValues></ows:Constraint></ows:Get></ows:HTTP></ows:DCP>"
        "</ows:Operation>"
        for name in ("GetCapabilities", "GetTile")
    )
    title = Text("Images du partenariat", "Pictures of the partnership").in_(request.lang)
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<Capabilities xmlns="http://www.opengis.net/wmts/1.0" xmlns:ows="http://www.opengis.net/ows/1.1"'
        ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        ' xsi:schemaLocation="http://www.opengis.net/wmts/1.0'
        ' http://schemas.opengis.net/wmts/1.0/wmtsGetCapabilities_response.xsd" version="1.0.0">'
        f"<ows:ServiceIdentification><ows:Title>{escape(title)}</ows:Title><ows:ServiceType>OGC WMTS</ows:ServiceType>"
        "<ows:ServiceTypeVersion>1.0.0</ows:ServiceTypeVersion></ows:ServiceIdentification>"
        f"<ows:OperationsMetadata>{operations}</ows:OperationsMetadata>"
        f"<Contents>{''.join(_layer(request, *one) for one in seen)}"
        f"{''.join(map(_matrix_set, GRIDS.values()))}</Contents>"
        f"<ServiceMetadataURL xlink:href={quoteattr(request.url('/wmts/1.0.0/WMTSCapabilities.xml'))}/></Capabilities>"
    )
    return Response(body=body.encode(), media_type=XML)


def _layer(request: Request, one: Collection, decision: Decision, box: Bounds) -> str:
    kind = str((one.raster or {}).get("bands", "rgb"))
    west, south, east, north = box
    styles = "".join(
        f'<Style isDefault="{"false" if number else "true"}"><ows:Title>{escape(text.in_(request.lang))}</ows:Title>'
        f"<ows:Identifier>{word}</ows:Identifier></Style>"
        for number, (word, text) in enumerate(render.styles(kind, decision).items())
    )
    home = request.url(f"/wmts/1.0.0/{quote(one.id, safe='')}")
    suffix = {"jpeg": "jpg"}
    resources = "".join(
        f'<ResourceURL format="{form.media_type}" resourceType="tile" template='
        + quoteattr(f"{home}/{_PLACE}.{suffix.get(form.word, form.word)}")
        + "/>"
        for form in FORMATS
    )
    formats = "".join(f"<Format>{form.media_type}</Format>" for form in FORMATS)
    return (
        f"<Layer><ows:Title>{escape(one.title.in_(request.lang))}</ows:Title>"
        f"<ows:Abstract>{escape(one.description.in_(request.lang))}</ows:Abstract>"
        f"<ows:WGS84BoundingBox><ows:LowerCorner>{west} {south}</ows:LowerCorner>"
        f"<ows:UpperCorner>{east} {north}</ows:UpperCorner></ows:WGS84BoundingBox>"
        f"<ows:Identifier>{one.id}</ows:Identifier>{styles}{formats}"
        f"{''.join(_matrix_link(grid, box) for grid in GRIDS.values())}{resources}</Layer>"
    )


def _matrix_link(grid: Grid, box: Bounds) -> str:
    told = "".join(
        f"<TileMatrixLimits><TileMatrix>{row['tileMatrix']}</TileMatrix><MinTileRow>{row['minTileRow']}</MinTileRow>"
        f"<MaxTileRow>{row['maxTileRow']}</MaxTileRow><MinTileCol>{row['minTileCol']}</MinTileCol>"
        f"<MaxTileCol>{row['maxTileCol']}</MaxTileCol></TileMatrixLimits>"
        for row in limits(grid, box)
    )
    told = f"<TileMatrixSetLimits>{told}</TileMatrixSetLimits>" if told else ""
    return f"<TileMatrixSetLink><TileMatrixSet>{grid.id}</TileMatrixSet>{told}</TileMatrixSetLink>"


def _matrix_set(grid: Grid) -> str:
    crs = f"urn:ogc:def:crs:EPSG::{grid.srid}" if grid.srid != 4326 else "urn:ogc:def:crs:OGC:1.3:CRS84"
    matrices = "".join(
        f"<TileMatrix><ows:Identifier>{level.id}</ows:Identifier><ScaleDenominator>{level.scale!r}</ScaleDenominator>"
        f"<TopLeftCorner>{grid.origin[0]!r} {grid.origin[1]!r}</TopLeftCorner><TileWidth>256</TileWidth>"
        f"<TileHeight>256</TileHeight><MatrixWidth>{level.width}</MatrixWidth><MatrixHeight>{level.height}</MatrixHeight>"
        "</TileMatrix>"
        for level in grid.levels
    )
    head = f"<ows:Identifier>{grid.id}</ows:Identifier><ows:SupportedCRS>{crs}</ows:SupportedCRS>"
    return f"<TileMatrixSet>{head}{matrices}</TileMatrixSet>"
