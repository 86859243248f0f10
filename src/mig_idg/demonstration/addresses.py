"""The addresses: numbers odd on the left and even on the right of each street, in the model of BAL 1.5."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from mig_idg.demonstration import random_columns, streets, vocabulary
from mig_idg.deposits.intake import ewkb
from mig_idg.standards.bal.model import COLUMNS
from mig_idg.store.layers import LayerColumn, LayerTable

PER_SCALE = 100_000
SUFFIXES = ("", "bis", "ter", "A", "B")

TABLE = LayerTable(
    name="data.adresses",
    columns=tuple(LayerColumn(column.name, column.type, column.comment) for column in COLUMNS),
    key="id",
    geometry_type="Point",
    territory="commune_insee",
    comment="Adresses au modèle BAL 1.5 (données fictives de démonstration)",
)


@dataclass(frozen=True, slots=True)
class Doors:
    """Where the addresses stand, as columns: row of their street, number, suffix (rank in SUFFIXES), x and y (m)."""

    street: NDArray[np.int64]
    number: NDArray[np.int64]
    suffix: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]


def density(scale: int) -> float:
    """How much closer the streets are at this scale: half of the growth, the numbers along them take the rest."""
    return math.pow(scale, 0.45)


@lru_cache(maxsize=1)
def doors(scale: int) -> Doors:
    """Exactly `scale` × 100 000 places, ordered by street and number."""
    network = streets.network(density(scale))
    wanted = PER_SCALE * scale
    step = 2 * network.lengths.sum() / (1.25 * wanted)
    rng = np.random.default_rng([streets.SEED, 1, scale])
    found = _placed(network, step, rng)
    while len(found.street) < wanted:
        step *= 0.93
        found = _placed(network, step, rng)
    kept = np.sort(rng.choice(len(found.street), wanted, replace=False))
    return Doors(found.street[kept], found.number[kept], found.suffix[kept], found.x[kept], found.y[kept])


def rows(scale: int) -> pa.Table:
    """The whole table, ready for COPY."""
    network, found = streets.network(density(scale)), doors(scale)
    rng = np.random.default_rng([streets.SEED, 2, scale])
    count = len(found.street)
    town = network.town[found.street]
    code = random_columns.taken([t.commune.code for t in network.towns], town)
    name = random_columns.taken([t.commune.name for t in network.towns], town)
    identifier = random_columns.uuids(rng, count)
    fantoir = pc.utf8_lpad(pa.array(_rank_in_town(network)).cast(pa.string()), 4, "0")
    suffix = random_columns.taken(SUFFIXES, found.suffix)
    columns = {
        "id": identifier,
        "id_ban_commune": random_columns.uuids(rng, len(network.towns)).take(pa.array(town)),
        "id_ban_toponyme": random_columns.uuids(rng, len(network.axes)).take(pa.array(found.street)),
        "id_ban_adresse": identifier,
        "cle_interop": _keys(code, fantoir.take(pa.array(found.street)), found.number, suffix),
        "commune_insee": code,
        "commune_nom": name,
        "commune_deleguee_insee": random_columns.nothing(count),
        "commune_deleguee_nom": random_columns.nothing(count),
        "toponyme": random_columns.taken(network.names, found.street),
        "lieudit_complement_nom": random_columns.nothing(count),
        "numero": pa.array(found.number),
        "suffixe": pc.if_else(pc.equal(suffix, ""), pa.scalar(None, pa.string()), suffix),
        "position": random_columns.picks(
            rng, count, ("entrée", "délivrance postale", "bâtiment", "segment"), (80, 12, 5, 3)
        ),
        "cad_parcelles": _parcels(code, rng),
        "source": random_columns.taken([f"Ville {vocabulary.of(t.commune.name)}" for t in network.towns], town),
        "date_der_maj": random_columns.days(rng, count, "2021-01-04", "2026-01-05"),
        "certification_commune": pa.array(rng.random(count) < 0.83),
        "geom": ewkb.points(found.x, found.y, TABLE.srid),
    }
    return pa.table(columns)


def _placed(network: streets.Streets, step: float, rng: np.random.Generator) -> Doors:
    """Both sides of every street, one number each `step` metres or so; none on another street's roadway."""
    each = np.maximum((network.lengths / step).astype(np.int64), 1)
    street = np.repeat(np.arange(len(each)), 2 * each)
    rank = np.arange(len(street)) - np.repeat(np.cumsum(2 * each) - 2 * each, 2 * each)
    left = rank % 2 == 0
    distance = (rank // 2 + 0.5 + rng.uniform(-0.25, 0.25, len(rank))) * step
    distance = np.minimum(distance, network.lengths[street] - 1)
    repeated = rng.random(len(rank)) < 0.05
    suffix = np.where(repeated, rng.choice([1, 1, 1, 2, 3, 4], len(rank)), 0)
    number = rank + 1 - 2 * repeated.astype(np.int64)
    suffix = np.where(number < 1, 0, suffix)
    number = np.maximum(number, rank % 2 + 1)
    alone = _first_of_each(street, number, suffix)
    aside = np.where(left, 1, -1) * rng.uniform(8.5, 12.5, len(rank))
    x, y = streets.along(network.axes[street], distance, aside)
    clear = alone & ~_on_a_roadway(network, street, x, y)
    return Doors(street[clear], number[clear], suffix[clear], np.round(x[clear], 2), np.round(y[clear], 2))


def _first_of_each(
    street: NDArray[np.int64], number: NDArray[np.int64], suffix: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """True for the first row of each address: no address is there twice."""
    key = (street * 100_000 + number) * len(SUFFIXES) + suffix
    alone = np.zeros(len(key), bool)
    alone[np.unique(key, return_index=True)[1]] = True
    return alone


def _on_a_roadway(
    network: streets.Streets, street: NDArray[np.int64], x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """True where a place lies within 5 m of the axis of a street that is not its own."""
    tree = shapely.STRtree(network.axes)
    place, near = tree.query(shapely.points(x, y), predicate="dwithin", distance=5.0)
    hit = np.zeros(len(x), bool)
    hit[place[near != street[place]]] = True
    return hit


def _rank_in_town(network: streets.Streets) -> NDArray[np.int64]:
    """A four-figure code for each street, different within its commune."""
    first = np.searchsorted(network.town, network.town, side="left")
    return np.arange(len(network.town)) - first + 10


def _keys(code: pa.Array, fantoir: pa.Array, number: NDArray[np.int64], suffix: pa.Array) -> pa.Array:
    """Interoperability keys: commune, street, number on five figures, suffix in lower case when there is one."""
    padded = pc.utf8_lpad(pa.array(number).cast(pa.string()), 5, "0")
    plain = pc.binary_join_element_wise(code, fantoir, padded, "_")
    return pc.if_else(pc.equal(suffix, ""), plain, pc.binary_join_element_wise(plain, pc.utf8_lower(suffix), "_"))


def _parcels(code: pa.Array, rng: np.random.Generator) -> pa.Array:
    """Cadastral parcels, 14 characters: commune, three zeros, section, number."""
    letters = [a + b for a in "ABCDEK" for b in "BCDEHKLMN"]
    section = random_columns.taken(letters, rng.integers(0, len(letters), len(code)))
    number = pc.utf8_lpad(pa.array(rng.integers(1, 480, len(code))).cast(pa.string()), 4, "0")
    return pc.binary_join_element_wise(code, "000", section, number, "")
