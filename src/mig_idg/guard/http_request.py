"""The request as it came: path, query and headers read once, strictly, before anything else looks at them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_to_bytes

from mig_idg.errors import BadRequest, Lang, NotFound, Text

LONGEST_QUERY = 64 * 1024
LONGEST_PATH = 4096
_SHORT = 48
# Spellings that a proxy and an application may read differently: none of our addresses needs them.
_ODD = re.compile(rb"//|\\|;|%2[fF]|%5[cC]|%00|%0[aAdD]|/\.\.?(/|$)|\x00")
_CONTROL = re.compile(r"[\x00-\x1f]|//|/\.\.(/|$)")
_ONCE = ("authorization", "x-api-key", "content-type", "content-length", "host", "if-match", "content-crs")


@dataclass(slots=True)
class HttpRequest:
    """One HTTP request read from ASGI. `query` keeps each name once; `headers` have lower-case names."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    address: str


def read(scope: Mapping[str, Any]) -> HttpRequest:
    """Read an ASGI scope. Raises NotFound for an odd spelling of the path, BadRequest for what cannot be read."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name = raw_name.decode("latin-1")
        if name in headers:
            if name in _ONCE:
                raise BadRequest(
                    Text(f"L'en-tête {name} est présent deux fois.", f"Header {name} is there twice."),
                )
            headers[name] += ", " + raw_value.decode("latin-1")
        else:
            headers[name] = raw_value.decode("latin-1")
    if "host" not in headers and scope.get("http_version") == "1.1":  # RFC 9112, 3.2
        raise BadRequest(
            Text("L'en-tête Host manque.", "Header Host is missing."),
            remedy=Text("HTTP/1.1 le demande.", "HTTP/1.1 wants it."),
        )
    client = scope.get("client")
    return HttpRequest(
        method=scope["method"],
        path=clean_path(scope.get("raw_path") or scope["path"].encode()),
        query=read_query(scope["query_string"]),
        headers=headers,
        address=client[0] if client else "",
    )


def clean_path(raw: bytes) -> str:
    """The decoded path; one trailing slash is ignored. Raises NotFound for spellings we do not answer."""
    raw = raw.split(b"?", 1)[0]
    if len(raw) > LONGEST_PATH or _ODD.search(raw):
        raise unknown_place()
    try:
        path = unquote_to_bytes(raw).decode("utf-8") if b"%" in raw else raw.decode("utf-8")
    except UnicodeDecodeError:
        raise unknown_place() from None
    if not path.startswith("/") or _CONTROL.search(path):
        raise unknown_place()
    return path[:-1] if len(path) > 1 and path.endswith("/") else path


def read_query(raw: bytes) -> dict[str, str]:
    """The decoded query string. Raises BadRequest for a name given twice, bad UTF-8, or too long a text."""
    if not raw:
        return {}
    if len(raw) > LONGEST_QUERY:
        raise BadRequest(
            Text("La demande est trop longue.", "The query string is too long."),
            remedy=Text("Envoyez le filtre par POST.", "Send the filter by POST."),
        )
    # Short ones come again and again; one with a credential is not kept.
    return dict(_known(raw)) if len(raw) < _SHORT and b"token" not in raw and b"%" not in raw else _parted(raw)


@lru_cache(maxsize=2048)
def _known(raw: bytes) -> dict[str, str]:
    return _parted(raw)


def _parted(raw: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in raw.split(b"&"):
        if not part:
            continue
        raw_name, _, raw_value = part.partition(b"=")
        name, value = _decoded(raw_name), _decoded(raw_value)
        if name in found:
            raise BadRequest(
                Text(f"Le paramètre « {name} » est donné deux fois.", f"Parameter “{name}” is given twice."),
                extra={"parameter": name},
            )
        found[name] = value
    return found


def _decoded(raw: bytes) -> str:
    if b"+" in raw:
        raw = raw.replace(b"+", b" ")
    try:
        text = (unquote_to_bytes(raw) if b"%" in raw else raw).decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest(Text("La demande n'est pas en UTF-8.", "The query string is not UTF-8.")) from None
    if "\x00" in text:
        raise BadRequest(Text("La demande contient un caractère nul.", "The query string has a null character."))
    return text


def choose_language(query: Mapping[str, str], headers: Mapping[str, str]) -> Lang:
    """`lang=`, then Accept-Language, then French."""
    asked = query.get("lang")
    if asked is not None:
        return "en" if asked.lower().startswith("en") else "fr"
    return _accepted(headers.get("accept-language", ""))


@lru_cache(maxsize=512)
def _accepted(header: str) -> Lang:
    best, best_q = "fr", 0.0
    for part in header.split(","):
        tag, _, parameters = part.strip().partition(";")
        short = tag[:2].lower()
        if short not in ("fr", "en"):
            continue
        try:
            quality = float(parameters.strip().removeprefix("q=")) if parameters.strip() else 1.0
        except ValueError:
            continue
        if quality > best_q:
            best, best_q = short, quality
    return "en" if best == "en" else "fr"


def unknown_place() -> NotFound:
    """The answer for an address that no route has."""
    return NotFound(
        Text("Cette adresse n'existe pas.", "There is nothing at this address."),
        remedy=Text("Partez de la page d'accueil.", "Start from the landing page."),
    )
