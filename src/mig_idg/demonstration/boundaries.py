"""The boundaries of the communes and of the EPT, approximate, as two open layers."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import shapely

from mig_idg.demonstration import terrain
from mig_idg.deposits.intake import ewkb
from mig_idg.store.layers import LayerColumn, LayerTable
from mig_idg.territory.places import EPTS

COMMUNES = LayerTable(
    name="data.communes",
    columns=(
        LayerColumn("code", "text", "code INSEE"),
        LayerColumn("nom", "text", "nom de la commune"),
        LayerColumn("siren", "text", "numéro SIREN"),
        LayerColumn("ept", "text", "EPT dont la commune est membre"),
        LayerColumn("ept_nom", "text", "nom de cet EPT"),
        LayerColumn("superficie_ha", "float", "superficie du contour approché, en hectares"),
    ),
    key="code",
    geometry_type="MultiPolygon",
    territory="code",
    comment="Communes, contours approchés dessinés par le projet",
)
EPT = LayerTable(
    name="data.ept",
    columns=(
        LayerColumn("code", "text", "numéro de l'EPT : T2, T3…"),
        LayerColumn("nom", "text", "nom de l'EPT"),
        LayerColumn("siren", "text", "numéro SIREN"),
        LayerColumn("organisme", "text", "identifiant de l'EPT dans le partenariat"),
        LayerColumn("nb_communes", "integer", "communes membres"),
    ),
    key="code",
    geometry_type="MultiPolygon",
    comment="Établissements publics territoriaux, contours approchés dessinés par le projet",
)


def communes() -> pa.Table:
    """The 36 communes and Argenteuil."""
    towns = terrain.towns()
    shapes = np.array([town.polygon for town in towns])
    return pa.table(
        {
            "code": [town.commune.code for town in towns],
            "nom": [town.commune.name for town in towns],
            "siren": [town.commune.siren for town in towns],
            "ept": [town.commune.ept for town in towns],
            "ept_nom": [EPTS[town.commune.ept].name for town in towns],
            "superficie_ha": np.round(shapely.area(shapes) / 10_000, 1),
            "geom": ewkb.geometries(_multiple(shapes), COMMUNES.srid),
        }
    )


def epts() -> pa.Table:
    """The four EPT, each the union of its communes."""
    towns = terrain.towns()
    shapes = np.array(
        [shapely.union_all([t.polygon for t in towns if t.commune.ept == ept.id]) for ept in EPTS.values()]
    )
    return pa.table(
        {
            "code": [ept.number for ept in EPTS.values()],
            "nom": [ept.name for ept in EPTS.values()],
            "siren": [ept.siren for ept in EPTS.values()],
            "organisme": [ept.id for ept in EPTS.values()],
            "nb_communes": [len(ept.communes) for ept in EPTS.values()],
            "geom": ewkb.geometries(_multiple(shapes), EPT.srid),
        }
    )


def _multiple(shapes: np.ndarray) -> np.ndarray:
    """Each polygon as a multipolygon, its corners rounded to the centimetre."""
    return np.array([shapely.multipolygons(shapely.get_parts(s)) for s in shapely.set_precision(shapes, 0.01)])
