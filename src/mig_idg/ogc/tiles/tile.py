"""The tiles: of one collection, or of several at once, each under its own grant.

An empty tile is 204, the same whether rows are hidden from the caller or not there at all.
"""

from __future__ import annotations

from mig_idg.errors import InvalidParameter, NotFound, Text
from mig_idg.guard.negotiation import wanted
from mig_idg.guard.request import Layer, Request
from mig_idg.guard.response import Response
from mig_idg.ogc.tiles import compression, parameters, tile_address, vector_tile
from mig_idg.ogc.tiles.cache import Drawn
from mig_idg.store.collection import Collection
from mig_idg.store.grant import Grant

MVT = "application/vnd.mapbox-vector-tile"
FORMATS = {"mvt": MVT, "pbf": "application/x-protobuf"}
MOST_LAYERS = 12


async def collection_tile(request: Request) -> Response:
    """`GET /collections/{collection}/tiles/{tms}/{z}/{row}/{col}` (OGC 20-057, 8.3)."""
    where = tile_address.read(request.params)
    wanted(request, FORMATS)
    collection, grant = request.layer
    layer = (collection, grant, request.decision)
    require_tiles(layer)  # type: ignore[arg-type]
    query = parameters.read(request.query, grant.table, collection.time_column)
    question = parameters.canonical(request.query)
    encoding = compression.wanted(request.headers.get("accept-encoding", ""))
    if "if-none-match" in request.headers:
        await request.read_version()
        known = request.etag(where.name, question, encoding)
        if known in request.headers["if-none-match"]:
            return Response(etag=known)
    drawn = await vector_tile.draw(request, layer, query, where, question, encoding)  # type: ignore[arg-type]
    response = _answer(drawn.body, {collection.id: drawn}, request.etag(where.name, question, encoding))
    if drawn.encoding:
        response.headers["content-encoding"] = drawn.encoding
    return response


async def dataset_tile(request: Request) -> Response:
    """`GET /tiles/{tms}/{z}/{row}/{col}?collections=a,b` (OGC 20-057, 9 and 12)."""
    where = tile_address.read(request.params)
    wanted(request, FORMATS)
    layers = chosen(request)
    question = parameters.canonical(request.query)
    drawn: dict[str, Drawn] = {}
    versions = []
    for layer in layers:
        collection, grant, _ = layer
        assert grant is not None
        query = parameters.read(request.query, grant.table, collection.time_column, also=("collections",))
        drawn[collection.id] = await vector_tile.draw(request, layer, query, where, question)
        versions.append((collection.id, grant.key, request.data_version))
    body = b"".join(one.body for one in drawn.values())
    return _answer(body, drawn, request.etag(where.name, question, versions))


def chosen(request: Request) -> list[Layer]:
    """The layers of a tile of the dataset: those named by `collections`, else all that the caller may see as tiles.

    Raises NotFound or Refused for one that was named, InvalidParameter when there are more than twelve.
    """
    named = request.query.get("collections")
    if named is None:
        ids = [collection.id for collection, _ in seen(request)]
    else:
        ids = list(dict.fromkeys(part.strip() for part in named.split(",") if part.strip()))
    if not ids or len(ids) > MOST_LAYERS:
        raise InvalidParameter(
            "collections",
            Text(
                f"« collections » : de 1 à {MOST_LAYERS} collections, séparées par des virgules.",
                f"“collections”: from 1 to {MOST_LAYERS} collections between commas.",
            ),
            remedy=Text("La liste est à /collections.", "The list is at /collections."),
        )
    layers = [request.admit(id, "view") for id in ids]
    for layer in layers:
        require_tiles(layer)
    return layers


def seen(request: Request) -> list[tuple[Collection, Grant]]:
    """The collections that this caller may see as vector tiles, with what they may see of them."""
    found = []
    for collection in request.snapshot.visible(request.principal):
        if "tiles" in collection.services and collection.table is not None:
            _, grant = request.snapshot.grant(request.principal, collection, "view")
            if grant is not None and grant.table.geometry is not None:
                found.append((collection, grant))
    return found


def require_tiles(layer: Layer) -> None:
    """Raise NotFound for a collection that is not served as vector tiles, or whose shapes this caller may not see."""
    collection, grant, _ = layer
    if "tiles" not in collection.services or grant is None or grant.table.geometry is None:
        raise NotFound(
            Text(
                f"La collection « {collection.id} » n'a pas de tuiles vectorielles.",
                f"Collection “{collection.id}” has no vector tiles.",
            ),
            extra={"collection": collection.id},
        )


def _answer(body: bytes, drawn: dict[str, Drawn], etag: str) -> Response:
    headers = {"idg-tile": ", ".join(_note(name, one) for name, one in drawn.items())}
    if not body:
        headers["oatiles-hint"] = "empty"
        return Response(status=204, headers=headers, etag=etag, media_type=MVT)
    return Response(body=body, media_type=MVT, headers=headers, etag=etag)


def _note(name: str, drawn: Drawn) -> str:
    """`adresses;complete`, or `adresses;thinned;features=812;of=60210`."""
    if drawn.how == "complete":
        return f"{name};complete"
    return f"{name};{drawn.how};features={drawn.features};of={drawn.of}"
