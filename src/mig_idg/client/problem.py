"""What the server refused, in its own sentences (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

UNREACHABLE = "unreachable"


class Problem(Exception):
    """One answer that is not the one asked for: `title`, `detail`, what to do (`remedy`), and the `article` applied.

    `status` is HTTP's (0: no answer came), `code` the server's stable word, `document` the whole problem document.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = dict(document)
        self.status = int(self.document.get("status") or 0)
        self.code = str(self.document.get("code") or "")
        self.title = str(self.document.get("title") or "")
        self.detail = str(self.document.get("detail") or "")
        self.remedy: str | None = self.document.get("remedy")
        self.article: str | None = self.document.get("article")
        super().__init__(self.document)

    def __str__(self) -> str:
        """What is wrong, by which article, and what to do: the last line of a traceback is read by a person."""
        article = f"({self.article})" if self.article else ""
        return " ".join(part for part in (self.detail or self.title, article, self.remedy) if part)


def raise_for(response: httpx.Response) -> None:
    """Raise the problem that an answer tells, whoever told it (a proxy in between writes no problem document)."""
    if response.status_code < 400:
        return
    try:
        document = response.json()
    except ValueError:
        document = None
    if not isinstance(document, dict):
        document = {"title": response.reason_phrase, "detail": f"HTTP {response.status_code} {response.reason_phrase}"}
    raise Problem({**document, "status": response.status_code})


def unreachable(url: str, error: httpx.TransportError, lang: str) -> Problem:
    """No answer came: said as the other problems are."""
    why = str(error) or type(error).__name__
    if lang == "en":
        return Problem({"code": UNREACHABLE, "title": "No answer", "detail": f"{url} does not answer: {why}.",
                        "remedy": "Check the address and the network, then start over."})  # fmt: skip
    return Problem({"code": UNREACHABLE, "title": "Aucune réponse", "detail": f"{url} ne répond pas : {why}.",
                    "remedy": "Vérifiez l'adresse et le réseau, puis recommencez."})  # fmt: skip
