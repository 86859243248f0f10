"""A page by its name: `render("collection", {...}, "fr")`. One environment, compiled once; everything is escaped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any, Protocol

from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader, StrictUndefined, select_autoescape

from mig_idg.errors import Lang
from mig_idg.guard.response import Deferred
from mig_idg.ogc.service_metadata import UNNAMED, Service, load_service
from mig_idg.web import listing, messages
from mig_idg.web.assets import assets
from mig_idg.web.frame import Frame, frame_of
from mig_idg.web.map import chart_of, territory_of

Render = Callable[[str, Mapping[str, Any], Lang], str]


class Configured(Protocol):
    """What we read of the settings."""

    @property
    def config_file(self) -> Path:
        """`pygeoapi-config.yml`."""


@cache
def environment() -> Environment:
    """The templates, with autoescape and without silent holes."""
    made = Environment(
        loader=ChoiceLoader(
            [PackageLoader("mig_idg.web", "templates"), PrefixLoader({"desks": PackageLoader("mig_idg.web.desks")})]
        ),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals.update(words=messages)
    made.filters.update(
        table_rows=listing.table_rows,
        groupby_standard=listing.by_standard,
        operations_of=listing.operations_of,
        told_together=listing.told_together,
        format_word=listing.format_word,
    )
    return made


def renderer(settings: Configured) -> Render:
    """`render` for the service that the settings name."""
    return partial(
        _render, load_service(settings.config_file), provider=getattr(settings, "oidc_issuer", None) is not None
    )


def render(name: str, context: Mapping[str, Any], lang: Lang) -> str:
    """The page `name` in the language asked for; `context["request"]`, when there, says who asks and from where."""
    return _render(UNNAMED, name, context, lang)


def problem_page(document: Mapping[str, Any], lang: Lang) -> str:
    """The page of a problem document (RFC 9457)."""
    return render("problem", {"problem": document}, lang)


def _render(service: Service, name: str, context: Mapping[str, Any], lang: Lang, *, provider: bool = False) -> str:
    context = {key: value.make() if isinstance(value, Deferred) else value for key, value in context.items()}
    request = context.get("visit")
    frame = frame_of(service, lang, request, provider=provider, onward=str(context.get("onward", "")))
    document = context.get("document", context.get(name))
    shown = {"visit": None, "document": document, **context, **_tools(frame)}
    shown["chart"] = territory_of(request, frame) if name == "landing" else chart_of(request, frame, document)
    return environment().get_template(f"{name}.html").render(shown)


def _tools(frame: Frame) -> dict[str, Any]:
    """What every template may use: the frame, `t(fr, en)`, addresses, and words in the right language."""
    lang = frame.lang

    def t(fr: str, en: str) -> str:
        return en if lang == "en" else fr

    return {
        "frame": frame,
        "lang": lang,
        "t": t,
        "url": frame.url,
        "asset": lambda name: frame.root + assets().path(name),
        "day": lambda value: messages.day(value, lang),
        "number": lambda value: messages.number(value, lang),
        "shown": lambda value: messages.value(value, lang),
        "word": lambda table, key: messages.word(table, key, lang),
    }
