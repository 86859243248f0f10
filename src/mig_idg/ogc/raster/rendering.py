"""Work on pixels for a request: not done again for who has it already, and an unreadable file told as such."""

from __future__ import annotations

from collections.abc import Callable

import rasterio.errors
import structlog

from mig_idg.guard.request import Request
from mig_idg.imagery.render_pool import RenderPool
from mig_idg.ogc.raster.mosaic_selection import unreadable

log = structlog.get_logger(__name__)


def known(request: Request, etag: str) -> bool:
    """True when the client already has this: the answer will be 304, and no pixel need be read for it."""
    header = request.headers.get("if-none-match")
    return header is not None and request.method in ("GET", "HEAD") and f'"{etag}"' in header


async def developed[T](dark: RenderPool, request: Request, work: Callable[..., T], *args: object) -> T:
    """`work(*args)` in a render pool, an unreadable file being told as such."""
    try:
        return await dark.develop(work, *args)
    except (rasterio.errors.RasterioError, OSError) as error:
        name = request.collection.id if request.collection else request.query.get("collections", "")
        log.error("raster-unreadable", collection=name, reason=type(error).__name__)
        raise unreadable(name) from error
