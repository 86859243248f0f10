"""Edition on a layer that declares a standard: what breaks it is refused field by field, with what to write instead."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from tests.ogc.features.conftest import DECLARATION, TODAY
from tests.ogc.features.test_transactions import send

from mig_idg.app import create
from mig_idg.database import connect
from mig_idg.demonstration import adhesion
from mig_idg.publication.publish import publish
from mig_idg.registry import tokens
from mig_idg.settings import Settings

ITEMS = "/collections/portes/items"
SQL = """
create table data.portes (
  id text primary key default gen_random_uuid()::text, commune_insee text, toponyme text, numero integer, suffixe text,
  position text, certification_commune boolean, date_der_maj date, geom geometry(Point, 2154) not null
);
insert into data.portes values
  ('sain', '92050', 'Rue des Lilas', 4, null, 'entrée', true, '2025-01-02',
   st_setsrid(st_makepoint(641000, 6866000), 2154)),
  ('fautif', '92050', 'R', 6, null, 'entrée', false, '2025-01-02',
   st_setsrid(st_makepoint(641000, 6866000), 2154));
"""
MORE = 'standard: {name: bal, version: "1.5"}\nediting: {enabled: true, if_match: optional}'


@pytest.fixture(scope="module")
def served(database_url: str, app_url: str, tmp_path_factory: pytest.TempPathFactory, client_of: Any) -> Iterator[Any]:
    """The application, with a layer of addresses that follows BAL."""
    folder = tmp_path_factory.mktemp("collections")
    text = DECLARATION.format(id="portes", time="", licence="licence: LO-2.0", more=MORE)
    (folder / "portes.yml").write_text(text)
    with connect(database_url) as connection:
        connection.execute(SQL.encode())
        adhesion.adopt(connection, TODAY)
        publish(connection, folder, author="test", on=date(2026, 1, 2))
        tokens.open_account(connection, "owner", name="owner", organisation="92050", author="test")
        secrets = {"owner": tokens.issue(connection, "owner", author="test")[1]}
        connection.commit()
    with asyncio.Runner() as runner, client_of(runner, create, Settings, app_url, secrets) as client:
        yield client


def address(place: tuple[float, float] = (2.1955, 48.889), **properties: Any) -> dict[str, Any]:
    """An address as an editor sends it."""
    sound = {"commune_insee": "92050", "toponyme": "Rue des Lilas", "numero": 8, "position": "entrée",
             "certification_commune": True, "date_der_maj": "2026-05-04"}  # fmt: skip
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": list(place)},
        "properties": {**sound, **properties},
    }


def test_an_address_that_follows_the_standard_is_written(served: Any) -> None:
    assert send(served, "POST", ITEMS, address()).status == 201


def test_each_fault_is_told_with_its_field_its_value_and_what_to_write(served: Any) -> None:
    before = served.items("", "portes")["numberMatched"]
    response = send(served, "POST", ITEMS, address(toponyme="R", suffixe=" bis"))
    assert response.status == 422
    assert response.headers["content-type"].startswith("application/problem+json")
    problem = response.json
    assert problem["standard"] == "bal"
    told = {one["member"]: one for one in problem["errors"]}
    assert (told["suffixe"]["value"], told["suffixe"]["expected"]) == (" bis", "bis")
    assert told["toponyme"]["code"] == "toponyme.trop_court"
    assert "toponyme" in problem["detail"]
    assert served.items("", "portes")["numberMatched"] == before


@pytest.mark.parametrize(
    ("lang", "words"), [("fr", "Cette entité n'est pas conforme"), ("en", "This feature does not conform")]
)
def test_it_is_told_in_the_readers_language(served: Any, lang: str, words: str) -> None:
    response = send(served, "POST", ITEMS, address(commune_insee="92999"), accept_language=lang)
    assert response.status == 422
    assert response.json["detail"].startswith(words)


def test_a_change_brings_no_fault_in_and_a_fault_of_before_stops_no_other_change(served: Any) -> None:
    sound, faulty = f"{ITEMS}/sain", f"{ITEMS}/fautif"
    assert send(served, "PATCH", sound, {"properties": {"toponyme": "R"}}).status == 422
    assert send(served, "PATCH", sound, {"properties": {"toponyme": "Rue du Port"}}).status == 204
    assert send(served, "PATCH", faulty, {"properties": {"numero": 12}}).status == 204
    assert send(served, "PATCH", faulty, {"properties": {"toponyme": "Q"}}).status == 422
    assert send(served, "PATCH", faulty, {"properties": {"toponyme": "Rue du Quai"}}).status == 204


def test_a_whole_replacement_is_held_against_the_standard_too(served: Any) -> None:
    etag = served.get(f"{ITEMS}/sain", who="owner").headers["etag"]
    assert send(served, "PUT", f"{ITEMS}/sain", address(commune_insee=None), if_match=etag).status == 422
    assert send(served, "PUT", f"{ITEMS}/sain", address(), if_match=etag).status == 204
