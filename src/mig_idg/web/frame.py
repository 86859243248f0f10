"""What surrounds every page: the service's name, the language, who is asking, where we are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from mig_idg.errors import Lang
from mig_idg.ogc.service_metadata import Service
from mig_idg.territory import name_of

_TOKEN_PREFIX = re.compile(r"/t/[^/]+$")


@dataclass(frozen=True, slots=True)
class Frame:
    """The surroundings of one page. Addresses are below the root of the site, with the caller's token prefix if any.

    `provider` says that persons may also sign in with their body's account (OpenID Connect), at `/connexion`.
    `session` that the caller came in by the form: there is something to sign out of. `onward` is where a caller who
    signs in goes back to.
    """

    service: Service
    lang: Lang
    root: str = ""
    prefix: str = ""
    public_url: str = ""
    path: str = "/"
    query: Mapping[str, str] = field(default_factory=dict)
    who: str | None = None
    signed_in: bool = False
    session: bool = False
    provider: bool = False
    onward: str = ""

    def url(self, path: str, **query: str | int) -> str:
        """An address of ours for a link in this page; the language chosen by `lang=` goes with it."""
        kept = {name: str(value) for name, value in query.items() if value != ""}
        if "lang" in self.query and "lang" not in kept:
            kept["lang"] = self.lang
        text = urlencode(kept, safe=",:/")
        return f"{self.root}{self.prefix}{path}?{text}" if text else f"{self.root}{self.prefix}{path}"

    def here(self, **changed: str | int) -> str:
        """This page again, with other parameters."""
        query = {name: value for name, value in self.query.items() if name not in ("f", "token")}
        return self.url(self.path, **{**query, **changed})

    @property
    def sign_in(self) -> str:
        """The form, and back here."""
        return self.url("/sign-in", next=self.onward)

    @property
    def other(self) -> Lang:
        """The other language."""
        return "fr" if self.lang == "en" else "en"


def frame_of(service: Service, lang: Lang, request: Any = None, *, provider: bool = False, onward: str = "") -> Frame:
    """The frame of a request; without one (a problem told before the threshold), the bare one."""
    if request is None:
        return Frame(service, lang, provider=provider, onward=onward)
    public = _TOKEN_PREFIX.sub("", request.base_url)
    principal = request.principal
    shown = request.tokened or any(name in request.headers for name in ("authorization", "x-api-key"))
    query = {name: value for name, value in request.query.items() if name not in ("token", "next")}
    elsewhere = request.path in ("/sign-in", "/sign-out")
    here = f"{request.path}?{urlencode(query)}" if query else request.path
    return Frame(
        service=service,
        lang=lang,
        root=urlsplit(public).path,
        prefix=request.base_url[len(public) :],
        public_url=public,
        path=request.path,
        query=request.query,
        who=name_of(principal.organisation) if principal.organisation else principal.name,
        signed_in=not principal.public,
        session=not principal.public and not shown and "cookie" in request.headers,
        provider=provider,
        onward=onward or ("" if elsewhere else here),
    )
