"""What one file of `collections/` may say. Strict: a key that is not here is an error.

`collections/schema.json` is generated from this model, so that editors complete and check while one types.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from mig_idg.errors import Text

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]
# The collection of metadata records (OGC API Records) has this address.
RESERVED = frozenset({"records"})
Body = Annotated[str, StringConstraints(min_length=2, max_length=64)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Crs = Annotated[str, StringConstraints(pattern=r"^EPSG:[0-9]{4,6}$")]
ReadAction = Literal["view", "query", "download", "subscribe"]
Topic = Literal[
    "farming", "biota", "boundaries", "climatologyMeteorologyAtmosphere", "economy", "elevation", "environment",
    "geoscientificInformation", "health", "imageryBaseMapsEarthCover", "intelligenceMilitary", "inlandWaters",
    "location", "oceans", "planningCadastre", "society", "structure", "transportation", "utilitiesCommunication",
]  # fmt: skip
Ground = Literal["E0", "E1", "E2", "E3", "E4", "E5", "E6"]


class Disagreement(ValueError):
    """Two keys that do not go together, or a value that cannot be: `said` tells it in both languages.

    `at` is the key to write otherwise, when the disagreement is found above it: its line is the one told.
    """

    def __init__(self, fr: str, en: str, *at: str) -> None:
        self.said, self.at = Text(fr, en), at
        super().__init__(fr)


class Strict(BaseModel):
    """No unknown key, no silent conversion of a number into text."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, populate_by_name=True)


class Words(Strict):
    """A text in French and English."""

    fr: Annotated[str, StringConstraints(min_length=1, max_length=5000)]
    en: Annotated[str, StringConstraints(min_length=1, max_length=5000)]


class Raster(Strict):
    """A raster on disk or S3-compatible storage, by path relative to IDG_HOME/rasters."""

    cog: str | None = Field(None, description="one cloud-optimised GeoTIFF")
    vintages: bool = Field(False, description="a mosaic of vintages (millésimes) filled by `mig-idg import`")
    bands: Literal["rgb", "rgbi", "elevation", "classes"] = "rgb"
    mask_territory: bool = Field(False, description="pixels outside the caller's territory may be masked")

    @field_validator("cog")
    @classmethod
    def _stays_inside(cls, value: str | None) -> str | None:
        if value is not None and (value.startswith(("/", "\\")) or ".." in value.split("/") or ":" in value):
            raise Disagreement(
                "un chemin relatif à IDG_HOME/rasters est attendu",
                "a path relative to IDG_HOME/rasters is expected",
            )
        return value

    @model_validator(mode="after")
    def _one_kind(self) -> Raster:
        if (self.cog is None) == (not self.vintages):
            raise Disagreement(
                "« cog » ou « vintages: true », l'un des deux",
                "“cog” or “vintages: true”, one of the two",
            )
        return self


class Points(Strict):
    """Point clouds (LiDAR): vintages of LAS, LAZ and COPC tiles filled by `mig-idg import`, offered as files."""

    density: Annotated[float, Field(gt=0)] | None = Field(None, description="fewest points a square metre of a tile")
    classes: tuple[Annotated[int, Field(ge=0, le=255)], ...] = Field(
        (), description="ASPRS codes that points may have; absent = any"
    )


class PluginGeometry(Strict):
    """The columns of longitude (or easting) and latitude (or northing) of a table without geometry."""

    x_field: Word
    y_field: Word


class Plugin(Strict):
    """What a provider plug-in of pygeoapi reads, from the modules that IDG_PLUGIN_MODULES allows."""

    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][\w-]*(\.[A-Za-z_]\w*)*$", max_length=300)] = Field(
        description="the class of a provider plug-in, module.Class; or a name of pygeoapi's own (CSV, GeoJSON)"
    )
    type: Literal["feature", "coverage", "edr"] = Field(
        "feature", description="what it reads: features, a coverage, or values at places (EDR)"
    )
    data: str | dict[str, Any] = Field(description="where the plug-in finds the data: a path, an address, or members")
    id_field: Word | None = Field(None, description="the property that identifies a feature")
    geometry: PluginGeometry | None = None
    time_field: Word | None = Field(None, description="the property that `datetime=` filters")
    options: dict[str, Any] = Field(
        default_factory=dict, description="`options` of the plug-in, also given as members of its definition"
    )
    members: dict[str, Any] = Field(
        default_factory=dict, description="further members of the plug-in's definition: table, layer, title_field"
    )
    seconds: Annotated[int, Field(ge=1, le=120)] = Field(20, description="how long one answer may take")
    memory_mb: Annotated[int, Field(ge=128, le=65_536)] = Field(1024, description="how much memory it may take")


