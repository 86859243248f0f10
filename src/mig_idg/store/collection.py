"""A published collection: the declaration as it was tried, with the table (or raster) it was tried on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from mig_idg.errors import Lang, Text
from mig_idg.store.table import Column, Geometry, Stats, Table, TimeExtent
from mig_idg.territory import name_of

OPEN_LICENCES = frozenset({"LO-2.0", "ODbL-1.0"})


@dataclass(frozen=True, slots=True)
class PixelGrid:
    """The grid of a raster in its own CRS, x first: bounds, and width and height of a pixel."""

    bounds: tuple[float, float, float, float]
    pixel: tuple[float, float]

    @property
    def size(self) -> tuple[int, int]:
        """How many pixels across, and down."""
        xmin, ymin, xmax, ymax = self.bounds
        return round((xmax - xmin) / self.pixel[0]), round((ymax - ymin) / self.pixel[1])


@dataclass(frozen=True, slots=True)
class Editing:
    """What is declared of edition on line: whether, of which columns (none named: all but the id), how cautiously."""

    enabled: bool = False
    attributes: tuple[str, ...] = ()
    if_match: Literal["required", "optional"] = "required"


@dataclass(frozen=True, slots=True)
class Collection:
    """One dataset as published. `declared` is the whole declaration as plain values, for metadata and pages.

    `updated` is the date of last update: declared, else that of the rows, else the day of publication. `bbox` is west,
    south, east, north in CRS84 degrees: the extent declared, or that of the rows when they are open.
    `time` is from when to when its rows are, territory by territory. `plugin` is what is declared of the provider
    plug-in that reads the features, in place of a table. `version` is the number of the one in force, and
    `versions_since` the first day that a version is of, when there are versions.
    """

    id: str
    title: Text
    description: Text
    kind: str
    owner: str | None
    licence: str | None
    services: tuple[str, ...]
    keywords: tuple[str, ...]
    table: Table | None
    raster: Mapping[str, Any] | None
    bbox: tuple[float, float, float, float] | None
    time_column: str | None
    default_limit: int | None
    max_limit: int | None
    generation: int
    declared: Mapping[str, Any] = field(repr=False)
    time: TimeExtent | None = None
    grid: PixelGrid | None = None
    updated: str | None = None
    plugin: Mapping[str, Any] | None = None
    version: int | None = None
    versions_since: str | None = None

    @property
    def versions_are_time(self) -> bool:
        """Whether `datetime` reads the version that was valid on a day."""
        return bool((self.declared.get("versions") or {}).get("time"))

    @property
    def is_open(self) -> bool:
        """True under an open licence (LO-2.0, ODbL-1.0)."""
        return self.licence in OPEN_LICENCES

    @property
    def editing(self) -> Editing:
        """How features may be written on line (OGC API Features part 4)."""
        declared = self.declared.get("editing") or {}
        attributes = tuple(declared.get("attributes") or ())
        return Editing(bool(declared.get("enabled")), attributes, declared.get("if_match") or "required")

    @property
    def labels(self) -> Mapping[str, Mapping[str, str]]:
        """What attributes are called, by column and language; a withheld column has its label here too."""
        return self.declared.get("attributes") or {}

    @property
    def codes(self) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
        """What the values of code lists mean, by column, code and language."""
        return self.declared.get("codes") or {}

    @property
    def srid(self) -> int:
        """The EPSG number of the CRS in which the data are declared to be kept."""
        return int(str(self.declared["source"].get("crs", "EPSG:2154")).removeprefix("EPSG:"))

    def credit(self, lang: Lang = "fr") -> str:
        """Who must be named beside any use: the owner as declared, or the co-owners of a coproduction (004 §3.4)."""
        credit = self.declared.get("credit")
        if isinstance(credit, str) and credit:
            return credit
        if self.owner:
            return name_of(self.owner)
        title = self.title.in_(lang)
        if self.kind != "coproduced":
            return title
        return Text(
            f"les partenaires de la MIG, copropriétaires de « {title} »", f"the MIG partners, co-owners of “{title}”"
        ).in_(lang)


def table_as_json(table: Table) -> dict[str, Any]:
    """A table as plain JSON values, for the publication row."""
    return {
        "schema": table.schema,
        "name": table.name,
        "id": table.id.name,
        "geometry": asdict(table.geometry) if table.geometry else None,
        "columns": [asdict(column) for column in table.columns],
        "territory": table.territory,
        "companions": [list(pair) for pair in table.companions],
        "stats": asdict(table.stats) if table.stats else None,
        "copy": table.copy,
        "text": table.text,
        "pieces": list(table.pieces),
        "web": table.web,
        "tiles": table.tiles,
        "searched": list(table.searched),
        "searched_apart": table.searched_apart,
    }


def table_from_json(document: Mapping[str, Any]) -> Table:
    """The table written by `table_as_json`."""
    columns = tuple(Column(**{**c, "codes": tuple(c.get("codes", ()))}) for c in document["columns"])
    stats = document.get("stats")
    extent = stats and stats.get("extent")
    return Table(
        schema=document["schema"],
        name=document["name"],
        id=next(c for c in columns if c.name == document["id"]),
        geometry=Geometry(**document["geometry"]) if document["geometry"] else None,
        columns=columns,
        territory=document["territory"],
        companions=tuple((int(srid), name) for srid, name in document["companions"]),
        stats=Stats(stats["rows"], tuple(extent) if extent else None) if stats else None,
        copy=document.get("copy"),
        text=document.get("text"),
        pieces=tuple(document.get("pieces") or ()),
        web=document.get("web"),
        tiles=document.get("tiles"),
        searched=tuple(document.get("searched") or ()),
        searched_apart=bool(document.get("searched_apart")),
    )


def collection_from_json(document: Mapping[str, Any], generation: int) -> Collection:
    """A collection from its entry of a publication: `{"declaration": …, "table": … | null, "bbox": …}`."""
    declared = document["declaration"]
    limits = declared.get("limits") or {}
    bbox = document.get("bbox")
    area: Any = tuple(bbox) if bbox else None
    version = document.get("version") or {}
    return Collection(
        id=declared["id"],
        title=Text(declared["title"]["fr"], declared["title"]["en"]),
        description=Text(declared["description"]["fr"], declared["description"]["en"]),
        kind=declared["kind"],
        owner=declared.get("owner"),
        licence=declared.get("licence"),
        services=tuple(declared["services"]),
        keywords=tuple(declared.get("keywords", ())),
        table=replace(table_from_json(document["table"]), area=area) if document.get("table") else None,
        raster=_pictures(declared["source"]),
        bbox=area,
        time_column=declared["source"].get("time"),
        default_limit=limits.get("default"),
        max_limit=limits.get("maximum"),
        generation=generation,
        declared=declared,
        time=_time(document.get("time")),
        grid=_grid(document.get("grid")),
        updated=declared.get("updated") or document.get("updated"),
        plugin=declared["source"].get("plugin"),
        version=version.get("number"),
        versions_since=version.get("first"),
    )


def _grid(document: Mapping[str, Any] | None) -> PixelGrid | None:
    return PixelGrid(tuple(document["bounds"]), tuple(document["pixel"])) if document else None


def _time(document: Mapping[str, Any] | None) -> TimeExtent | None:
    if document is None:
        return None
    by_territory = {code: (first, last) for code, (first, last) in document["by_territory"].items()}
    return TimeExtent(document["column"], by_territory)


def _pictures(source: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What is declared of files kept in vintages: pictures, or points, which have no bands."""
    if "points" in source:
        return {"vintages": True, "bands": "points", **source["points"]}
    return source.get("raster")
