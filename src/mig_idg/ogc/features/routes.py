"""The routes of OGC API Features, and what each asks of the charter."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from mig_idg.errors import InvalidParameter, NotAcceptable
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response
from mig_idg.guard.route import Route
from mig_idg.ogc.coverages import description
from mig_idg.ogc.coverages import of_plugin as of_coverages
from mig_idg.ogc.features import formats, operations, proposals, transactions, versions
from mig_idg.ogc.features.history import history
from mig_idg.ogc.features.item import item
from mig_idg.ogc.features.items import items
from mig_idg.ogc.features.plugins import handlers as of_plugins
from mig_idg.ogc.features.schemas import functions, queryables, schema, sortables
from mig_idg.ogc.features.search import search
from mig_idg.ogc.plugins.whole import kind_of

BODY_LIMIT = 1024 * 1024


def items_action(method: str, query: Mapping[str, str], headers: Mapping[str, str]) -> str:
    """A bulk format takes the data away; a feature sent contributes; anything else looks at them."""
    if method == "POST":
        return "contribute" if _kind(headers) == transactions.FEATURE else "query"
    try:
        form = formats.chosen(query, headers, formats.ITEMS)
    except (InvalidParameter, NotAcceptable):  # told by the handler, once the collection was found to be there
        return "query"
    return "download" if form.bulk else "query"


def read_action(method: str, query: Mapping[str, str], headers: Mapping[str, str]) -> str:
    """The same where nothing is written."""
    return "download" if items_action("GET", query, headers) == "download" else "query"


def item_action(method: str, query: Mapping[str, str], headers: Mapping[str, str]) -> str:
    """Reading is a query, the rest contributes."""
    return "query" if method in ("GET", "HEAD", "OPTIONS") else "contribute"


async def items_door(request: Request) -> Response:
    """All verbs of the items of a collection."""
    if request.method == "OPTIONS":
        return _allowed("GET, HEAD, OPTIONS, POST" if transactions.may_edit(request) else "GET, HEAD, OPTIONS")
    if request.method == "POST":
        return await (transactions.create if _kind(request.headers) == transactions.FEATURE else search)(request)
    return await items(request)


async def item_door(request: Request) -> Response:
    """All verbs of one item."""
    match request.method:
        case "OPTIONS":
            edits = ", PUT, PATCH, DELETE" if transactions.may_edit(request) else ""
            return _allowed(f"GET, HEAD, OPTIONS{edits}")
        case "PUT":
            return await transactions.replace(request)
        case "PATCH":
            return await transactions.update(request)
        case "DELETE":
            return await transactions.delete(request)
        case _:
            return await item(request)


async def schema_door(request: Request) -> Response:
    """What a collection holds: of its features, or the bands of its pixels (OGC API Coverages)."""
    collection = request.collection
    if collection is None or (collection.raster is None and collection.plugin is None):
        return await schema(request)
    if collection.plugin is None:
        return await description.schema(request)
    of_features = kind_of(collection) == "feature"
    return await (of_plugins.schema_of_plugin if of_features else of_coverages.schema_of_plugin)(request)


Handler = Callable[[Request], Awaitable[Response]]


def by_source(of_table: Handler, of_plugin: Handler) -> Handler:
    """The handler of a collection: of rows and files of ours, or of what a plug-in reads."""

    async def handler(request: Request) -> Response:
        plugin = request.collection.plugin if request.collection is not None else None
        return await (of_table if plugin is None else of_plugin)(request)

    return handler


def _kind(headers: Mapping[str, str]) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _allowed(methods: str) -> Response:
    """QGIS opens a layer for edition when OPTIONS lists POST: it is only told to who may write."""
    accepts = {"accept-patch": transactions.PATCH} if "PATCH" in methods else {}
    accepts |= {"accept-post": transactions.FEATURE} if "POST" in methods else {}
    return Response(headers={"allow": methods, **accepts}, private=True)


ROUTES = (
    Route(
        "/collections/{collection}/proposals",
        "contribute",
        proposals.listing,
        operations=operations.PROPOSALS,
    ),
    Route(
        "/collections/{collection}/proposals/items/{proposal}",
        "contribute",
        proposals.one,
        methods=("GET", "HEAD", "POST"),
        body_limit=BODY_LIMIT,
        forms=True,
        operations=operations.PROPOSAL,
    ),
    Route(
        "/collections/{collection}/items",
        items_action,
        by_source(items_door, of_plugins.items_of_plugin),
        methods=("GET", "HEAD", "POST", "OPTIONS"),
        actions=("query", "download", "contribute"),
        body_limit=BODY_LIMIT,
        operations=operations.ITEMS,
    ),
    Route(
        "/collections/{collection}/items/{item}",
        item_action,
        by_source(item_door, of_plugins.item_of_plugin),
        methods=("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"),
        actions=("query", "contribute"),
        body_limit=BODY_LIMIT,
        operations=operations.ITEM,
    ),
    Route("/collections/{collection}/items/{item}/history", "query", history, operations=(operations.HISTORY,)),
    Route(
        "/collections/{collection}/queryables",
        "query",
        by_source(queryables, of_plugins.queryables_of_plugin),
        operations=operations.QUERYABLES,
    ),
    Route(
        "/collections/{collection}/schema",
        "query",
        schema_door,
        operations=operations.SCHEMA,
    ),
    Route(
        "/collections/{collection}/sortables",
        "query",
        by_source(sortables, of_plugins.sortables_of_plugin),
        operations=operations.SORTABLES,
    ),
    Route("/collections/{collection}/versions", "query", versions.versions, operations=(operations.VERSIONS,)),
    Route("/collections/{collection}/versions/{version}", "query", versions.version, operations=(operations.VERSION,)),
    Route(
        "/collections/{collection}/versions/{version}/items",
        read_action,
        versions.version_items,
        actions=("query", "download"),
        operations=(operations.VERSION_ITEMS,),
    ),
    Route(
        "/collections/{collection}/versions/{version}/items/{item}",
        "query",
        versions.version_item,
        operations=(operations.VERSION_ITEM,),
    ),
    Route(
        "/collections/{collection}/versions/{version}/changes",
        read_action,
        versions.changes,
        actions=("query", "download"),
        operations=(operations.CHANGES,),
    ),
    Route("/functions", "open", functions, pool="none", operations=(operations.FUNCTIONS,)),
)
