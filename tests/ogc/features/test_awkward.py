"""Legitimate data of an unusual make: what a depositor may have is served, found again, sorted and edited."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from tests.ogc.features.conftest import DECLARATION, TODAY, Client

from mig_idg.app import create
from mig_idg.database import connect
from mig_idg.demonstration import adhesion
from mig_idg.errors import Unprocessable
from mig_idg.ogc.features import links
from mig_idg.publication.publish import InvalidCollections, publish
from mig_idg.registry import tokens
from mig_idg.settings import Settings
from mig_idg.store.table import describe

SQL = """
create type data.etat as enum ('bon', 'use');
create domain data.notes as int check (value between 0 and 20);
create table data.cles (id text primary key, "ID" int, geom geometry(Point, 2154));
insert into data.cles (id, "ID")
select id, n from unnest(array['k/1', 'a\\b', '', '.', '..', '~x', E't\\tb', E'n\\nl', 'é ; 100%', 'a%2Fb', 'x"y'])
  with ordinality as t (id, n);
create table data.grands (id bigint primary key, quand date, heure timetz, instant timestamptz, long text, infime numeric,
                          js jsonb, "a,b" int, geom geometry(Point, 4326));
insert into data.grands
select 9223372036854775800 + i,
  (array['0044-03-15 BC', '-infinity', 'infinity', '2024-01-01', '12024-01-01'])[1 + i % 5]::date,
  (array['24:00:00+02', '08:30:00-05:30', '00:00:00+00'])[1 + i % 3]::timetz,
  (array['0044-03-15 12:00:00+00 BC', 'infinity', '2024-01-01 10:00:00.123456+02'])[1 + i % 3]::timestamptz,
  repeat('x', 1000 * i), ('0.' || repeat('0', 320) || i)::numeric, '{"n": 1e400, "properties": {"properties": 1}}', i,
  case when i = 7 then st_setsrid(st_makepoint(-3, -90), 4326) else st_setsrid(st_makepoint(2 + i / 100.0, 48), 4326) end
from generate_series(1, 7) i;
create table data.edites (
  id serial primary key, etat data.etat, note data.notes, prix numeric, code text unique, commune text default '92050',
  geom geometry(Point, 2154)
);
create type data.couleur as enum ('rouge', 'bleu');
create table data.couleurs (id data.couleur primary key, geom geometry(Point, 2154));
insert into data.couleurs values ('rouge', null), ('bleu', null);
create function data.refuse() returns trigger language plpgsql as $$
begin
  if new.code = 'interdit' then raise exception 'non'; end if;
  if new.code = 'ecarte' then return null; end if;
  return new;
