"""What stands at addresses: establishments receiving the public, public equipment, cameras. All fictitious.

Telephone numbers are taken from 01 99 00, the block the regulator keeps for works of fiction.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mig_idg.demonstration import random_columns, streets, vocabulary
from mig_idg.demonstration.addresses import SUFFIXES, density, doors
from mig_idg.deposits.intake import ewkb
from mig_idg.store.layers import LayerColumn, LayerTable

ERP_PER_SCALE = 5_000
EQUIPMENT_COUNT = 1_500
CAMERA_COUNT = 640
MANAGERS = ("commune", "EPT", "département", "association")

_WHERE = (
    LayerColumn("adresse", "text", "adresse postale"),
    LayerColumn("commune_insee", "text", "code INSEE de la commune"),
    LayerColumn("commune_nom", "text", "nom de la commune"),
)
ERP = LayerTable(
    name="data.erp",
    columns=(
        LayerColumn("id", "text", "identifiant de l'établissement"),
        LayerColumn("nom", "text", "nom de l'établissement"),
        LayerColumn("type_erp", "text", "type du règlement de sécurité incendie"),
        LayerColumn("categorie", "integer", "catégorie, de 1 (plus de 1 500 personnes) à 5"),
        LayerColumn("activite", "text", "activité principale"),
        LayerColumn("effectif_public", "integer", "public admis, en personnes"),
        LayerColumn("effectif_personnel", "integer", "personnel, en personnes"),
        LayerColumn("contact_nom", "text", "personne à joindre"),
        LayerColumn("contact_telephone", "text", "téléphone de la personne à joindre"),
        LayerColumn("date_visite", "date", "dernière visite de la commission de sécurité"),
        LayerColumn("avis", "text", "avis de la commission de sécurité"),
        *_WHERE,
    ),
    key="id",
    geometry_type="Point",
    territory="commune_insee",
    comment="Établissements recevant du public (données fictives de démonstration)",
)
EQUIPMENT = LayerTable(
    name="data.equipements",
    columns=(
        LayerColumn("id", "integer", "identifiant de l'équipement"),
        LayerColumn("nom", "text", "nom de l'équipement"),
        LayerColumn("theme", "text", "thème"),
        LayerColumn("type_equipement", "text", "type d'équipement"),
        LayerColumn("gestionnaire", "text", "qui le gère"),
        LayerColumn("accessible_pmr", "boolean", "accessible aux personnes à mobilité réduite"),
        LayerColumn("date_ouverture", "date", "date d'ouverture au public"),
        LayerColumn("surface_m2", "float", "surface, en mètres carrés"),
        LayerColumn("mis_a_jour", "timestamptz", "dernière mise à jour de la fiche"),
        *_WHERE,
    ),
    key="id",
    geometry_type="Point",
    territory="commune_insee",
    comment="Équipements publics (données fictives de démonstration)",
)
CAMERAS = LayerTable(
    name="data.videosurveillance",
    columns=(
        LayerColumn("id", "text", "identifiant de la caméra"),
        LayerColumn("modele", "text", "modèle"),
        LayerColumn("hauteur_m", "float", "hauteur du mât, en mètres"),
        LayerColumn("azimut", "float", "direction de visée, degrés depuis le nord"),
        LayerColumn("raccordement", "text", "mode de raccordement"),
        LayerColumn("date_pose", "date", "date de pose"),
        LayerColumn("commune_insee", "text", "code INSEE de la commune"),
    ),
    key="id",
    geometry_type="Point",
    territory="commune_insee",
    comment="Caméras de voie publique (données fictives de démonstration)",
)


def erp(scale: int) -> pa.Table:
    """Exactly `scale` × 5 000 establishments."""
    count = ERP_PER_SCALE * scale
    rng = np.random.default_rng([streets.SEED, 5, scale])
    door = np.sort(rng.choice(len(doors(scale).street), count, replace=False))
    weights = np.array([w for *_, w in vocabulary.ESTABLISHMENTS], float)
    kind = rng.choice(len(vocabulary.ESTABLISHMENTS), count, p=weights / weights.sum())
    category = rng.choice([1, 2, 3, 4, 5], count, p=[0.01, 0.03, 0.08, 0.16, 0.72])
    admitted = np.array([0, 2300, 1000, 480, 190, 60])[category] * rng.uniform(0.7, 1.3, count)
    return pa.table(
        {
            "id": _numbered("ERP", count),
            "nom": _names(rng, [names for *_, names, _ in vocabulary.ESTABLISHMENTS], kind),
            "type_erp": random_columns.taken([t for t, *_ in vocabulary.ESTABLISHMENTS], kind),
            "categorie": pa.array(category),
            "activite": random_columns.taken([a for _, a, *_ in vocabulary.ESTABLISHMENTS], kind),
            "effectif_public": pa.array(admitted.astype(np.int64)),
            "effectif_personnel": pa.array(np.maximum(1, admitted * rng.uniform(0.03, 0.2, count)).astype(np.int64)),
            "contact_nom": _people(rng, count),
            "contact_telephone": _telephones(rng, count),
            "date_visite": random_columns.days(rng, count, "2021-06-01", "2025-12-12"),
            "avis": random_columns.picks(rng, count, ("favorable", "défavorable", "sans objet"), (81, 4, 15)),
            **_where(scale, door),
        }
    )


def equipment() -> pa.Table:
    """Public equipment, the open layer; it does not grow with the scale."""
    rng = np.random.default_rng([streets.SEED, 6])
    door = np.sort(rng.choice(len(doors(1).street), EQUIPMENT_COUNT, replace=False))
    kinds = [(theme, name) for theme, names in vocabulary.EQUIPMENT for name in names]
    kind = rng.integers(0, len(kinds), EQUIPMENT_COUNT)
    updated = np.datetime64("2025-01-06T08:00:00", "us") + rng.integers(0, 300 * 86_400, EQUIPMENT_COUNT) * 1_000_000
    return pa.table(
        {
            "id": pa.array(np.arange(1, EQUIPMENT_COUNT + 1)),
            "nom": _names(rng, [(name,) for _, name in kinds], kind),
            "theme": random_columns.taken([theme for theme, _ in kinds], kind),
            "type_equipement": random_columns.taken([name for _, name in kinds], kind),
            "gestionnaire": random_columns.picks(
                rng, EQUIPMENT_COUNT, ("commune", "EPT", "département", "association"), (70, 12, 10, 8)
            ),
            "accessible_pmr": pa.array(rng.random(EQUIPMENT_COUNT) < 0.8, mask=rng.random(EQUIPMENT_COUNT) < 0.05),
            "date_ouverture": random_columns.days(rng, EQUIPMENT_COUNT, "1962-09-01", "2025-09-01"),
            "surface_m2": pa.array(np.round(rng.lognormal(5.5, 1.1, EQUIPMENT_COUNT), 1)),
            "mis_a_jour": pa.array(updated, pa.timestamp("us", tz="UTC")),
            **_where(1, door),
        }
    )


def cameras() -> pa.Table:
    """Cameras of the public way: the layer under a whole exception."""
    rng = np.random.default_rng([streets.SEED, 7])
    door = np.sort(rng.choice(len(doors(1).street), CAMERA_COUNT, replace=False))
    place = _where(1, door)
    return pa.table(
        {
            "id": _numbered("VP", CAMERA_COUNT),
            "modele": random_columns.picks(rng, CAMERA_COUNT, ("dôme", "fixe", "multi-capteurs"), (60, 30, 10)),
            "hauteur_m": pa.array(np.round(rng.uniform(3.5, 9, CAMERA_COUNT), 1)),
            "azimut": pa.array(np.round(rng.uniform(0, 360, CAMERA_COUNT))),
            "raccordement": random_columns.picks(rng, CAMERA_COUNT, ("fibre", "radio"), (85, 15)),
            "date_pose": random_columns.days(rng, CAMERA_COUNT, "2015-01-05", "2025-10-31"),
            "commune_insee": place["commune_insee"],
            "geom": place["geom"],
        }
    )


def _where(scale: int, door: NDArray[np.int64]) -> dict[str, pa.Array]:
    """Postal address, commune and point of these routes (rows of `routes(scale)`)."""
    network, all_doors = streets.network(density(scale)), doors(scale)
    street = all_doors.street[door]
    town = network.town[street]
    number = pa.array(all_doors.number[door]).cast(pa.string())
    suffix = random_columns.taken(["", *(f" {s}" for s in SUFFIXES[1:])], all_doors.suffix[door])
    name = random_columns.taken([t.commune.name for t in network.towns], town)
    line = pc.binary_join_element_wise(number, suffix, " ", random_columns.taken(network.names, street), "")
    return {
        "adresse": pc.binary_join_element_wise(line, name, ", "),
        "commune_insee": random_columns.taken([t.commune.code for t in network.towns], town),
        "commune_nom": name,
        "geom": ewkb.points(all_doors.x[door], all_doors.y[door], ERP.srid),
    }


def _names(rng: np.random.Generator, kinds: list[tuple[str, ...]], kind: NDArray[np.int64]) -> pa.Array:
    """« Café des Lilas »: what it is, then the name of a street of the neighbourhood."""
    flat = [name for names in kinds for name in names]
    first = np.cumsum([0, *(len(names) for names in kinds)])[:-1]
    pick = first[kind] + (rng.random(len(kind)) * np.array([len(names) for names in kinds])[kind]).astype(np.int64)
    tail = [name.replace("-", " ") for name in vocabulary.STREETS]
    return pc.binary_join_element_wise(
        random_columns.taken(flat, pick), random_columns.taken(tail, rng.integers(0, len(tail), len(kind))), " "
    )


def _people(rng: np.random.Generator, count: int) -> pa.Array:
    first = random_columns.taken(vocabulary.FIRST_NAMES, rng.integers(0, len(vocabulary.FIRST_NAMES), count))
    last = random_columns.taken(vocabulary.LAST_NAMES, rng.integers(0, len(vocabulary.LAST_NAMES), count))
    return pc.binary_join_element_wise(first, last, " ")


def _telephones(rng: np.random.Generator, count: int) -> pa.Array:
    pairs = [pc.utf8_lpad(pa.array(rng.integers(0, 100, count)).cast(pa.string()), 2, "0") for _ in range(2)]
    return pc.binary_join_element_wise("01", "99", "00", *pairs, " ")


def _numbered(prefix: str, count: int) -> pa.Array:
    digits = pc.utf8_lpad(pa.array(np.arange(1, count + 1)).cast(pa.string()), 6, "0")
    return pc.binary_join_element_wise(prefix, digits, "-")
