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

    `sign_in` says that persons may sign in with their body's account (OpenID Connect), at `/connexion`.
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
    sign_in: bool = False

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
    def other(self) -> Lang:
        """The other language."""
        return "fr" if self.lang == "en" else "en"


def frame_of(service: Service, lang: Lang, request: Any = None, *, sign_in: bool = False) -> Frame:
    """The frame of a request; without one (a problem told before the threshold), the bare one."""
    if request is None:
        return Frame(service, lang, sign_in=sign_in)
    public = _TOKEN_PREFIX.sub("", request.base_url)
    principal = request.principal
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
        sign_in=sign_in,
    )
