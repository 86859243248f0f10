"""Routes that give no data: static files, the icon, and what robots are asked."""

from __future__ import annotations

import asyncio
from functools import cache

import brotli

from mig_idg.errors import NotFound, Text
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response
from mig_idg.guard.route import Route
from mig_idg.web.assets import Asset, assets

FOR_EVER = "public, max-age=31536000, immutable"
A_DAY = "public, max-age=86400"
SMALLEST = 1400

# Descriptions may be indexed; rows, tiles and personal addresses are not for robots.
ROBOTS = b"""User-agent: *
Disallow: /t/
Disallow: /*/items
Disallow: /*/tiles
Disallow: /*/map
Disallow: /*/coverage
"""


async def static(request: Request) -> Response:
    """`/static/{hash}/{file}`: kept for ever by whoever fetched it, since another content has another address."""
    found = assets().find(request.params["file"])
    if found is None:
        raise NotFound(Text("Ce fichier n'existe pas.", "There is no such file."))
    asset, exact = found
    response = Response(
        body=asset.body,
        media_type=asset.media_type,
        etag=asset.etag,
        headers={"cache-control": FOR_EVER if exact else "no-cache", "vary": "Accept-Encoding"},
    )
    if "br" in request.headers.get("accept-encoding", "") and len(asset.body) > SMALLEST and asset.is_text:
        response.body = await asyncio.to_thread(compressed, asset)
        response.headers["content-encoding"] = "br"
    return response


@cache
def compressed(asset: Asset) -> bytes:
    """The file in brotli, made once: the map's code is a megabyte, and everybody asks for it."""
    return bytes(brotli.compress(asset.body, quality=9))


async def icon(_visit: Request) -> Response:
    """`/favicon.ico`."""
    asset = assets().files["favicon.ico"]
    headers = {"cache-control": A_DAY, "vary": "Accept-Encoding"}
    return Response(body=asset.body, media_type=asset.media_type, etag=asset.etag, headers=headers)


async def robots(_visit: Request) -> Response:
    """`/robots.txt`."""
    return Response(
        body=ROBOTS, media_type="text/plain; charset=utf-8", headers={"cache-control": A_DAY, "vary": "Accept-Encoding"}
    )


def routes() -> tuple[Route, ...]:
    """The routes of static files; none of them asks the charter anything."""
    return (
        Route("/static/{*file}", "open", static, pool="none"),
        Route("/favicon.ico", "open", icon, pool="none"),
        Route("/robots.txt", "open", robots, pool="none"),
    )
