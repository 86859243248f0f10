"""The access log (opt-in, `IDG_ACCESS_LOG=true`): one JSON line an answered request, on standard error.

It has no credential in it, in any of the five places one may be given (`guard.credentials`), and no value of a query: a
filter may hold somebody's data. Headers are not read at all; of the query, names of parameters; of the path, what comes
after `/t/TOKEN`; and whatever has the form of a token is cut wherever it stands.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import structlog

from mig_idg.guard import credentials
from mig_idg.registry import tokens

if TYPE_CHECKING:
    from mig_idg.guard.http_request import HttpRequest
    from mig_idg.guard.request import Request

log = structlog.get_logger("mig_idg.access")

_TOKEN = re.compile(re.escape(tokens.PREFIX) + r"[A-Za-z0-9_-]{16,}")
_PARAMETER = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,30}")


def note(
    http_request: HttpRequest | None, request: Request | None, *, route: str, method: str, status: int, seconds: float
) -> None:
    """Write the line of one request; nothing is told of one that could not be read (`http_request` is None)."""
    path, names = "-", []
    if http_request is not None:
        _, path = credentials.split_prefix(http_request.path)
        path = _TOKEN.sub("…", path)
        names = sorted(name for name in http_request.query if _PARAMETER.fullmatch(name) and not _TOKEN.search(name))
    log.info(
        "access",
        method=method,
        path=path,
        route=route,
        parameters=names,
        status=status,
        ms=round(seconds * 1000, 1),
        account=request.principal.login if request is not None else None,
        organisation=request.principal.organisation if request is not None else None,
        address=http_request.address if http_request is not None else None,
    )
