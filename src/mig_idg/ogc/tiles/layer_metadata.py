"""What every description of tiles tells of a layer: its attributes, its credits, and that it is generalised."""

from __future__ import annotations

from typing import Any

from mig_idg.errors import Text
from mig_idg.guard.obligations import attribution
from mig_idg.guard.request import Request
from mig_idg.store.collection import Collection
from mig_idg.store.grant import Grant
from mig_idg.store.tiles import stands_for

Layer = tuple[Collection, Grant]
Bounds = tuple[float, float, float, float]
GENERALISATION = Text(
    "Une tuile donne toutes les entités jusqu'à 40 000 ; au-delà, une par case d'une grille de 128 × 128 (une "
    "grande s'il y en a), avec le nombre d'entités qu'elle représente (feature_count), lu s'il le faut sur un "
    "échantillon ; l'en-tête idg-tile le dit. Les lignes et surfaces sont simplifiées au quart de pixel.",
    "A tile gives every feature up to 40,000; beyond, one for each cell of a 128 × 128 grid (a large one if "
    "any) with the number of features it stands for (feature_count), read from a sample when need be; header "
    "idg-tile says so. Lines and surfaces are simplified to a quarter of a pixel.",
)


def properties(request: Request, collection: Collection, grant: Grant) -> dict[str, Any]:
    """JSON Schema of the attributes that this caller finds in the layer."""
    labels = collection.labels
    made: dict[str, Any] = {}
    for column in grant.table.columns:
        schema: dict[str, Any] = {"type": column.json if column.json in ("integer", "number", "boolean") else "string"}
        label = labels.get(column.name)
        if label:
            schema["title"] = label[request.lang]
        if column.format in ("date", "date-time", "uuid"):
            schema["format"] = column.format
        made[column.name] = schema
    count = Text("Nombre d'entités représentées", "Number of features it stands for")
    made[stands_for(grant.table)] = {"type": "integer", "title": count.in_(request.lang)}
    return made


def words(request: Request, layers: list[Layer]) -> str:
    """The mention and credits that go with the tiles."""
    parts = (attribution(c, request.snapshot.mention, grant.obligations) for c, grant in layers)
    return " — ".join(dict.fromkeys(" — ".join(parts).split(" — ")))
