"""The ASGI application: one request in, one answer out, whatever goes wrong in between."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from contextlib import suppress
from functools import partial
from typing import Any

import structlog

from mig_idg.app import access_log
from mig_idg.app.operations import Operations, from_here
from mig_idg.app.page_queue import PageQueue
from mig_idg.app.send import send_answer
from mig_idg.app.single_write import EXTENSION, Whole
from mig_idg.database.pipeline import StatementFailed
from mig_idg.errors import BadRequest, Lang, Problem, Text, TooLarge, answer_for, problem
from mig_idg.guard.credentials import split_prefix
from mig_idg.guard.http_request import HttpRequest, choose_language, read
from mig_idg.guard.refusals import statement_problem
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, json_answer
from mig_idg.guard.threshold import Guard

log = structlog.get_logger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Render = Callable[[str, Mapping[str, Any], Lang], str]

BODY_SECONDS = 10.0
# How long a client may take to make room for the next piece of a stream; shorter where others want its connection.
PAGE_TAKEN_SECONDS, FILE_TAKEN_SECONDS = 5.0, 30.0
GONE_AFTER_SECONDS = 0.5
LEFT_FIRST = 499  # nobody is told; what the measures call a client that left before its answer
_PREFLIGHT = {
    "access-control-allow-methods": "GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE",
    "access-control-allow-headers": (
        "Authorization, X-API-Key, Content-Type, Content-Crs, If-Match, If-None-Match, Range"
    ),
    "access-control-max-age": "600",
}


class Application:
    """Callable by any ASGI server. `start` and `stop` are its lifespan."""

    def __init__(
        self,
        guard: Guard,
        *,
        render: Render,
        operations: Operations,
        start: Callable[[], Awaitable[None]],
        stop: Callable[[], Awaitable[None]],
        access_log: bool = False,
    ) -> None:
        self.guard = guard
        self._access_log = access_log
        self._render = render
        self._observe = operations.exposition.observe
        self._always = {b"/healthz": operations.health, b"/readyz": operations.readiness}
        self._start, self._stop = start, stop
        self._under_way: dict[int, tuple[float, asyncio.Task[Any], Callable[[], Awaitable[None]]]] = {}
        self._reaper: asyncio.Task[None] | None = None
        self._pages = PageQueue()

    async def open(self) -> None:
        """Begin without a server: for the process of a job, which asks and is never asked."""
        await self._start()

    async def close(self) -> None:
        """The end of it."""
        await self._stop()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One ASGI connection."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        always = self._always.get(scope.get("raw_path", b""))
        if always is not None and scope["method"] in ("GET", "HEAD"):
            await send_answer(always(here=_from_here(scope)), scope["method"], {}, send, _whole(scope))
            return
        started = time.perf_counter()
        method, pattern, status = scope["method"], "-", LEFT_FIRST
        headers: Mapping[str, str] = {}
        http_request: HttpRequest | None = None
        request: Request | None = None
        body = _Body(receive, awaited=_has_body(scope))
        marker = id(body)
        task = asyncio.current_task()
        assert task is not None
        self._under_way[marker] = (started, task, body.wait_for_departure)
        response: Response
        try:
            try:
                http_request = read(scope)
                headers = http_request.headers
                if method == "OPTIONS" and "access-control-request-method" in headers:
                    response = Response(status=204, headers=dict(_PREFLIGHT))
                else:
                    response, request = await self.guard.receive(http_request, body.read, stream_body=body.pieces)
                    pattern = request.route if request else "-"
                    await self._resolve_page(response, request)
            except Exception as error:
                response = self._problem(error, scope, headers)
                pattern = self._pattern(http_request)
            status = response.status
            if not isinstance(response.body, bytes):
                wanted = request is not None and request.pool in ("items", "tiles")
                send = _taken_within(send, PAGE_TAKEN_SECONDS if wanted else FILE_TAKEN_SECONDS)
            await send_answer(response, method, headers, send, _whole(scope))
        except TooSlow:
            log.info("client-too-slow", route=pattern)
        except asyncio.CancelledError:
            if not body.gone:
                raise
        finally:
            self._under_way.pop(marker, None)
        seconds = time.perf_counter() - started
        self._observe(pattern, method, status, seconds)
        if self._access_log:
            access_log.note(http_request, request, route=pattern, method=method, status=status, seconds=seconds)

    def _pattern(self, http_request: HttpRequest | None) -> str:
        """The route of a request that was refused or failed: its time counts with that of the others."""
        if http_request is None:
            return "-"
        found = self.guard.routes.find(split_prefix(http_request.path)[1])
        return found[0].pattern if found else "-"

    async def _resolve_page(self, response: Response, request: Request | None) -> None:
        """Pages are rendered off the event loop: a long table takes its time, and others wait for none of it."""
        page = getattr(response, "page", None)
        if page is not None and request is not None:
            name, context = page
            call = partial(self._render, name, {**context, "visit": request}, request.lang)
            rendered, seconds = await self._pages.run(request.caller, call)
            request.charge(seconds)
            response.body = rendered.encode()
            response.media_type = "text/html; charset=utf-8"

    def _problem(self, error: Exception, scope: Scope, headers: Mapping[str, str]) -> Response:
        instance = None
        if isinstance(error, StatementFailed):
            error = statement_problem(error)
        if not isinstance(error, Problem):
            instance = f"urn:uuid:{uuid.uuid4()}"
            log.error("incident", instance=instance, kind=type(error).__name__, exc_info=error)
            error = Problem(
                Text("Une erreur interne s'est produite.", "An internal error happened."),
                remedy=Text("Signalez-la avec son numéro.", "Report it with its number."),
            )
        status = answer_for(error).status
        if status == 500 and instance is None:
            instance = f"urn:uuid:{uuid.uuid4()}"
            log.error("incident", instance=instance, kind=type(error).__name__)
        lang = _language(scope, headers)
        document = problem(error, lang, instance)
        response = json_answer(document, status=status, media_type="application/problem+json")
        if _wants_page(headers):
            with suppress(Exception):
                response.body = self._render("problem", {"problem": document, "onward": _onward(scope)}, lang).encode()
                response.media_type = "text/html; charset=utf-8"
        response.headers.update(error.headers)
        response.headers["content-language"] = lang
        response.headers.setdefault("cache-control", "private, no-store")
        return response

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                try:
                    await self._start()
                except Problem as error:
                    await send({"type": "lifespan.startup.failed", "message": error.text("fr")})
                    return
                self._reaper = asyncio.create_task(self._reap())
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                if self._reaper:
                    self._reaper.cancel()
                await self._stop()
                self._pages.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _reap(self) -> None:
        """Cancel the work of clients that left: only those under way for a while are listened to."""
        watched: set[int] = set()
        while True:
            await asyncio.sleep(GONE_AFTER_SECONDS)
            now = time.perf_counter()
            for marker, (started, task, departure) in list(self._under_way.items()):
                if now - started > GONE_AFTER_SECONDS and marker not in watched:
                    watched.add(marker)
                    asyncio.ensure_future(_cancel_when_gone(task, departure))  # noqa: RUF006
            watched &= self._under_way.keys()


async def _cancel_when_gone(task: asyncio.Task[Any], departure: Callable[[], Awaitable[Any]]) -> None:
    with suppress(Exception):
        await departure()
        if not task.done():
            task.cancel()


class TooSlow(Exception):
    """The client does not take what it asked for."""


def _taken_within(send: Send, seconds: float) -> Send:
    """The same `send`, that raises TooSlow when the client makes no room for a piece in that time."""

    async def taken(message: MutableMapping[str, Any]) -> None:
        try:
            async with asyncio.timeout(seconds):
                await send(message)
        except TimeoutError:
            raise TooSlow from None

    return taken


class _Body:
    """The request body, read at most once, within its limit and its time; and the news that the client left."""

    def __init__(self, receive: Receive, *, awaited: bool = False) -> None:
        self._receive = receive
        self._awaited = awaited
        self._whole: bytes | None = None
        self._reading = False
        self.gone = False

    async def read(self, limit: int) -> bytes:
        """All of the body. Raises TooLarge, BadRequest (too slow, or cut short)."""
        if self._whole is not None:
            return self._whole
        self._reading = True
        pieces, size = [], 0
        try:
            async with asyncio.timeout(BODY_SECONDS):
                while True:
                    message = await self._receive()
                    if message["type"] == "http.disconnect":
                        self.gone = True
                        raise asyncio.CancelledError
                    piece = message.get("body", b"")
                    size += len(piece)
                    if size > limit:
                        raise TooLarge(
                            Text(f"Le corps dépasse {limit} octets.", f"The body exceeds {limit} bytes."),
                            extra={"limit": limit},
                        )
                    pieces.append(piece)
                    if not message.get("more_body", False):
                        break
        except TimeoutError:
            raise BadRequest(Text("Le corps arrive trop lentement.", "The body comes too slowly.")) from None
        finally:
            self._reading = False
        self._whole, self._awaited = b"".join(pieces), False
        return self._whole

    async def pieces(self, limit: int) -> AsyncIterator[bytes]:
        """The body piece by piece, kept by nobody. Raises TooLarge, BadRequest (a piece too slow, or read already)."""
        if self._reading or self._whole is not None:
            raise BadRequest(Text("Le corps a déjà été lu : recommencez.", "The body was read already: start again."))
        self._reading, size, more = True, 0, True
        try:
            while more:
                async with asyncio.timeout(BODY_SECONDS):
                    message = await self._receive()
                if message["type"] == "http.disconnect":
                    self.gone = True
                    raise asyncio.CancelledError
                piece, more = message.get("body", b""), message.get("more_body", False)
                size += len(piece)
                if size > limit:
                    raise TooLarge(
                        Text(f"Le corps dépasse {limit} octets.", f"The body exceeds {limit} bytes."),
                        extra={"limit": limit},
                    )
                if piece:
                    yield piece
            self._whole, self._awaited = b"", False
        except TimeoutError:
            raise BadRequest(Text("Le corps arrive trop lentement.", "The body comes too slowly.")) from None
        finally:
            self._reading = False

    async def wait_for_departure(self) -> None:
        """Return when the client has left. Not asked while a body is to come: the question would take a piece of it."""
        while self._reading or self._awaited:
            await asyncio.sleep(GONE_AFTER_SECONDS)
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self.gone = True
                return


def _has_body(scope: Scope) -> bool:
    return any(
        (name == b"content-length" and value.strip(b"0 ")) or name == b"transfer-encoding"
        for name, value in scope["headers"]
    )


def _from_here(scope: Scope) -> bool:
    client = scope.get("client")
    return from_here(client[0] if client else "", {name.decode("latin-1") for name, _ in scope["headers"]})


def _whole(scope: Scope) -> Whole | None:
    found: Whole | None = scope.get("extensions", {}).get(EXTENSION)
    return found


def _language(scope: Scope, headers: Mapping[str, str]) -> Lang:
    query = {"lang": "en"} if b"lang=en" in scope.get("query_string", b"") else {}
    return choose_language(query, headers)


def _onward(scope: Scope) -> str:
    """Where a person who signs in comes back to: the page that was asked for, never an address that holds a token."""
    path: bytes = scope.get("raw_path", b"/").split(b"?", 1)[0]
    query: bytes = scope.get("query_string", b"")
    if scope["method"] not in ("GET", "HEAD") or path.startswith((b"/t/", b"/sign-")) or b"token" in query:
        return ""
    return (path + (b"?" + query if query else b"")).decode("latin-1")


def _wants_page(headers: Mapping[str, str]) -> bool:
    accept = headers.get("accept", "")
    return "text/html" in accept and "application/json" not in accept.split("text/html")[0]
