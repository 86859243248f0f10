"""The street plan (PCRS 2.0): kerbs everywhere, façades, walls and steps where the survey has come; covers as points.

Two tables, one for each kind of geometry, as GIS clients like them. Class names and code lists are those of the
standard (CNIG, version 2.0, September 2017).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from mig_idg.demonstration import random_columns, streets, terrain
from mig_idg.demonstration.addresses import density
from mig_idg.deposits.intake import ewkb
from mig_idg.store.layers import LayerColumn, LayerTable

LINES_PER_SCALE = 100_000
POINTS_PER_SCALE = 20_000
KERB_LENGTH, FRONTAGE = 110.0, 19.0
# Parking bays along a kerb, and how far façades and walls are set back (m).
BAY_LENGTH, BAY_DEPTH = 18.0, 2.0
RECESSES = (0.15, 0.4, 0.9, 2.5)

# Where the survey began: whole streets, façades included, from the heart of Nanterre outwards.
SURVEY_START = (641_900.0, 6_865_900.0)

_COMMON = (
    LayerColumn("id_objet", "text", "idObjet : identifiant de l'objet"),
    LayerColumn("classe", "text", "classe PCRS 2.0"),
    LayerColumn("date_leve", "date", "dateLeve : date du levé"),
    LayerColumn("thematique", "text", "thematique : code de la liste CategorieThematiquePCRS"),
    LayerColumn("qualite_categorisation", "text", "qualiteCategorisation : 01 très fiable, 02, 03 peu fiable"),
    LayerColumn("precision_planimetrique", "text", "precisionPlanimetrique : 002, 005, 010, 040, 150, 999 (cm)"),
    LayerColumn("precision_altimetrique", "text", "precisionAltimetrique : même liste"),
    LayerColumn("producteur", "text", "producteur : qui a levé"),
    LayerColumn("commune_insee", "text", "code INSEE de la commune"),
)
LINES = LayerTable(
    name="data.pcrs",
    columns=_COMMON,
    key="id_objet",
    geometry_type="LineString",
    has_z=True,
    territory="commune_insee",
    comment="Plan de corps de rue simplifié, lignes (données fictives de démonstration)",
)
POINTS = LayerTable(
    name="data.pcrs_affleurants",
    columns=(
        *_COMMON[:8],
        LayerColumn("nature", "text", "nature : code de la liste NatureAffleurantPCRS"),
        LayerColumn("reseau", "text", "reseau : code de la liste NatureReseauPCRS"),
        LayerColumn("gestionnaire", "text", "gestionnaire du réseau"),
        LayerColumn("angle_rotation", "float", "angleRotation du symbole, degrés, sens horaire depuis le nord"),
        _COMMON[8],
    ),
    key="id_objet",
    geometry_type="Point",
    has_z=True,
    territory="commune_insee",
    comment="Plan de corps de rue simplifié, affleurants (données fictives de démonstration)",
)

# Classes along the frontage of a street, their theme, and how often.
FRONTAGE_CLASSES = (
    ("FacadePCRS", "02", 62),
    ("MurPCRS", "05", 22),
    ("SeuilPCRS", "02", 9),
    ("MarcheEscalierPCRS", "01", 4),
    ("ProeminenceBatiPCRS", "02", 3),
)
# Nature and network of a cover (codes of the standard), and how often.
COVERS = (("01", "ASSAEP", 24), ("03", "ASSARU", 22), ("04", "AEP", 18), ("04", "GAZ", 12), ("02", "ELECBT", 9),
          ("03", "COM", 8), ("07", "ELECECL", 5), ("05", "INCE", 2))  # fmt: skip
MANAGERS = {
    "ASSAEP": "Département 92",
    "ASSARU": "EPT",
    "AEP": "Syndicat des eaux",
    "GAZ": "Réseau gaz",
    "ELECBT": "Réseau électrique",
    "COM": "Opérateur télécom",
    "ELECECL": "Commune",
    "INCE": "Commune",
}


@dataclass(frozen=True, slots=True)
class Pieces:
    """Lines parallel to streets: row of the street, from and to (m along it), metres aside; `kerb` or frontage."""

    street: NDArray[np.int64]
    start: NDArray[np.float64]
    end: NDArray[np.float64]
    aside: NDArray[np.float64]
    kerb: NDArray[np.bool_]


def lines(scale: int) -> pa.Table:
    """Exactly `scale` × 100 000 lines with heights, street by street."""
    network = streets.network(density(scale))
    rng = np.random.default_rng([streets.SEED, 3, scale])
    crooked = np.random.default_rng([streets.SEED, 11, scale])
    pieces = _pieces(network, LINES_PER_SCALE * scale, rng)
    count = len(pieces.street)
    front = rng.choice(len(FRONTAGE_CLASSES), count, p=np.array([w for *_, w in FRONTAGE_CLASSES]) / 100)
    rank = np.where(pieces.kerb, len(FRONTAGE_CLASSES), front)
    names = [*(name for name, *_ in FRONTAGE_CLASSES), "LimiteVoiriePCRS"]
    themes = [*(theme for _, theme, _ in FRONTAGE_CLASSES), "03"]
    return pa.table(
        {
            "id_objet": random_columns.uuids(rng, count),
            "classe": random_columns.taken(names, rank),
            **_survey(rng, count, random_columns.taken(themes, rank)),
            "commune_insee": _codes(network, pieces.street),
            "geom": ewkb.geometries(_drawn(network, pieces, crooked), LINES.srid),
        }
    )


def points(scale: int) -> pa.Table:
    """Exactly `scale` × 20 000 covers, gratings and poles, by the kerbs."""
    network = streets.network(density(scale))
    rng = np.random.default_rng([streets.SEED, 4, scale])
    count = POINTS_PER_SCALE * scale
    street = np.sort(rng.choice(len(network.axes), count, p=network.lengths / network.lengths.sum()))
    distance = rng.random(count) * network.lengths[street]
    x, y = streets.along(network.axes[street], distance, rng.choice([-1, 1], count) * rng.uniform(2.5, 6.5, count))
    kind = rng.choice(len(COVERS), count, p=np.array([w for *_, w in COVERS]) / 100)
    return pa.table(
        {
            "id_objet": random_columns.uuids(rng, count),
            "classe": pa.array(["AffleurantPCRS"], pa.string()).take(pa.array(np.zeros(count, int))),
            **_survey(rng, count, random_columns.taken(["10"], np.zeros(count, int))),
            "nature": random_columns.taken([nature for nature, *_ in COVERS], kind),
            "reseau": random_columns.taken([reseau for _, reseau, _ in COVERS], kind),
            "gestionnaire": random_columns.taken([MANAGERS[reseau] for _, reseau, _ in COVERS], kind),
            "angle_rotation": pa.array(np.round(rng.uniform(0, 360, count), 1)),
            "commune_insee": _codes(network, street),
            "geom": ewkb.points(np.round(x, 3), np.round(y, 3), POINTS.srid, np.round(terrain.height(x, y), 2)),
        }
    )


def _pieces(network: streets.Streets, wanted: int, rng: np.random.Generator) -> Pieces:
    """Kerbs of every street, then frontages from the start of the survey outwards, to the number wanted."""
    kerbs = _cut(network, np.arange(len(network.axes)), KERB_LENGTH, 4.2, 0.0, rng)
    if len(kerbs.street) > wanted:
        return _first(kerbs, wanted)
    away = shapely.distance(network.axes, shapely.points(*SURVEY_START))
    frontage = FRONTAGE
    fronts = _cut(network, np.argsort(away, kind="stable"), frontage, 9.0, 3.5, rng)
    while len(kerbs.street) + len(fronts.street) < wanted:
        frontage *= 0.9
        fronts = _cut(network, np.argsort(away, kind="stable"), frontage, 9.0, 3.5, rng)
    fronts = _first(fronts, wanted - len(kerbs.street))
    both = [np.concatenate(pair) for pair in zip(_columns(kerbs), _columns(fronts), strict=True)]
    is_kerb = np.arange(len(both[0])) < len(kerbs.street)
    return Pieces(both[0], both[1], both[2], both[3], is_kerb)


def _cut(
    network: streets.Streets,
    order: NDArray[np.int64],
    length: float,
    aside: float,
    spread: float,
    rng: np.random.Generator,
) -> Pieces:
    """Both sides of the streets, in this order, cut in pieces of about `length` metres."""
    lengths = network.lengths[order]
    each = np.maximum(np.rint(lengths / length).astype(np.int64), 1)
    street = np.repeat(order, 2 * each)
    size = np.repeat(lengths / each, 2 * each)
    rank = np.arange(len(street)) - np.repeat(np.cumsum(2 * each) - 2 * each, 2 * each)
    start = (rank // 2) * size
    side = np.where(rank % 2 == 0, 1.0, -1.0)
    gap = rng.uniform(0.0, 0.2, len(street)) * size if spread else np.zeros(len(street))
    away = side * (aside + spread * rng.random(len(street)))
    return Pieces(street, start + gap, start + size, away, np.zeros(len(street), bool))


def _columns(pieces: Pieces) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    return pieces.street, pieces.start, pieces.end, pieces.aside


def _first(pieces: Pieces, count: int) -> Pieces:
    street, start, end, aside = _columns(pieces)
    return Pieces(street[:count], start[:count], end[:count], aside[:count], pieces.kerb[:count])


def _drawn(network: streets.Streets, pieces: Pieces, rng: np.random.Generator) -> NDArray[np.object_]:
    """Each piece as a survey finds it, with heights: kerbs step aside for parking bays, façades have recesses.

    A line cut by any straight edge leaves it and comes back, as those of a real street plan do: what clips them (tiles,
    maps, extracts) meets here what it will meet there.
    """
    size = pieces.end - pieces.start
    steps = np.where(pieces.kerb, np.clip(np.rint(size / BAY_LENGTH), 2, 12), rng.integers(2, 6, len(size)))
    steps = steps.astype(np.int64)
    deep = np.where(pieces.kerb, BAY_DEPTH, rng.choice(RECESSES, len(size)))
    piece = np.repeat(np.arange(len(size)), 2 * steps)
    rank = np.arange(len(piece)) - np.repeat(np.cumsum(2 * steps) - 2 * steps, 2 * steps)
    # Every second step is set back, and two corners stand where one ends and the next begins.
    back = (rank // 2 % 2) * deep[piece] * np.sign(pieces.aside[piece])
    share = (rank + 1) // 2 / steps[piece]
    x, y = streets.along(
        network.axes[pieces.street[piece]],
        pieces.start[piece] + share * size[piece],
        pieces.aside[piece] + back,
    )
    corners = np.round(np.column_stack([x, y, terrain.height(x, y)]), 3)
    return np.asarray(shapely.linestrings(corners, indices=piece))


def _survey(rng: np.random.Generator, count: int, theme: pa.Array) -> dict[str, pa.Array]:
    """What every object of a survey says of how it was made."""
    return {
        "date_leve": random_columns.days(rng, count, "2022-03-01", "2025-11-28"),
        "thematique": theme,
        "qualite_categorisation": random_columns.picks(rng, count, ("01", "02", "03"), (90, 8, 2)),
        "precision_planimetrique": random_columns.picks(rng, count, ("002", "005", "010", "040"), (6, 82, 10, 2)),
        "precision_altimetrique": random_columns.picks(rng, count, ("002", "005", "010", "040"), (3, 70, 22, 5)),
        "producteur": random_columns.picks(rng, count, ("Département 92", "Paris Ouest La Défense"), (85, 15)),
    }


def _codes(network: streets.Streets, street: NDArray[np.int64]) -> pa.Array:
    return random_columns.taken([town.commune.code for town in network.towns], network.town[street])
