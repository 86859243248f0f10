"""What runs along streets: public lighting (owners keep it to the territory concerned) and cycle lanes (a draft)."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import shapely

from mig_idg.demonstration import random_columns, streets
from mig_idg.deposits.intake import ewkb
from mig_idg.store.layers import LayerColumn, LayerTable

LIGHTING_COUNT = 6_000
CYCLE_COUNT = 900

LIGHTING = LayerTable(
    name="data.eclairage_public",
    columns=(
        LayerColumn("id", "integer", "identifiant du tronçon"),
        LayerColumn("armoire", "text", "armoire de commande"),
        LayerColumn("nb_points_lumineux", "integer", "points lumineux du tronçon"),
        LayerColumn("technologie", "text", "technologie des lampes"),
        LayerColumn("puissance_w", "float", "puissance totale, en watts"),
        LayerColumn("pose", "text", "mode de pose"),
        LayerColumn("date_pose", "date", "date de pose"),
        LayerColumn("voie", "text", "nom de la voie"),
        LayerColumn("commune_insee", "text", "code INSEE de la commune"),
    ),
    key="id",
    geometry_type="LineString",
    territory="commune_insee",
    comment="Réseau d'éclairage public (données fictives de démonstration)",
)
CYCLING = LayerTable(
    name="data.voies_cyclables",
    columns=(
        LayerColumn("id", "integer", "identifiant du tronçon"),
        LayerColumn("amenagement", "text", "type d'aménagement"),
        LayerColumn("sens", "text", "sens de circulation des vélos"),
        LayerColumn("revetement", "text", "revêtement"),
        LayerColumn("largeur_m", "float", "largeur, en mètres"),
        LayerColumn("mise_en_service", "date", "date de mise en service"),
        LayerColumn("voie", "text", "nom de la voie"),
        LayerColumn("commune_insee", "text", "code INSEE de la commune"),
    ),
    key="id",
    geometry_type="MultiLineString",
    territory="commune_insee",
    comment="Voies cyclables, en cours de coproduction (données fictives de démonstration)",
)


def lighting() -> pa.Table:
    """Sections of the lighting network, on one side of the streets of every commune."""
    network = streets.network(1.0)
    rng = np.random.default_rng([streets.SEED, 8])
    street = np.sort(rng.choice(len(network.axes), LIGHTING_COUNT, p=network.lengths / network.lengths.sum()))
    start = rng.uniform(0, 0.5, LIGHTING_COUNT)
    section = _sections(network.axes[street], start, start + rng.uniform(0.2, 0.5, LIGHTING_COUNT))
    lamps = np.maximum(1, shapely.length(section) / 27).astype(np.int64)
    return pa.table(
        {
            "id": pa.array(np.arange(1, LIGHTING_COUNT + 1)),
            "armoire": random_columns.taken([f"AR-{n:03d}" for n in range(400)], rng.integers(0, 400, LIGHTING_COUNT)),
            "nb_points_lumineux": pa.array(lamps),
            "technologie": random_columns.picks(
                rng, LIGHTING_COUNT, ("LED", "sodium haute pression", "iodures"), (64, 29, 7)
            ),
            "puissance_w": pa.array(np.round(lamps * rng.choice([38.0, 55.0, 70.0, 100.0], LIGHTING_COUNT), 1)),
            "pose": random_columns.picks(rng, LIGHTING_COUNT, ("souterrain", "aérien", "façade"), (83, 9, 8)),
            "date_pose": random_columns.days(rng, LIGHTING_COUNT, "1998-01-05", "2025-10-31"),
            "voie": random_columns.taken(network.names, street),
            "commune_insee": random_columns.taken([t.commune.code for t in network.towns], network.town[street]),
            "geom": ewkb.geometries(section, LIGHTING.srid),
        }
    )


def cycling() -> pa.Table:
    """Cycle connections on the longest streets."""
    network = streets.network(1.0)
    rng = np.random.default_rng([streets.SEED, 9])
    street = np.sort(np.argsort(-network.lengths, kind="stable")[:CYCLE_COUNT])
    kinds = ("piste cyclable", "bande cyclable", "voie verte", "double-sens cyclable", "couloir bus et vélos")
    pool = shapely.multilinestrings(network.axes[street], indices=np.arange(CYCLE_COUNT))
    return pa.table(
        {
            "id": pa.array(np.arange(1, CYCLE_COUNT + 1)),
            "amenagement": random_columns.picks(rng, CYCLE_COUNT, kinds, (30, 32, 8, 22, 8)),
            "sens": random_columns.picks(rng, CYCLE_COUNT, ("unidirectionnel", "bidirectionnel"), (60, 40)),
            "revetement": random_columns.picks(rng, CYCLE_COUNT, ("lisse", "rugueux", "meuble"), (88, 9, 3)),
            "largeur_m": pa.array(np.round(rng.uniform(1.2, 4.0, CYCLE_COUNT), 1)),
            "mise_en_service": random_columns.days(rng, CYCLE_COUNT, "2009-04-01", "2025-09-15"),
            "voie": random_columns.taken(network.names, street),
            "commune_insee": random_columns.taken([t.commune.code for t in network.towns], network.town[street]),
            "geom": ewkb.geometries(pool, CYCLING.srid),
        }
    )


def _sections(axes: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """The part of each axis between two shares of its length, as a line through five of its points."""
    shares = start[:, None] + (end - start)[:, None] * np.linspace(0, 1, 5)
    stops = shapely.line_interpolate_point(axes[:, None], shares, normalized=True)
    return np.asarray(shapely.linestrings(np.round(shapely.get_coordinates(stops).reshape(-1, 5, 2), 2)))
