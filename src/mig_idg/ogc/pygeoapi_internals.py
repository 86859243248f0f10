"""Every private private name of pygeoapi that we touch, checked at start: we refuse to start when one is gone.

pygeoapi promises nothing about these names. Each is written here once, with what we need of it and what would go wrong
without it; `docs/explanations/pygeoapi.md` says why we touch it at all.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pygeoapi
from pygeoapi import api, l10n, linked_data
from pygeoapi.api import collection as api_collection

from mig_idg.errors import Text, Unavailable

VERSION = "0.24."


@dataclass(frozen=True, slots=True)
class PrivateName:
    """One thing we rely on: where it is, why, and how to see that it is still as we know it."""

    name: str
    why: str
    holds: Callable[[], bool]


def _takes(function: Any, *names: str) -> bool:
    return list(inspect.signature(function).parameters)[: len(names)] == list(names)


PRIVATE_NAMES: tuple[PrivateName, ...] = (
    PrivateName(
        "pygeoapi.__version__",
        "the other seams were read in this minor version",
        lambda: pygeoapi.__version__.startswith(VERSION),
    ),
    PrivateName(
        "api.API.__init__",
        "one short-lived API object for each description, made from values only",
        lambda: _takes(api.API.__init__, "self", "config", "openapi"),
    ),
    PrivateName(
        "api.APIRequest.__init__",
        "built without a web framework, from `query_params`, `headers` and `scope`",
        lambda: _takes(api.APIRequest.__init__, "self", "request", "supported_locales"),
    ),
    PrivateName("api.landing_page", "landing page", lambda: callable(api.landing_page)),
    PrivateName("api.describe_collections", "collection metadata", lambda: callable(api.describe_collections)),
    PrivateName(
        "api.setup_logger",
        "called by every API(); it would install a log handler of its own, so it is made to do nothing",
        lambda: callable(api.setup_logger),
    ),
    PrivateName(
        "l10n._gettext_cache",
        "where pygeoapi looks its own sentences up first; its wheels ship no French, we put ours there",
        lambda: isinstance(getattr(l10n, "_gettext_cache", None), dict) and _takes(l10n.translate_gettext, "value"),
    ),
    PrivateName(
        "l10n._cfg_cache",
        "translated configurations, keyed by language only: it must stay empty, or one caller's layers reach another",
        lambda: isinstance(getattr(l10n, "_cfg_cache", None), dict),
    ),
    PrivateName(
        "api.collection.gen_collection",
        "reads title, extents and providers of one resource, and opens no provider of type `feature`",
        lambda: _takes(api_collection.gen_collection, "api", "request", "dataset"),
    ),
    PrivateName(
        "linked_data.jsonldify_collection",
        "schema.org description of a dataset",
        lambda: _takes(linked_data.jsonldify_collection, "cls", "collection"),
    ),
)


def check(pygeoapi_internals: tuple[PrivateName, ...] = PRIVATE_NAMES) -> None:
    """Raise Unavailable naming the first private name that is not as we know it."""
    for private_name in pygeoapi_internals:
        if not _holds(private_name):
            raise Unavailable(
                Text(
                    f"pygeoapi {pygeoapi.__version__} n'est pas celui que nous connaissons : "
                    f"{private_name.name} a changé.",
                    f"pygeoapi {pygeoapi.__version__} is not the one we know: {private_name.name} has changed.",
                ),
                remedy=Text(
                    "Installez la version de requirements.lock.", "Install the version named in requirements.lock."
                ),
            )


def _holds(private_name: PrivateName) -> bool:
    try:
        return private_name.holds()
    except (AttributeError, TypeError, ValueError):
        return False


def prepare(french: Mapping[str, str]) -> None:
    """Make the private names ours: no log handler, and pygeoapi's own sentences in French."""
    check()
    api.setup_logger = _no_logging
    l10n._gettext_cache.setdefault("fr", {}).update(french)
    l10n._gettext_cache.setdefault("en", {}).update({sentence: sentence for sentence in french})


def _no_logging(_config: object) -> None:
    """Logs are configured by the application, once."""
