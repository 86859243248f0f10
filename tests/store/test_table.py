"""What a table is found to be, and what a declaration that is wrong about it is told."""

from __future__ import annotations

from typing import Any

import pytest

from mig_idg.errors import NotFound, UnknownWord, Unprocessable
from mig_idg.store.table import describe


@pytest.fixture
def table(connection: Any) -> Any:
    """A table with one column of each family."""
    connection.execute("""
        create table data.tout (
          id bigint primary key, nom varchar(20) not null, prix numeric(8,2), taux double precision, ouvert boolean,
          jour date, instant timestamptz, mur timestamp, heure time, cle uuid, mots text[], reste jsonb, ip inet,
          numero bigint generated always as identity, doublon text,
          geom geometry(LineStringZ, 2154),
          geom_3857 geometry(LineStringZ, 3857) generated always as (st_transform(geom, 3857)) stored,
          sans_srid geometry
        )""")
    connection.execute("comment on column data.tout.nom is 'Le nom'")
    return connection


def test_each_column_has_its_family_and_its_json_type(table: Any) -> None:
    found = {c.name: (c.kind, c.json, c.format) for c in describe(table, "data.tout", "id", "geom").columns}
    assert found == {
        "id": ("integer", "integer", "int64"),
        "nom": ("text", "string", None),
        "prix": ("number", "number", None),
        "taux": ("number", "number", "double"),
        "ouvert": ("boolean", "boolean", None),
        "jour": ("date", "string", "date"),
        "instant": ("timestamp", "string", "date-time"),
        "mur": ("timestamp", "string", "date-time"),
        "heure": ("time", "string", "time"),
        "cle": ("uuid", "string", "uuid"),
        "mots": ("array", "array", None),
        "reste": ("json", "object", None),
        "ip": ("other", "string", None),
        "numero": ("integer", "integer", "int64"),
        "doublon": ("text", "string", None),
    }


def test_lengths_comments_nulls_and_generated_columns_are_seen(table: Any) -> None:
    described = describe(table, "data.tout", "id", "geom")
    name, number = described.column("nom"), described.column("numero")
    assert name is not None
    assert (name.max_length, name.comment, name.nullable) == (20, "Le nom", False)
    assert number is not None
    assert number.generated


def test_a_generated_geometry_is_a_companion_and_never_a_property(table: Any) -> None:
    described = describe(table, "data.tout", "id", "geom")
    assert described.geometry is not None
    assert (described.geometry.srid, described.geometry.type, described.geometry.has_z) == (2154, "LINESTRING", True)
    assert described.companions == ((3857, "geom_3857"),)
    assert described.geometry_in(3857) == "geom_3857"
    assert described.geometry_in(4326) is None
    assert "geom_3857" not in described.names


def test_a_missing_table_says_how_to_make_it(connection: Any) -> None:
    with pytest.raises(NotFound, match="n'existe pas") as caught:
        describe(connection, "data.rien", "id", None)
    assert caught.value.remedy is not None


def test_a_misspelt_column_is_told_the_nearest(table: Any) -> None:
    with pytest.raises(UnknownWord) as caught:
        describe(table, "data.tout", "idd", "geom")
    assert "id" in caught.value.text()
    with pytest.raises(UnknownWord):
        describe(table, "data.tout", "id", "geometrie")


def test_an_identifier_must_be_unique_and_never_empty(table: Any) -> None:
    for column in ("doublon", "nom"):
        with pytest.raises(Unprocessable, match="identifiant"):
            describe(table, "data.tout", column, "geom")


def test_a_geometry_without_srid_is_refused(table: Any) -> None:
    with pytest.raises(Unprocessable, match="système de coordonnées"):
        describe(table, "data.tout", "id", "sans_srid")


def test_a_territory_is_a_text(table: Any) -> None:
    with pytest.raises(Unprocessable, match="INSEE"):
        describe(table, "data.tout", "id", "geom", "numero")


def test_names_with_odd_characters_are_quoted_not_believed(connection: Any) -> None:
    connection.execute('create table data."drôle; drop" (id int primary key)')
    assert describe(connection, "data.drôle; drop", "id", None).name == "drôle; drop"
