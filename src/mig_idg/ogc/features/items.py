"""A page of features: what PostgreSQL wrote, between a head and a tail.

The tail (counts, links) comes after the features because only then is it known whether there is a next page; a page
that may hold over 500 features is sent as it is read.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import quote

import orjson

from mig_idg.database.pipeline import Columns, Row
from mig_idg.guard.request import Request
from mig_idg.guard.response import Deferred, Response, json_answer, page_answer
from mig_idg.ogc.features import counting, execution, exports, formats, jsonfg, links, reverse_paging, vintages
from mig_idg.ogc.features.credit import credited
from mig_idg.store import compile, cursor
from mig_idg.store.collection import Collection
from mig_idg.store.query import DEFAULT_LIMIT, MAX_LIMIT, Limits, Query, parse, temporal

PEOPLE, MOST_PEOPLE = 50, 500
_PLACES = ("after", "before", "offset")
HEAD = b'{"type":"FeatureCollection","features":['


async def items(request: Request) -> Response:
    """`GET /collections/{collection}/items` (OGC 17-069r4, 7.15)."""
    form = formats.chosen(request.query, request.headers, formats.ITEMS)
    return await response(request, request.query, form)


async def response(
    request: Request, asked: Mapping[str, str], form: formats.Format, at: links.Place | None = None
) -> Response:
    """The page that the parameters ask for, whether they came in the address or in the body of a search.

    `at` is where the rows are, when they are not those of today.
    """
    collection, grant = request.layer
    selected = asked
    if at is None:
        at = links.layer_place(collection.id)
        if collection.versions_are_time and "datetime" in asked:
            grant, selected = await vintages.of_period(request, asked)
    query = parse(selected, grant.table, time_column=collection.time_column, limits=limits_of(collection))
    place = query.after or query.before
    if place is not None and place.version not in (None, collection.version) and grant.version is None:
        grant = await vintages.read(request, place.version)
    query = await counting.aware(request, query)
    asked = {**at.fixed, **asked} if at.fixed else asked
    if query.hits:
        return await _hits(request, query, asked, at)
    if form.bulk:
        return await exports.export(request, query, asked, form)
    if form is formats.HTML:
        return await _page(request, query, asked, at)
    known = await _known_already(request, query, asked, form)
    if known is not None:
        return known
    if query.before is not None:
        query = await reverse_paging.opened(request, query)
    head, expression = HEAD, None
    if form is formats.JSONFG:
        head, expression = jsonfg.head(request, query, HEAD), jsonfg.expression(request, query)
    page = Page(request, query, asked, form, at)
    body: bytes | AsyncIterator[bytes]
    if (whole := await _whole(request, query, expression)) is not None:
        body = b"".join([head, *page.bodies(whole), await page.tail()])
        return _answer(request, query, asked, form, body)
    if page.limit > compile.LONG:
        chunks = execution.chunks(request, compile.long(query, grant, collection.time_column, expression))
        body = _streamed(page, head, await anext(chunks, None), chunks)
    else:
        statement = compile.page(query, grant, collection.time_column, expression)
        body = b"".join([head, *page.bodies(await execution.fetch(request, statement)), await page.tail()])
    return _answer(request, query, asked, form, body)


def _answer(
    request: Request, query: Query, asked: Mapping[str, str], form: formats.Format, body: bytes | AsyncIterator[bytes]
) -> Response:
    return Response(
        body=body,
        media_type=form.media_type,
        headers=_headers(request, query),
        etag=request.etag(form.name, *sorted(asked.items())),
        weak=True,
    )


def _headers(request: Request, query: Query) -> dict[str, str]:
    """What a page says of itself; `idg-datetime` names the column that `datetime` looked at.

    QGIS turns a filter on any date into `datetime`: of a layer with two, its reader must see which one was read.
    """
    told = {"content-crs": query.crs.content_crs}
    if query.datetime is not None:
        collection, grant = request.layer
        column = temporal(grant.table, collection.time_column)
        told |= {"idg-datetime": quote(column.name)} if column is not None else {}
    return told


async def _whole(request: Request, query: Query, expression: str | None) -> list[Row] | None:
    """The rows of a small box that the page holds whole; None when it is not one."""
    collection, grant = request.layer
    statement = compile.small(query, grant, collection.time_column, expression)
    if statement is None:
        return None
    rows = await execution.fetch(request, statement)
    return rows if int(rows[0][1] or b"0") <= limit_of(query) else None


def now() -> str:
    """The moment of an answer (OGC 17-069r4, 7.16.2)."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def limit_of(query: Query) -> int:
    """How many features the page may hold."""
    return query.limit if query.limit is not None else compile.COUNT_CAP


async def _known_already(
    request: Request, query: Query, asked: Mapping[str, str], form: formats.Format
) -> Response | None:
    """The answer without its body, when the client has that very page (304).

    One light round trip says the version of the rows, and that the caller's rights still hold. A HEAD is no shorter
    way: its headers are those of GET, length and encoding included (RFC 9110, 9.3.2).
    """
    held = request.headers.get("if-none-match")
    if held is None:
        return None
    await request.read_version()
    etag = request.etag(form.name, *sorted(asked.items()))
    if etag not in held:
        return None
    return Response(media_type=form.media_type, headers=_headers(request, query), etag=etag)


