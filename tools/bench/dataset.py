"""What is measured on: the benchmark's own cluster, kept in the home for the next run.

idg     addresses, PCRS lines and ERP, closed to all but partners: every figure is taken with rights on
few     20 collections on one small table
many    1 000 of them
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bench import samples
from bench.samples import Sample
from mig_idg import demonstration
from mig_idg.database import connect
from mig_idg.database.cluster import APPLICATION, DATABASE, OWNER, PrivateCluster
from mig_idg.database.migrate import migrate
from mig_idg.demonstration import adhesion as partnership
from mig_idg.errors import Text
from mig_idg.ogc.tiles.seeding import draw_ahead
from mig_idg.publication.publish import publish
from mig_idg.registry import tokens
from mig_idg.store.prepare import settle
from mig_idg.store.table import describe

Tell = Callable[[Text], None]
LAYERS = {"adresses": ("data.adresses", "id"), "pcrs": ("data.pcrs", "id_objet"), "erp": ("data.erp", "id")}
PARTNER, LOGIN = "92026", "bench"
# The demonstration's partnership knows layers by these names already, under other rules.
PREFIX = "bench-"
_DECLARATION = """id: {id}
title: {{fr: "{id}", en: "{id}"}}
description:
  fr: Données fictives du banc d'essai, ouvertes à tous les partenaires pour mesurer le serveur et ses pairs.
  en: Fictitious data of the benchmark, open to all partners so as to measure the server and its peers.
kind: mutualised
owner: "92050"
keywords: [banc d'essai, mesure]
topics: [location]
update_frequency: asNeeded
updated: 2025-01-01
scale: [5000, 500]
lineage: {{fr: "Tirées au hasard, à graine fixe.", en: "Drawn at random, from a fixed seed."}}
{territory}source: {{table: {table}, id: {key}, geometry: geom, crs: EPSG:2154}}
terms: {{mode: all_partners, actions: [view, query, download]}}
services: [features, tiles]
"""


@dataclass(frozen=True, slots=True)
class Ground:
    """The databases, ready; `token` is that of a partner who owns nothing here."""

    cluster: PrivateCluster
    token: str
    near: dict[str, list[Sample]]
    columns: dict[str, tuple[str, ...]]

    def owner(self, database: str = DATABASE) -> str:
        """The owner's URL of a database."""
        return self.cluster.url(role=OWNER, database=database)

    def application(self, database: str = DATABASE) -> str:
        """The server's URL of a database."""
        return self.cluster.url(role=APPLICATION, database=database)

    @property
    def postmaster(self) -> int:
        """The process of the cluster: its children are the database's CPU."""
        return int((self.cluster.data / "postmaster.pid").read_text().split()[0])


def prepare_all(cluster: PrivateCluster, *, scale: int, many: int, count: int, on: date, tell: Tell) -> Ground:
    """Everything the measures need; what an earlier run left is kept. The cluster is running."""
    with connect(cluster.url(role=OWNER)) as connection:
        tell(Text("structure de la base", "structure of the database"))
        migrate(connection)
        tell(Text(f"données, échelle {scale}", f"data, scale {scale}"))
        demonstration.load(connection, cluster.home, scale=scale, only=frozenset(LAYERS))
        connection.commit()
        partnership.adopt(connection, on)
        tell(Text("publication, avec ses copies", "publication, with its copies"))
        _publish(connection, {f"{PREFIX}{name}": layer for name, layer in LAYERS.items()}, on)
        tokens.open_account(connection, LOGIN, name="Banc d'essai", organisation=PARTNER, author=LOGIN)
        _, token = tokens.issue(connection, LOGIN, author=LOGIN)
        settle(connection)
        tell(Text("tuiles dessinées d'avance", "tiles drawn ahead"))
        draw_ahead(connection)
        tell(Text("échantillons", "samples"))
        near = {
            name: samples.draw(connection, table, key, "geom", count, 100 if name != "pcrs" else 30)
            for name, (table, key) in LAYERS.items()
            if name != "erp"
        }
        columns = {name: describe(connection, table, key, "geom").names for name, (table, key) in LAYERS.items()}
    for name, number in (("few", 20), ("many", many)):
        _catalogue(cluster, name, number, on, tell)
    return Ground(cluster, token, near, columns)


def _publish(connection, layers: dict[str, tuple[str, str]], on: date) -> None:  # type: ignore[no-untyped-def]
    with tempfile.TemporaryDirectory() as folder:
        for id, (table, key) in layers.items():
            (Path(folder) / f"{id}.yml").write_text(
                _DECLARATION.format(id=id, table=table, key=key, territory=_territory(table))
            )
        publish(connection, Path(folder), author=LOGIN, on=on)


def _territory(table: str) -> str:
    return "territory: commune_insee\n" if table in {known for known, _ in LAYERS.values()} else ""


def _catalogue(cluster: PrivateCluster, name: str, number: int, on: date, tell: Tell) -> None:
    """A database of `number` collections, all on one small table; an attempt cut short is begun again."""
    draft = f"{name}_draft"
    with connect(cluster.url(role=OWNER, database="postgres"), autocommit=True) as admin:
        if admin.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
            with connect(cluster.url(role=OWNER, database=name)) as connection:
                migrate(connection)
            return
        tell(Text(f"catalogue de {number} collections", f"catalogue of {number} collections"))
        admin.execute(f"drop database if exists {draft}".encode())
        admin.execute(f"create database {draft}".encode())
        with connect(cluster.url(role=OWNER, database=draft)) as connection:
            migrate(connection)
            demonstration.load(connection, cluster.home, only=frozenset(("communes",)))
            connection.commit()
            partnership.adopt(connection, on)
            table, key = _communes()
            _publish(connection, {f"couche-{n:04d}": (table, key) for n in range(number)}, on)
            tokens.open_account(connection, LOGIN, name="Banc d'essai", organisation=PARTNER, author=LOGIN)
        admin.execute(f"alter database {draft} rename to {name}".encode())


def _communes() -> tuple[str, str]:
    table = next(content.table for content in demonstration.CONTENT if content.collection == "communes")
    return table.name, table.key


def token_in(ground: Ground, database: str) -> str:
    """A partner's token for another database of the cluster."""
    with connect(ground.owner(database)) as connection:
        return tokens.issue(connection, LOGIN, author=LOGIN)[1]
