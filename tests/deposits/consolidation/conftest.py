"""A small coproduction: three bodies, three squares side by side, points of a list, and a recipe for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mig_idg.database import connect
from mig_idg.demonstration import adhesion
from mig_idg.deposits.consolidation import contributions, recipe, runs
from mig_idg.publication.publish import publish

DAY = date(2026, 3, 2)
HEADER = "id;nom;numero;insee;maj;position;x;y"
BODIES = {"92050": 0, "92036": 1, "92024": 2}
"""Body: rank of its square, 1 km wide, from west to east."""
WEST, SOUTH = 640_000, 6_860_000

RECIPE = """
id: portes
version: 1
title: {fr: Portes, en: Doors}
target: portes
contributors:
  "92050": {territory: ["92050"]}
  "92036": {territory: ["92036"]}
  "92024": {territory: ["92024"]}
boundaries: {collection: limites, code: insee}
tolerance: 2
same: {columns: [nom, numero], distance: 10}
latest: maj
lists: {position: [entrée, bâtiment]}
values: {position: {entree: entrée}}
precedence: ["92036"]
"""

DOORS = """
id: portes
title: {fr: Portes, en: Doors}
description: {fr: Les portes de deux communes., en: The doors of two communes.}
topics: [location]
lineage: {fr: Tirées pour l'essai., en: Drawn for the test.}
kind: coproduced
working_group: ["92050", "92036"]
keywords: [porte]
scale: [5000, 500]
update_frequency: weekly
source: {table: data.portes, id: id, geometry: geom, crs: EPSG:2154}
territory: insee
"""
LIMITS = """
id: limites
title: {fr: Limites, en: Limits}
description: {fr: Limites, en: Limits}
kind: mutualised
owner: departement-92
source: {table: data.limites, id: insee, geometry: geom, crs: EPSG:2154}
"""


def door(id: str, body: str, number: int, dx: float = 100.0, **other: Any) -> str:
    """A line of a contribution: a door in the square of its body, `dx` metres from its western side."""
    cells = {
        "id": id, "nom": "Rue des Essais", "numero": str(number), "insee": body, "maj": "2026-01-01",
        "position": "entrée", "x": f"{WEST + 1000 * BODIES[body] + dx:.2f}", "y": f"{SOUTH + 500:.2f}",
    }  # fmt: skip
    return ";".join(str((cells | other)[name]) for name in HEADER.split(";"))


@pytest.fixture
def town(cluster: Any, tmp_path: Path) -> Iterator[Any]:
    """The owner's connection to a database of its own: partners, `limites`, and `portes`, empty and structured."""
    import os
    import uuid

    name = f"idg_{os.getpid()}_{uuid.uuid4().hex[:8]}"
    with connect(cluster.url(role="idg_owner", database="postgres"), autocommit=True) as admin:
        admin.execute(f"create database {name} template idg_template strategy file_copy")
    with connect(cluster.url(role="idg_owner", database=name)) as owner:
        owner.execute(
            "create table data.portes (id text primary key, nom text, numero integer, insee text, maj date, position text,"
            " geom geometry(Point, 2154))"
        )
        owner.execute("create table data.limites (insee text primary key, geom geometry(Polygon, 2154))")
        for body, rank in BODIES.items():
            owner.execute(
                "insert into data.limites values (%s, st_makeenvelope(%s, %s, %s, %s, 2154))",
                (body, WEST + 1000 * rank, SOUTH, WEST + 1000 * (rank + 1), SOUTH + 1000),
            )
        adhesion.adopt(owner, date(2026, 11, 22))
        folder = tmp_path / "collections"
        folder.mkdir()
        (folder / "portes.yml").write_text(DOORS, encoding="utf-8")
        (folder / "limites.yml").write_text(LIMITS, encoding="utf-8")
        owner.commit()
        publish(owner, folder, author="essai", on=date(2026, 1, 2))
        owner.commit()
        yield owner
    with connect(cluster.url(role="idg_owner", database="postgres"), autocommit=True) as admin:
        admin.execute(f"drop database {name} with (force)")


@pytest.fixture
def doors(tmp_path: Path) -> recipe.Recipe:
    """The recipe."""
    return written(tmp_path, RECIPE)


def written(place: Path, text: str) -> recipe.Recipe:
    """A recipe from its text."""
    path = place / "portes.yml"
    path.write_text(text, encoding="utf-8")
    return recipe.read(path)


@pytest.fixture
def contribute(tmp_path: Path) -> Callable[..., contributions.Given]:
    """`contribute(body, *lines)`: the file of a body."""

    def write(body: str, *lines: str, header: str = HEADER) -> contributions.Given:
        path = tmp_path / f"{body}.csv"
        path.write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
        return contributions.of_file(body, path)

    return write


@pytest.fixture
def consolidate(town: Any, doors: recipe.Recipe) -> Callable[..., runs.Made]:
    """`consolidate(*given)`: a run of the recipe on DAY."""

    def make(*given: contributions.Given, of: recipe.Recipe = doors, on: date = DAY) -> runs.Made:
        made = runs.run(town, of, given, "greffier", on, lambda *_: None)
        town.commit()
        return made

    return make
