"""Requests to one service as one account. The token is sent to that service only: links elsewhere are not followed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx

from mig_idg.client.problem import raise_for, unreachable

PAGE = 1000
GEOJSON = "application/geo+json"


class Connection:
    """An address, a token, a language."""

    def __init__(self, url: str, token: str | None, lang: str, timeout: float) -> None:
        if urlsplit(url).scheme not in ("http", "https"):
            raise ValueError(f"« {url} » : une adresse http(s):// est attendue · an http(s):// address is expected")
        self.url = url.rstrip("/")
        self.lang = lang
        headers = {"accept": "application/json", "accept-language": lang}
        if token:
            headers["authorization"] = f"Bearer {token}"
        self._http = httpx.Client(headers=headers, timeout=timeout)

    def close(self) -> None:
        """Give the sockets back."""
        self._http.close()

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """One request; Problem when its answer is not a success."""
        try:
            response = self._http.request(method, self.url + path, **more)
        except httpx.TransportError as error:
            raise unreachable(self.url, error, self.lang) from error
        raise_for(response)
        return response

    def json(self, path: str, **parameters: Any) -> dict[str, Any]:
        """The document at `path`; parameters that are None are left out."""
        response = self.ask("GET", path, params=_said(parameters), headers={"accept": f"application/json, {GEOJSON}"})
        document: dict[str, Any] = response.json()
        return document

    def pages(self, path: str, **parameters: Any) -> Iterator[httpx.Response]:
        """The pages of a listing, one `next` link after the other, without a place lost when rows are written between.

        Of a link only the query is taken: behind a proxy that says another host, the token still goes nowhere else.
        """
        query: Any = _said({"limit": PAGE, **parameters})
        while True:
            response = self.ask("GET", path, params=query, headers={"accept": GEOJSON})
            yield response
            following = [one["href"] for one in response.json().get("links", ()) if one.get("rel") == "next"]
            if not following:
                return
            query = httpx.QueryParams(urlsplit(following[0]).query)


def _said(parameters: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if value is not None}