class Source(Strict):
    """Where the rows (table), the pixels (raster) or the points (LiDAR) are, or the plug-in that reads them."""

    table: Annotated[str, StringConstraints(pattern=r"^data\.[a-z_][a-z0-9_]{0,62}$")] | None = None
    id: Word | None = Field(None, description="column of the identifier: unique, never null")
    geometry: Word | None = Field(None, description="column of the geometry; absent = a table without geometry")
    crs: Crs = "EPSG:2154"
    time: Word | None = Field(None, description="column that `datetime=` filters")
    updated: Word | None = Field(None, description="column that says when each row was last updated")
    prepared: bool = Field(
        True, description="readers have a copy shaped for speed; false = the table itself, less disk"
    )
    raster: Raster | None = None
    points: Points | None = None
    plugin: Plugin | None = None

    @model_validator(mode="before")
    @classmethod
    def _degrees_unless_told(cls, given: Any) -> Any:
        """What a plug-in gives is GeoJSON: degrees, longitude first, unless the declaration says otherwise."""
        if isinstance(given, dict) and given.get("plugin") is not None and "crs" not in given:
            return {**given, "crs": "EPSG:4326"}
        return given

    @model_validator(mode="after")
    def _one_source(self) -> Source:
        if sum(one is not None for one in (self.table, self.raster, self.points, self.plugin)) != 1:
            raise Disagreement(
                "une source est une table, un raster, des points (LiDAR) ou un greffon, l'un des quatre",
                "a source is a table, a raster, points (LiDAR) or a plug-in, one of the four",
            )
        if self.plugin is not None and (self.id or self.geometry or self.time or self.updated):
            raise Disagreement(
                "« id », « geometry », « time » et « updated » sont pour les tables : un greffon a « id_field »,"
                " « geometry » et « time_field », sous « plugin »",
                "“id”, “geometry”, “time” and “updated” are for tables: a plug-in has “id_field”, “geometry” and"
                " “time_field”, under “plugin”",
            )
        if self.table is not None and self.id is None:
            raise Disagreement(
                "« id » est attendu : la colonne qui identifie une entité",
                "“id” is expected: the column that identifies a feature",
            )
        return self


class Standard(Strict):
    """The target format (data model, file format, CRS) of charter § 3.2.1."""

    name: Word
    version: Word


class Terms(Strict):
    """The owner's conditions of access, use and diffusion (glossary of the charter); absent = closed."""

    mode: Literal["all_partners", "named", "on_agreement", "closed"]
    actions: tuple[ReadAction, ...] = ()
    named: tuple[Body, ...] = ()
    agreed: tuple[Body, ...] = ()
    hidden_attributes: tuple[Word, ...] = ()
    extends_to_ept_communes: bool = False
    allows_contractors: bool = False
    rows: Literal["own_territory"] | None = Field(None, description="each body sees the rows of its own territory")
    from_: date | None = Field(None, alias="from")
    to: date | None = None

    @model_validator(mode="after")
    def _agree(self) -> Terms:
        if self.mode == "named" and not self.named:
            raise Disagreement(
                "« named » attend la liste des organismes",
                "“named” expects the list of bodies",
            )
        if self.mode != "closed" and not self.actions:
            raise Disagreement(
                "« actions » est attendu : view, query, download, subscribe",
                "“actions” is expected: view, query, download, subscribe",
            )
        return _dated(self)


class Exception_(Strict):
    """An exception to sharing (charter § 3.3)."""

    ground: Ground
    attributes: tuple[Word, ...] = Field((), description="absent = the whole dataset")
    legal: Annotated[str, StringConstraints(min_length=3)] = Field(description="the legal text it rests on")
    author: Word
    review: date
    evidence: Word | None = None
    beneficiaries: tuple[Body, ...] = ()
    objection_proved: bool | None = None
    law_allows: bool | None = None
    from_: date | None = Field(None, alias="from")
    to: date | None = None

    @model_validator(mode="after")
    def _complete(self) -> Exception_:
        if self.ground == "E4" and (self.objection_proved is None or self.law_allows is None):
            raise Disagreement(
                "E4 attend « objection_proved » et « law_allows »",
                "E4 expects “objection_proved” and “law_allows”",
            )
        if self.ground == "E5" and not self.beneficiaries:
            raise Disagreement(
                "E5 attend « beneficiaries » : les organismes que la licence nomme",
                "E5 expects “beneficiaries”: the bodies that the licence names",
            )
        return _dated(self)


