"""Questions too long for an address: the same parameters as a page, in the body of a POST.

`application/x-www-form-urlencoded` holds the parameters; `application/cql2+json` (or `application/json`) a filter, or
an object of parameters; `application/cql2-text` a filter. The links of the answer are addresses again.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import orjson

from mig_idg.errors import BadRequest, InvalidParameter, Text, TooLarge, UnsupportedMedia
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response
from mig_idg.ogc.features import formats, items
from mig_idg.ogc.features.body import decoded
from mig_idg.ogc.features.transactions import FEATURE, missing_type

MOST_FIELDS = 200
FORM = "application/x-www-form-urlencoded"
JSON = ("application/cql2+json", "application/query-cql-json", "application/json")
TEXT = ("application/cql2-text", "text/cql2", "text/plain")


async def search(request: Request) -> Response:
    """`POST` of a question to the items of a collection."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not kind:
        raise missing_type((FORM, *JSON, *TEXT, FEATURE))
    raw = await request.body()
    if kind == FORM:
        asked = _form(raw)
    elif kind in JSON:
        asked = _object(decoded(raw))
    elif kind in TEXT:
        asked = {"filter": _utf8(raw), "filter-lang": "cql2-text"}
    else:
        known = ", ".join((FORM, *JSON, *TEXT))
        raise UnsupportedMedia(
            Text(f"Type de contenu non pris en charge : « {kind[:60]} ».", f"Unsupported content type: “{kind[:60]}”."),
            remedy=Text(f"Attendu : {known}, ou application/geo+json.", f"Expected: {known}, or application/geo+json."),
        )
    for name, value in asked.items():
        if name in request.query and not (name == "filter-lang" and request.query[name] == value):
            raise InvalidParameter(name, Text(f"« {name} » est donné deux fois.", f"“{name}” is given twice."))
    every = {**request.query, **asked}
    form = formats.chosen(request.query, request.headers, formats.looked_at(formats.ITEMS))
    return await items.response(request, every, form)


def _form(raw: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(_utf8(raw), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise TooLarge(
            Text(f"Le formulaire a plus de {MOST_FIELDS} champs.", f"The form has more than {MOST_FIELDS} fields."),
            extra={"limit": MOST_FIELDS},
        ) from None
    asked: dict[str, str] = {}
    for name, value in pairs:
        if name in asked or name in ("f", "token"):
            raise InvalidParameter(name, Text(f"« {name} » ne va pas ici.", f"“{name}” does not go here."))
        asked[name] = value
    return asked


def _object(document: dict[str, Any]) -> dict[str, str]:
    if "op" in document:
        return {"filter": orjson.dumps(document).decode(), "filter-lang": "cql2-json"}
    asked: dict[str, str] = {}
    for name, value in document.items():
        if name == "filter" and isinstance(value, dict):
            asked |= {"filter": orjson.dumps(value).decode(), "filter-lang": "cql2-json"}
        elif isinstance(value, bool):
            asked[name] = "true" if value else "false"
        elif isinstance(value, list) and all(isinstance(item, str | int | float) for item in value):
            asked[name] = ",".join(str(item) for item in value)
        elif isinstance(value, str | int | float):
            asked[name] = str(value)
        elif name == "filter-lang" and value == "cql2-json":
            continue
        else:
            raise InvalidParameter(
                name[:80], Text(f"Valeur illisible pour « {name[:80]} ».", f"Unreadable value for “{name[:80]}”.")
            )
    for name in ("f", "token"):
        if name in asked:
            raise InvalidParameter(name, Text(f"« {name} » ne va pas ici.", f"“{name}” does not go here."))
    return asked


def _utf8(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest(Text("Le corps n'est pas de l'UTF-8.", "The body is not UTF-8.")) from None