end $$;
create trigger refuse before insert or update on data.edites for each row execute function data.refuse();
"""


@pytest.fixture(scope="module")
def awkward(
    database_url: str, app_url: str, tmp_path_factory: pytest.TempPathFactory, client_of: Any
) -> Iterator[Client]:
    folder = tmp_path_factory.mktemp("collections")
    for name, more in (("cles", ""), ("grands", ""), ("couleurs", ""), ("edites", "editing: {enabled: true}")):
        text = DECLARATION.format(id=name, time="", licence="licence: LO-2.0", more=more)
        (folder / f"{name}.yml").write_text(text.replace("2154", "4326") if name == "grands" else text)
    with connect(database_url) as connection:
        connection.execute(SQL.encode())
        adhesion.adopt(connection, TODAY)
        publish(connection, folder, author="test", on=date(2026, 1, 2))
        tokens.open_account(connection, "owner", name="owner", organisation="92050", author="test")
        secrets = {"owner": tokens.issue(connection, "owner", author="test")[1]}
        connection.commit()
    with asyncio.Runner() as runner, client_of(runner, create, Settings, app_url, secrets) as client:
        yield client


def test_every_id_has_an_address_that_its_own_links_know(awkward: Client) -> None:
    for feature in awkward.items("limit=100", "cles")["features"]:
        id = feature["id"]
        place = links.item_path("cles", id)
        response = awkward.get(place)
        assert (response.status, response.json["id"]) == (200, id), place
        own = next(link["href"] for link in response.json["links"] if link["rel"] == "self")
        assert urlsplit(own).path == place
        assert "%2F" not in place
    assert awkward.get("/collections/cles/items/" + quote("k/1", safe="")).status == 404
    assert awkward.get("/collections/cles/items/~").json["id"] == ""
    assert awkward.get("/collections/cles/items/~ay8x_").status == 404


def test_features_without_a_geometry_are_found_by_that(awkward: Client) -> None:
    assert awkward.items("filter=geom IS NULL", "cles")["numberMatched"] == 11
    assert awkward.items("filter=geom IS NULL", "grands")["numberMatched"] == 0


def test_an_enumeration_may_be_the_id(awkward: Client) -> None:
    page = awkward.items("limit=1", "couleurs")
    (onward,) = (link["href"] for link in page["links"] if link["rel"] == "next")
    following = awkward.get(onward)
    assert following.status == 200, following.content
    assert [page["features"][0]["id"], following.json["features"][0]["id"]] == ["bleu", "rouge"]
    assert awkward.get("/collections/couleurs/items/rouge").json["id"] == "rouge"


def test_the_largest_numbers_are_ids_and_filters(awkward: Client) -> None:
    id = 2**63 - 3
    assert awkward.get(f"/collections/grands/items/{id}").json["id"] == id
    assert awkward.get("/collections/grands/items/9223372036854775808").status == 404
    assert awkward.items(f"id={id}", "grands")["numberMatched"] == 1
    assert awkward.items(f"filter=id={id}", "grands")["numberMatched"] == 1


@pytest.mark.parametrize("key", ["id", "quand", "heure", "instant", "long", "infime"])
@pytest.mark.parametrize("sign", ["", "-"])
def test_pages_follow_one_another_whatever_they_are_sorted_by(awkward: Client, key: str, sign: str) -> None:
    seen: list[int] = []
    page = awkward.items(f"sortby={sign}{key}&limit=2", "grands")
    while True:
        seen += [feature["id"] for feature in page["features"]]
        onward = [link["href"] for link in page["links"] if link["rel"] == "next"]
        if not onward:
            break
        response = awkward.get(onward[0])
        assert response.status == 200, response.content
        page = response.json
    assert len(seen) == len(set(seen)) == 7


def test_times_that_no_calendar_has_are_null_and_pages_hold_every_number(awkward: Client) -> None:
    found = {feature["properties"]["quand"] for feature in awkward.items("limit=100", "grands")["features"]}
    assert None in found
    assert not any(value and "infinity" in value for value in found)
    for path in ("/collections/grands/items", f"/collections/grands/items/{2**63 - 3}"):
        assert awkward.get(f"{path}?f=html").status == 200


def test_a_system_made_for_elsewhere_is_not_offered_to_a_layer_that_reaches_the_pole(awkward: Client) -> None:
    conic = quote("http://www.opengis.net/def/crs/EPSG/0/3942")
    response = awkward.get(f"/collections/grands/items?crs={conic}")
    assert (response.status, response.json["parameter"]) == (400, "crs")


def test_a_column_that_is_no_parameter_is_not_proposed(awkward: Client) -> None:
    response = awkward.get("/collections/grands/items?js=1")
    assert response.status == 400
    assert "« js »" not in response.json.get("remedy", "")
    assert "a,b" not in awkward.get("/collections/grands/sortables").json["properties"]


def test_columns_that_differ_by_case_are_two_in_a_geopackage(awkward: Client, tmp_path: Path) -> None:
    (tmp_path / "x.gpkg").write_bytes(awkward.get("/collections/cles/items?f=gpkg").content)
    with closing(sqlite3.connect(tmp_path / "x.gpkg")) as opened:
        assert opened.execute("pragma integrity_check").fetchone() == ("ok",)
        assert [row[1] for row in opened.execute("pragma table_info(cles)")] == ["fid", "id", "ID_2", "geom"]
        assert opened.execute('select "ID_2" from cles where id = ?', ("k/1",)).fetchone() == (1,)


def written(client: Client, **properties: Any) -> Any:
    """The answer to a new feature with these properties."""
    document = {"type": "Feature", "geometry": None, "properties": properties}
    return client.request(
        "POST", "/collections/edites/items", content=json.dumps(document).replace('"<', "").replace('>"', ""),
        headers={"content-type": "application/geo+json"}, who="owner",
    )  # fmt: skip


def test_what_is_written_is_what_is_read_again(awkward: Client) -> None:
    digits = "12345678901234567890.123456789"
    response = written(awkward, etat="use", note=5, prix=f"<{digits}>", code="un")
    assert response.status == 201, response.content
    again = awkward.get(response.headers["location"])
    assert digits.encode() in again.content
    assert {**again.json["properties"], "prix": 0} == {
        "id": again.json["id"], "etat": "use", "note": 5, "prix": 0, "code": "un", "commune": "92050",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("properties", "status", "words"),
    [
        ({"etat": "neuf"}, 422, "etat"),
        ({"note": 21}, 422, "notes_check"),
        ({"code": "pris"}, 409, "edites_code_key"),
        ({"code": "interdit"}, 422, ""),
        ({"code": "ecarte"}, 422, ""),
    ],
)
def test_what_the_table_refuses_is_said(awkward: Client, properties: Any, status: int, words: str) -> None:
    if status == 409:
        assert written(awkward, **properties).status == 201
    response = written(awkward, **properties)
    assert response.status == status, response.content
    assert words in response.content.decode()


def test_a_declaration_of_a_table_with_a_row_that_cannot_be_told_is_named(database_url: str, tmp_path: Path) -> None:
    with connect(database_url) as connection:
        connection.execute("create table data.loin (id int primary key, geom geometry(Point, 2154))")
        connection.execute("insert into data.loin values (5, st_setsrid(st_makepoint('Infinity', 0), 2154))")
        (tmp_path / "loin.yml").write_text(DECLARATION.format(id="loin", time="", licence="licence: LO-2.0", more=""))
        with pytest.raises(InvalidCollections, match=r"loin\.yml:\d+: .*data\.loin.*: 5\)"):
            publish(connection, tmp_path, author="test", on=date(2026, 1, 2))
        connection.rollback()


def test_the_id_of_a_new_feature_may_be_among_its_properties(awkward: Client) -> None:
    response = written(awkward, id=7001, code="sept")
    assert response.status == 201, response.content
    assert response.headers["location"].endswith("/items/7001")


def test_a_view_is_refused_in_its_own_words(database_url: str) -> None:
    with connect(database_url) as connection:
        connection.execute("create view data.vue as select 1 as id")
        with pytest.raises(Unprocessable, match="n'est pas une table"):
            describe(connection, "data.vue", "id", None)
        connection.rollback()