class Contact(Strict):
    """Who answers for the data (ISO 19115 responsible party)."""

    role: Literal["owner", "custodian", "distributor", "processor", "pointOfContact"] = "pointOfContact"
    name: Word
    email: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")] | None = None


class Limits(Strict):
    """Page sizes of this collection; absent = those of the server."""

    default: Annotated[int, Field(ge=1, le=100_000)] | None = None
    maximum: Annotated[int, Field(ge=1, le=100_000)] | None = None


class Editing(Strict):
    """OGC API Features part 4: the owner of a mutualised layer writes; on a coproduced one, partners propose."""

    enabled: bool = False
    attributes: tuple[Word, ...] = Field((), description="columns that may be written; absent = all but the id")
    if_match: Literal["required", "optional"] = Field(
        "required", description="optional: attributes and deletions without If-Match, as QGIS sends them"
    )


class Versions(Strict):
    """The versions of the rows: each replacement makes one."""

    recorded: bool = Field(True, description="false: replacing the rows keeps nothing of those before")
    keep: Annotated[int, Field(ge=1, le=100_000)] | None = Field(
        None, description="how many of the last versions `versions prune` leaves; absent = all; validated ones stay"
    )
    time: bool = Field(False, description="`datetime=` reads the version that was valid on that day, whole")


