"""A registry that knows Annex 1 and nothing else, in a transaction that is rolled back; and short ways to act on it."""

from datetime import date

import pytest

from mig_idg.registry import datasets, membership, publications, seed
from mig_idg.registry.acts import Evidence, Record
from mig_idg.registry.membership import Piece
from mig_idg.registry.membership_status import PIECES

START = date(2022, 1, 1)


def record_on(day, reference="pièce 1"):
    return Record(day, "greffier", Evidence("courrier", reference, day))


def join(conn, organisation, day=START):
    """A body of Annex 1 adheres, step by step, on a day."""
    membership.apply(conn, organisation, record_on(day))
    for kind in PIECES:
        membership.add_piece(conn, organisation, Piece(kind, f"{kind} 1", day, day), record_on(day))
    return membership.admit(conn, organisation, record_on(day))


@pytest.fixture
def bare(connection):
    """An empty registry; whatever a test writes is rolled back, acts included."""
    connection.execute("select 1")
    return connection


@pytest.fixture
def registry(bare):
    """A registry that knows the charter, Annex 1 and the pilot; nobody is a partner yet."""
    seed.potential_partners(bare)
    return bare


@pytest.fixture
def on():
    """`on(day)`: the record of an act done that day."""
    return record_on


@pytest.fixture
def partners(registry):
    """The pilot, Nanterre, Clichy and EPT T4 are partners since the charter's first day."""
    for organisation in ("departement-92", "92050", "92024", "ept-t4"):
        join(registry, organisation)
    return registry


@pytest.fixture
def adhere():
    """`adhere(conn, organisation, day)`: the three steps of §2.2.1."""
    return join


ROAD = ("structured", "collecting", "consolidated", "submitted")
RECORD = {
    "title": {"fr": "Voies", "en": "Streets"},
    "description": {"fr": "Les voies du territoire, tirées pour l'essai.", "en": "The streets, drawn for the test."},
    "keywords": ["voirie"],
    "theme": "réseaux de transport",
    "lineage": {"fr": "Tirées pour l'essai.", "en": "Drawn for the test."},
    "scale": [5000, 500],
}


def brought_to_the_committee(conn, dataset, day, *, stages=ROAD, record=RECORD):
    """A coproduction with its metadata record, moved stage by stage on a day, as far as the technical committee."""
    source = {"table": "data.x", "geometry": "geom"}
    declaration = {"id": dataset, "kind": "coproduced", "update_frequency": "annually", "source": source, **record}
    known = publications.latest(conn).collections
    publications.record(conn, {**known, dataset: {"declaration": declaration}}, author="greffier")
    for stage in stages:
        datasets.move(conn, dataset, stage, record_on(day))


@pytest.fixture
def submitted():
    """`submitted(conn, dataset, day)`: structured, collected, consolidated and submitted on that day."""
    return brought_to_the_committee
