"""OCS GE: leaf codes, coordinate reference system, a partition without gap nor overlap.

No official validator runs here: the verdict is that of these rules (standards.md §7).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from mig_idg.errors import Text, nearest
from mig_idg.standards.verdict import Remark, Verdict, ordered
from mig_idg.validators.decp import read_json

COVER = (
    *("CS1.1.1.1", "CS1.1.1.2", "CS1.1.2.1", "CS1.1.2.2", "CS1.2.1", "CS1.2.2", "CS1.2.3"),
    *("CS2.1.1.1", "CS2.1.1.2", "CS2.1.1.3", "CS2.1.2", "CS2.1.3", "CS2.2.1", "CS2.2.2"),
)
USE = (
    *("US1.1", "US1.2", "US1.3", "US1.4", "US1.5", "US3", "US235", "US4.1.1", "US4.1.2", "US4.1.3", "US4.1.4"),
    *("US4.1.5", "US4.2", "US4.3", "US5", "US6.1", "US6.2", "US6.3", "US6.6"),
)
MERGED = "US2"  # still met, though US235 took its place
TOLERANCE = 1e-3
SLIVER = 1e-2


def check(path: Path, name: str) -> Verdict:
    """The verdict of the rules on a GeoPackage or a GeoJSON."""
    read = _read(path)
    if isinstance(read, Remark):
        return Verdict(name, "ocs-ge", "NG", False, (read,), "mig-idg", None, {read.code: 1})
    table, geometries, crs = read
    remarks: list[Remark] = []
    if crs != 2154:
        remarks.append(
            Remark(
                "ocsge.crs",
                "error",
                Text(
                    "Le système de coordonnées n'est pas Lambert-93",
                    "The coordinate reference system is not Lambert-93",
                ),
                value=str(crs or ""),
                proposal="EPSG:2154",
            )
        )
    for field, allowed in (("code_cs", COVER), ("code_us", USE)):
        remarks.extend(_codes(table, field, allowed))
    remarks.extend(_identifiers(table))
    remarks.extend(_topology(geometries))
    kept, counts = ordered(remarks)
    valid = not any(one.level == "error" for one in remarks)
    return Verdict(name, "ocs-ge", "NG", valid, kept, "mig-idg (OCS GE NG)", len(geometries), counts)


def _read(path: Path) -> tuple[dict[str, list[Any]], Any, int | None] | Remark:
    import pyogrio
    import shapely
    from pyogrio.errors import DataLayerError, DataSourceError

    if path.suffix.lower() in (".json", ".geojson"):
        document = read_json(path)
        if isinstance(document, Remark):
            return document
    try:
        meta, _, geometries, columns = pyogrio.raw.read(str(path.resolve()))
    except (DataSourceError, DataLayerError, ValueError, RuntimeError):
        return Remark(
            "file.unreadable",
            "error",
            Text("Le fichier géographique ne se lit pas", "The geographic file cannot be read"),
        )
    table = {str(field).lower(): list(column) for field, column in zip(meta["fields"], columns, strict=True)}
    return table, shapely.from_wkb(geometries, on_invalid="ignore"), _epsg(meta.get("crs"))


def _epsg(crs: str | None) -> int | None:
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        return CRS.from_user_input(crs).to_epsg() if crs else None
    except CRSError:
        return None


def _codes(table: dict[str, list[Any]], field: str, allowed: tuple[str, ...]) -> list[Remark]:
    if field not in table:
        return [
            Remark(
                "ocsge.field",
                "error",
                Text(f"Il manque le champ {field}", f"The field {field} is missing"),
                column=field,
                proposal=Text(f"ajoutez {field}", f"add {field}"),
            )
        ]
    words = Text("Le code n'est pas une feuille de la nomenclature", "The code is no leaf of the nomenclature")
    return [
        Remark("ocsge.code", "error", words, rank + 1, field, str(value or ""), nearest(str(value or ""), allowed))
        for rank, value in enumerate(table[field])
        if value not in allowed and value != MERGED
    ]


def _identifiers(table: dict[str, list[Any]]) -> list[Remark]:
    first: dict[str, int] = {}
    remarks = []
    for rank, value in enumerate(table.get("id", ())):
        before = first.setdefault(str(value), rank)
        if before != rank:
            words = Text(f"Identifiant déjà porté par l'objet {before + 1}", f"Object {before + 1} has this identifier")
            remarks.append(Remark("ocsge.identifier", "error", words, rank + 1, "id", str(value)))
    return remarks


def _topology(geometries: Any) -> list[Remark]:
    """Invalid shapes, overlaps, holes of the whole: with the object's rank as line."""
    import shapely

    remarks: list[Remark] = []
    for rank, geometry in enumerate(geometries):
        if geometry is None or geometry.is_empty:
            remarks.append(
                Remark("ocsge.geometry", "error", Text("Objet sans géométrie", "Object without geometry"), rank + 1)
            )
        elif not geometry.is_valid:
            words = Text("Géométrie invalide", "Invalid geometry")
            remarks.append(Remark("ocsge.geometry", "error", words, rank + 1, value=shapely.is_valid_reason(geometry)))
        elif geometry.geom_type not in ("Polygon", "MultiPolygon"):
            words = Text("L'objet n'est pas une surface", "The object is no surface")
            remarks.append(Remark("ocsge.geometry", "error", words, rank + 1, value=geometry.geom_type))
    if remarks:
        return remarks
    tree = shapely.STRtree(geometries)
    left, right = tree.query(geometries, predicate="intersects")
    pairs = left < right
    shared = shapely.area(
        shapely.intersection(np.asarray(geometries)[left[pairs]], np.asarray(geometries)[right[pairs]])
    )
    for one, two, area in zip(left[pairs], right[pairs], shared, strict=True):
        if area > SLIVER:
            words = Text(f"Recouvre l'objet {two + 1} sur {area:.2f} m²", f"Overlaps object {two + 1} by {area:.2f} m²")
            remarks.append(Remark("ocsge.overlap", "error", words, int(one) + 1))
    whole = shapely.union_all(geometries, grid_size=TOLERANCE)
    for part in shapely.get_parts(whole):
        for ring in part.interiors:
            area = shapely.Polygon(ring).area
            center = ring.centroid
            words = Text(f"Trou de {area:.2f} m² dans la couverture", f"A gap of {area:.2f} m² in the coverage")
            remarks.append(
                Remark("ocsge.gap", "error", words, value=json.dumps([round(center.x, 2), round(center.y, 2)]))
            )
    return remarks