def limits_of(collection: Collection) -> Limits:
    """How many features a page of this collection has."""
    maximum = min(collection.max_limit or MAX_LIMIT, MAX_LIMIT)
    return Limits(min(collection.default_limit or DEFAULT_LIMIT, maximum), maximum)


@dataclass(slots=True)
class Page:
    """One page while it is written: what it returned, and where the next one begins."""

    request: Request
    query: Query
    asked: Mapping[str, str]
    form: formats.Format
    at: links.Place
    returned: int = 0
    total: int | None = None
    next_keys: bytes | None = field(default=None)

    @property
    def limit(self) -> int:
        """How many features it may hold."""
        return limit_of(self.query)

    def bodies(self, rows: list[Row]) -> list[bytes]:
        """The features of the rows, commas where needed."""
        pieces = []
        for row in rows:
            features = self.take(row)
            if features:
                pieces.append(features)
        return pieces

    def take(self, row: Row) -> bytes:
        """The features of one row, with the comma that precedes them unless they are the first."""
        features, count, next_keys, total = row
        comma = b"," if self.returned and features else b""
        self.returned += int(count or b"0")
        self.next_keys = next_keys or self.next_keys
        self.total = int(total) if total is not None else self.total
        return comma + features if features else b""

    def take_columns(self, columns: Columns) -> bytes:
        """The features of many rows at once; one over the limit is the first of the next page."""
        features, *keys = columns
        comma = b"," if self.returned else b""
        self.returned += len(features)
        if self.returned > self.limit:
            self.returned -= 1
            surplus = features.pop() or b"{}"
            told = [key[-1] for key in keys] or [str(links.document(surplus)["id"]).encode()]
            self.next_keys = orjson.dumps([None if value is None else value.decode() for value in told])
        return comma + b",".join(features) if features else b""  # type: ignore[arg-type]

    async def tail(self) -> bytes:
        """Everything after the features."""
        matched = await self.matched()
        number = "".join(f',"{name}":{count}' for name, count in matched.members.items()) if matched else ""
        head = f'],"numberReturned":{self.returned}{number},"timeStamp":"{now()}","attribution":'.encode()
        return head + credited(self.request) + b',"links":' + self.links() + b"}"

    async def matched(self) -> counting.Count | None:
        """numberMatched: free when the page says it, else counted; not given on pages reached by a cursor."""
        query = self.query
        if query.after is not None:
            return None
        if self.total is not None:
            return counting.Count(exact=self.total)
        if self.next_keys is None and (self.returned or not query.offset):
            return counting.Count(exact=query.offset + self.returned)
        return await counting.matched(self.request, query)

    def links(self) -> bytes:
        """self, alternates, next when there is one, collection."""
        collection, grant = self.request.layer
        rest = links.kept(self.asked, _PLACES)
        onward = back = None
        # Who pages through one version pages to its end: the next page says which one this was.
        version = grant.version if grant.kept else collection.version
        if self.next_keys is not None:
            onward = {**rest, "after": cursor.token(self.next_keys, self.query.sortby, version)}
        if self.query.after is not None:
            begun = orjson.dumps(self.query.after.values)
            back = {**rest, "before": cursor.token(begun, self.query.sortby, version)}
        elif self.query.offset:
            before = max(0, self.query.offset - self.limit)
            back = {**rest, "offset": str(before)} if before else rest
        return links.written(self.request, self.at.path, self.asked, self.form, formats.ITEMS, onward, back)


async def _streamed(
    page: Page, head: bytes, first: Columns | None, rest: AsyncIterator[Columns]
) -> AsyncIterator[bytes]:
    if first is None:
        yield head
    else:
        yield head + page.take_columns(first)
        async for columns in rest:
            yield page.take_columns(columns)
    yield await page.tail()


async def _page(request: Request, query: Query, asked: Mapping[str, str], at: links.Place) -> Response:
    """The same page for people: fewer features, and never more than a browser shows at ease."""
    collection, grant = request.layer
    most = MOST_PEOPLE if "limit" in asked else PEOPLE
    fewer = await reverse_paging.opened(request, replace(query, limit=min(most, query.limit or most)))
    page = Page(request, fewer, asked, formats.HTML, at)
    rows = await execution.fetch(request, compile.page(fewer, grant, collection.time_column))
    body = b"".join([HEAD, *page.bodies(rows), await page.tail()])
    shown = {"items": Deferred(partial(_shown, body)), "collection": collection, "table": grant.table, "query": asked,
             "home": at.home, "heading": at.title.in_(request.lang)}  # fmt: skip
    return page_answer("items", shown)


def _shown(body: bytes) -> dict[str, Any]:
    """The page as objects, each with its address."""
    document = links.document(body)
    for one in document["features"]:
        one["at"] = links.item_segment(str(one["id"]))
    return document


async def _hits(request: Request, query: Query, asked: Mapping[str, str], at: links.Place) -> Response:
    """`resulttype=hits`: the count alone."""
    matched = await counting.matched(request, query)
    document: dict[str, object] = {"type": "FeatureCollection", "features": [], "numberReturned": 0, "timeStamp": now()}
    document |= matched.members
    document["links"] = orjson.Fragment(links.written(request, at.path, asked, formats.GEOJSON, formats.ITEMS))
    return json_answer(
        document,
        media_type=formats.GEOJSON.media_type,
        headers=_headers(request, query),
        etag=request.etag("hits", *sorted(asked.items())),
        weak=True,
    )
