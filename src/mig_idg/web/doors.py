"""Doors that give no data: static files, the icon, and what robots are asked."""

from __future__ import annotations

import asyncio
from functools import cache

import brotli

from mig_idg.errors import NotFound, Text
from mig_idg.guard.answer import Answer
from mig_idg.guard.door import Door
from mig_idg.guard.visit import Visit
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


async def static(visit: Visit) -> Answer:
    """`/static/{hash}/{file}`: kept for ever by whoever fetched it, since another content has another address."""
    found = assets().find(visit.params["file"])
    if found is None:
        raise NotFound(Text("Ce fichier n'existe pas.", "There is no such file."))
    asset, exact = found
    answer = Answer(
        body=asset.body,
        media_type=asset.media_type,
        etag=asset.etag,
        headers={"cache-control": FOR_EVER if exact else "no-cache", "vary": "Accept-Encoding"},
    )
    if "br" in visit.headers.get("accept-encoding", "") and len(asset.body) > SMALLEST and asset.is_text:
        answer.body = await asyncio.to_thread(compressed, asset)
        answer.headers["content-encoding"] = "br"
    return answer


@cache
def compressed(asset: Asset) -> bytes:
    """The file in brotli, made once: the map's code is a megabyte, and everybody asks for it."""
    return brotli.compress(asset.body, quality=9)


async def icon(_visit: Visit) -> Answer:
    """`/favicon.ico`."""
    asset = assets().files["favicon.ico"]
    headers = {"cache-control": A_DAY, "vary": "Accept-Encoding"}
    return Answer(body=asset.body, media_type=asset.media_type, etag=asset.etag, headers=headers)


async def robots(_visit: Visit) -> Answer:
    """`/robots.txt`."""
    return Answer(
        body=ROBOTS, media_type="text/plain; charset=utf-8", headers={"cache-control": A_DAY, "vary": "Accept-Encoding"}
    )


def doors() -> tuple[Door, ...]:
    """The doors of static files; none of them asks the charter anything."""
    return (
        Door("/static/{*file}", "open", static, lanes="none"),
        Door("/favicon.ico", "open", icon, lanes="none"),
        Door("/robots.txt", "open", robots, lanes="none"),
    )
