"""One feature, by the id of its path."""

from __future__ import annotations

import hashlib

from mig_idg.errors import InvalidParameter, NotFound, Text, UnknownParameter
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, page_answer
from mig_idg.ogc.features import execution, formats, jsonfg, links, validators
from mig_idg.ogc.features.credit import credited
from mig_idg.store import compile
from mig_idg.store.crs import CRS84
from mig_idg.store.query import Query, parse
from mig_idg.store.table import Table
from mig_idg.store.values import value_of

PARAMETERS = ("f", "lang", "token", "crs", "properties", "exclude-properties", "skipGeometry", "precision")


async def item(request: Request, at: links.Place | None = None) -> Response:
    """`GET /collections/{collection}/items/{item}` (OGC 17-069r4, 7.16). A hidden item is a missing one."""
    collection, grant = request.layer
    form = formats.chosen(request.query, request.headers, formats.ITEM)
    query = read(request)
    id = checked_id(request)
    fg = form is formats.JSONFG
    expression = jsonfg.expression(request, query) if fg else None
    rows = await execution.fetch(request, compile.item(grant, id, query, writer_of(request), expression))
    if not rows or rows[0][0] is None:
        raise missing()
    feature, state = rows[0][0], rows[0][1]
    named = state.decode() if state else hashlib.md5(feature, usedforsecurity=False).hexdigest()
    place = links.layer_place(collection.id) if at is None else at
    path = f"{place.path}/{links.item_segment(links.item_id(request.params['item']))}"
    made = links.written(request, path, request.query, form, formats.ITEM)
    if form is formats.HTML:
        document = links.document(feature) | {"links": links.read(made)}
        context = {"item": document, "collection": collection, "table": grant.table, "home": place.home}
        if at is None and collection.editing.enabled:
            context["history"] = f"{path}/history"
        return page_answer("item", context)
    if fg:
        feature = b"{" + jsonfg.members(request, query) + b"," + feature[1:]
    body = feature[:-1] + b',"attribution":' + credited(request) + b',"links":' + made + b"}"
    return Response(
        body=body,
        media_type=form.media_type,
        headers={"content-crs": query.crs.content_crs},
        etag=validators.of_state(request, named, validators.variant(form.name, request.query)),
    )


def writer_of(request: Request) -> Table | None:
    """The columns this caller may edit on a layer open to edition, or None: what the state of a row is made of."""
    collection, _ = request.layer
    if not collection.editing.enabled or (request.grant is not None and request.grant.kept):
        return None
    _, grant = request.snapshot.grant(request.principal, collection, "contribute")
    return grant.table if grant else None


def read(request: Request) -> Query:
    """The parameters of a single item; the others are unknown here."""
    for name in request.query:
        if name not in PARAMETERS:
            raise UnknownParameter(name, PARAMETERS)
    if request.query.keys() <= _NO_SELECTION:
        return _PLAIN
    _, grant = request.layer
    return parse(request.query, grant.table)


_NO_SELECTION = frozenset({"f", "lang", "token"})
_PLAIN = Query(crs=CRS84)


def checked_id(request: Request) -> str:
    """The id of the path as a value of the id column; what cannot be one is a missing item."""
    _, grant = request.layer
    try:
        return value_of(grant.table.id, links.item_id(request.params["item"]), "item")
    except InvalidParameter:
        raise missing() from None


def missing() -> NotFound:
    """The same words for an item that never was and for one the caller may not see."""
    return NotFound(
        Text("Cette entité n'existe pas ou n'est pas visible.", "This feature does not exist or is not visible.")
    )
