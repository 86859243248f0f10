"""pygeoapi is as we know it, or we do not start; and nothing of one caller stays in it for the next."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest
from pygeoapi import l10n
from tests.ogc.describe.conftest import PARTNER, Asking

from mig_idg.errors import Unavailable
from mig_idg.ogc import pygeoapi_internals


def test_the_installed_pygeoapi_is_the_one_we_know() -> None:
    pygeoapi_internals.check()


def test_a_seam_that_is_gone_refuses_to_start_and_is_named() -> None:
    gone = replace(pygeoapi_internals.PRIVATE_NAMES[0], name="api.landing_page", holds=lambda: False)
    with pytest.raises(Unavailable, match=r"api\.landing_page"):
        pygeoapi_internals.check((*pygeoapi_internals.PRIVATE_NAMES, gone))


def test_a_seam_that_raises_is_gone() -> None:
    def broken() -> bool:
        raise AttributeError

    with pytest.raises(Unavailable):
        pygeoapi_internals.check((replace(pygeoapi_internals.PRIVATE_NAMES[0], holds=broken),))


def test_no_translated_configuration_stays_behind(asking: Asking) -> None:
    asking.json("/collections", PARTNER)
    asking.response("/collections/secrets", PARTNER, accept="text/html")
    assert l10n._cfg_cache == {}


def test_pygeoapi_installs_no_log_handler(asking: Asking) -> None:
    before = list(logging.getLogger().handlers)
    asking.json("/collections/bancs")
    assert logging.getLogger().handlers == before


def test_pygeoapi_never_sees_a_credential_nor_the_address_of_the_service(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mig_idg.ogc import pygeoapi_engine

    seen: list[str] = []
    real = pygeoapi_engine.API

    def spying(config: dict[str, object], openapi: dict[str, object]) -> object:
        seen.append(repr(config))
        return real(config, openapi)

    monkeypatch.setattr(pygeoapi_engine, "API", spying)
    asking.json("/collections/bancs", PARTNER, base="https://idg.example/t/idg_secret")
    assert seen
    assert not any("idg_secret" in config or "secrets" in config or "data.bancs" in config for config in seen)