class Declaration(Strict):
    """One dataset: what it is, who owns it, what is reserved, how it is served."""

    id: Identifier
    title: Words
    description: Words
    kind: Literal["mutualised", "coproduced"]
    owner: Body | None = Field(None, description="mutualised: the partner-owner")
    working_group: tuple[Body, ...] = Field((), description="coproduced: the bodies that take part")
    credit: Word | None = Field(None, description="the name to mention; absent = the owner's")
    theme: Word | None = None
    keywords: tuple[Word, ...] = ()
    topics: tuple[Topic, ...] = Field((), description="ISO 19115 topic categories; absent = that of the INSPIRE theme")
    lineage: Words | None = Field(None, description="where the data come from and how they were made")
    language: Literal["fre", "eng", "mul", "zxx"] | None = Field(
        None, description="language of the data; absent = fre, zxx for pictures"
    )
    created: date | None = Field(None, description="date of creation of the data")
    resolution: Annotated[float, Field(gt=0)] | None = Field(None, description="spatial resolution in metres")
    inspire_conformant: bool | None = Field(None, description="conforms to regulation (EU) 1089/2010; absent = no")
    external_ids: tuple[Word, ...] = Field((), description="identifiers of the dataset in other catalogues")
    update_frequency: Literal["continual", "daily", "weekly", "monthly", "quarterly", "annually", "asNeeded"] | None = (
        None
    )
    updated: date | None = Field(None, description="date of last update of the data, when not known from the rows")
    scale: tuple[int, int] | None = Field(None, description="scale of use, denominators: [5000, 500]")
    contacts: tuple[Contact, ...] = ()
    source: Source
    standard: Standard | None = None
    territory: Word | None = Field(None, description="the column that says whose territory a row is in (INSEE code)")
    attributes: dict[Word, Words] = Field(default_factory=dict, description="labels of columns")
    codes: dict[Word, dict[str, Words]] = Field(default_factory=dict, description="code lists of columns, with labels")
    metadata: Literal["public", "partners", "hidden"] = "public"
    terms: Terms | None = None
    exceptions: tuple[Exception_, ...] = ()
    takedown: Literal["public", "all"] | None = None
    licence: Literal["LO-2.0", "ODbL-1.0", "restricted"] | None = None
    services: tuple[Literal["features", "tiles", "maps", "coverages", "stac", "download", "sensorthings"], ...] = (
        "features",
        "tiles",
    )
    crs: tuple[Crs, ...] = Field((), description="CRS offered beside CRS84 and the storage CRS")
    extent: tuple[float, float, float, float] | None = Field(None, description="west, south, east, north in degrees")
    limits: Limits | None = None
    editing: Editing | None = None
    versions: Versions | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_service_of_a_plugin(cls, given: Any) -> Any:
        """A plug-in gives what it reads and nothing else, when `services` does not say."""
        source = given.get("source") if isinstance(given, dict) else None
        if isinstance(source, dict) and source.get("plugin") is not None and "services" not in given:
            plugin = source["plugin"]
            values = isinstance(plugin, dict) and plugin.get("type") in ("coverage", "edr")
            return {**given, "services": ("coverages",) if values else ("features",)}
        return given

    @field_validator("id")
    @classmethod
    def _is_free(cls, value: str) -> str:
        if value in RESERVED:
            raise Disagreement(
                f"« {value} » est le catalogue des fiches : choisissez un autre nom",
                f"“{value}” is the catalogue of records: choose another name",
            )
        return value

    def _only_what_a_plugin_serves(self, plugin: Plugin) -> None:
        served = "features" if plugin.type == "feature" else "coverages"
        if not set(self.services) <= {served, "download"}:
            raise Disagreement(
                f"un greffon de type {plugin.type} ne sert que cela : « services » attend {served}, download",
                f"a plug-in of type {plugin.type} serves that only: “services” expects {served}, download",
                "services",
            )

    @model_validator(mode="after")
    def _kind_agrees(self) -> Declaration:
        if self.kind == "mutualised" and self.owner is None:
            raise Disagreement(
                "« owner » est attendu pour une donnée mutualisée (Charte MIG, glossaire)",
                "“owner” is expected for a pooled dataset (Charte MIG, glossary)",
            )
        if self.kind == "coproduced" and (self.owner or self.terms):
            raise Disagreement(
                "une donnée coproduite n'a ni « owner » ni « terms » (charte § 3.4)",
                "a coproduced dataset has neither “owner” nor “terms” (charter § 3.4)",
            )
        if self.kind == "mutualised" and self.working_group:
            raise Disagreement(
                "« working_group » ne concerne que les données coproduites (charte § 3.2.2)",
                "“working_group” is for coproduced datasets only (charter § 3.2.2)",
                "working_group",
            )
        if self.source.raster and "features" in self.services:
            raise Disagreement(
                "un raster ne sert pas d'entités : « services » attend tiles, maps, coverages, stac",
                "a raster serves no features: “services” expects tiles, maps, coverages, stac",
                "services",
            )
        if self.source.table and not {"maps", "coverages", "stac"}.isdisjoint(self.services):
            raise Disagreement(
                "« maps », « coverages » et « stac » sont pour les rasters : une couche d'entités se voit en tuiles"
                " vectorielles, « services » attend features, tiles, download",
                "“maps”, “coverages” and “stac” are for rasters: a layer of features is seen as vector tiles,"
                " “services” expects features, tiles, download",
                "services",
            )
        if self.source.plugin:
            self._only_what_a_plugin_serves(self.source.plugin)
        if self.source.points and not set(self.services) <= {"stac", "download"}:
            raise Disagreement(
                "un nuage de points se sert en fichiers : « services » attend stac, download",
                "a point cloud is served as files: “services” expects stac, download",
                "services",
            )
        if self.versions and self.source.table is None:
            raise Disagreement(
                "« versions » est pour les tables : images et points ont leurs millésimes",
                "“versions” is for tables: pictures and points have vintages of their own",
                "versions",
            )
        if self.versions and self.versions.time and self.source.time:
            raise Disagreement(
                "« versions.time » et « source.time » s'excluent : « datetime » ne peut lire l'un et l'autre",
                "“versions.time” and “source.time” exclude each other: “datetime” cannot read both",
                "versions",
                "time",
            )
        return self

    @property
    def plain(self) -> dict[str, object]:
        """The declaration as JSON values, absent keys left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


def _dated[T: (Terms, Exception_)](span: T) -> T:
    if span.from_ and span.to and span.from_ >= span.to:
        raise Disagreement(
            "« to » doit suivre « from » (intervalle [from, to))",
            "“to” must come after “from” (interval [from, to))",
        )
    return span


def json_schema() -> dict[str, object]:
    """JSON Schema of a declaration, for editors (`# yaml-language-server: $schema=schema.json`)."""
    from mig_idg.publication.described import describe

    schema = describe(Declaration.model_json_schema(by_alias=True))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
