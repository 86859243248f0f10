"""What the eight entities are: their properties, how each is read in SQL, and how they hang together (18-088, § 8).

The closed list of words that a path, a `$filter` or a `$select` may name: what is not here does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["number", "text", "boolean", "time", "period", "geometry", "json", "result"]


@dataclass(frozen=True, slots=True)
class Property:
    """One property. `sql` gives its JSON, `{a}` being the alias of its row.

    `compared` is what a filter reads (else `sql`); for a period, its two ends. `column` is where a writer puts it, as
    what it is in the body; `required` says that a body without it is refused. `key` says that pages may follow
    it: it is never null.
    """

    name: str
    kind: Kind
    sql: str
    compared: tuple[str, ...] = ()
    column: str | None = None
    required: bool = False
    key: bool = False


@dataclass(frozen=True, slots=True)
class Navigation:
    """One relation to another entity: `many` of them or one. `join` ties the rows `{a}` (from) and `{b}` (to)."""

    name: str
    target: str
    many: bool
    join: str


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity: its set's name, its own, its table, and the order that its pages follow."""

    name: str
    singular: str
    table: str
    properties: Mapping[str, Property]
    navigations: Mapping[str, Navigation]
    order: tuple[str, ...] = ("id",)


def _text(name: str, column: str | None = None, *, required: bool = True) -> Property:
    column = column or name
    return Property(name, "text", f"{{a}}.{column}", column=column, required=required, key=required)


def _json(name: str, column: str | None = None, *, required: bool = False) -> Property:
    column = column or name
    return Property(name, "json", f"{{a}}.{column}", column=column, required=required)


def _shape(name: str, *, required: bool = True) -> Property:
    return Property(name, "geometry", f"{{a}}.{name}", ("{a}.geometry",), column=name, required=required)


ID = Property("id", "number", "{a}.id", key=True)
PROPERTIES = _json("properties")


def _told(what: str) -> Property:
    """From when to when a datastream has observations that this caller may know of."""
    name = "phenomenonTime" if what == "time" else "resultTime"
    last = f"least(s.last_{what}, sensors.horizon({{a}}.dataset))"
    ends = tuple(
        f"(select {one} from sensors.datastream_state s where s.datastream = {{a}}.id and s.first_{what} <= {last})"
        for one in (f"s.first_{what}", last)
    )
    whole = (
        f"(select sensors.period(s.first_{what}, {last}) from sensors.datastream_state s"
        f" where s.datastream = {{a}}.id and s.first_{what} <= {last})"
    )
    return Property(name, "period", whole, ends)


def _entity(
    name: str, singular: str, table: str, properties: tuple[Property, ...], navigations: tuple[Navigation, ...],
    order: tuple[str, ...] = ("id",),
) -> Entity:  # fmt: skip
    words = {one.name: one for one in (ID, *properties)}
    return Entity(name, singular, f"sensors.{table}", words, {one.name: one for one in navigations}, order)


THING = _entity(
    "Things", "Thing", "thing",
    (_text("name"), _text("description"), PROPERTIES),
    (Navigation("Datastreams", "Datastreams", True, "{b}.thing = {a}.id"),
     Navigation("Locations", "Locations", True,
                "{b}.id in (select j.location from sensors.thing_location j where j.thing = {a}.id)"),
     Navigation("HistoricalLocations", "HistoricalLocations", True, "{b}.thing = {a}.id")),
)  # fmt: skip
LOCATION = _entity(
    "Locations", "Location", "location",
    (_text("name"), _text("description"), _text("encodingType", "encoding_type"), _shape("location"), PROPERTIES),
    (Navigation("Things", "Things", True,
                "{b}.id in (select j.thing from sensors.thing_location j where j.location = {a}.id)"),
     Navigation("HistoricalLocations", "HistoricalLocations", True,
                "{b}.id in (select j.historical_location from sensors.historical_place j where j.location = {a}.id)")),
)  # fmt: skip
HISTORICAL = _entity(
    "HistoricalLocations", "HistoricalLocation", "historical_location",
    (Property("time", "time", "sensors.instant({a}.time)", ("{a}.time",), column="time", required=True, key=True),),
    (Navigation("Thing", "Things", False, "{b}.id = {a}.thing"),
     Navigation("Locations", "Locations", True,
                "{b}.id in (select j.location from sensors.historical_place j where j.historical_location = {a}.id)")),
)  # fmt: skip
SENSOR = _entity(
    "Sensors", "Sensor", "sensor",
    (_text("name"), _text("description"), _text("encodingType", "encoding_type"),
     _json("metadata", required=True), PROPERTIES),
    (Navigation("Datastreams", "Datastreams", True, "{b}.sensor = {a}.id"),),
)  # fmt: skip
OBSERVED = _entity(
    "ObservedProperties", "ObservedProperty", "observed_property",
    (_text("name"), _text("definition"), _text("description"), PROPERTIES),
    (Navigation("Datastreams", "Datastreams", True, "{b}.observed_property = {a}.id"),),
)  # fmt: skip
DATASTREAM = _entity(
    "Datastreams", "Datastream", "datastream",
    (_text("name"), _text("description"), _text("observationType", "observation_type"),
     _json("unitOfMeasurement", "unit", required=True), _json("observedArea", "observed_area"),
     _told("time"), _told("result_time"),
     Property("properties", "json",
              "(coalesce({a}.properties::jsonb, '{{}}') || jsonb_build_object('dataset', {a}.dataset))",
              column="properties")),
    (Navigation("Thing", "Things", False, "{b}.id = {a}.thing"),
     Navigation("Sensor", "Sensors", False, "{b}.id = {a}.sensor"),
     Navigation("ObservedProperty", "ObservedProperties", False, "{b}.id = {a}.observed_property"),
     Navigation("Observations", "Observations", True, "{b}.datastream = {a}.id")),
)  # fmt: skip
OBSERVATION = _entity(
    "Observations", "Observation", "observation",
    (Property("phenomenonTime", "period", "sensors.period({a}.phenomenon_time, {a}.phenomenon_end)",
              ("{a}.phenomenon_time", "{a}.phenomenon_end"), column="phenomenon_time", key=True),
     Property("resultTime", "time", "sensors.instant({a}.result_time)", ("{a}.result_time",), column="result_time"),
     Property("result", "result", "coalesce({a}.result::jsonb, to_jsonb({a}.result_number))",
              ("{a}.result_number", "{a}.result"), column="result", required=True),
     _json("resultQuality", "result_quality"),
     Property("validTime", "period", "sensors.period({a}.valid_from, {a}.valid_to)",
              ("{a}.valid_from", "{a}.valid_to"), column="valid_from"),
     _json("parameters")),
    (Navigation("Datastream", "Datastreams", False, "{b}.id = {a}.datastream"),
     Navigation("FeatureOfInterest", "FeaturesOfInterest", False, "{b}.id = {a}.feature")),
    ("phenomenonTime", "id"),
)  # fmt: skip
FEATURE = _entity(
    "FeaturesOfInterest", "FeatureOfInterest", "feature_of_interest",
    (_text("name"), _text("description"), _text("encodingType", "encoding_type"), _shape("feature"), PROPERTIES),
    (Navigation("Observations", "Observations", True,
                "{b}.feature = {a}.id and {b}.datastream in"
                " (select j.datastream from sensors.datastream_feature j where j.feature = {a}.id)"),),
)  # fmt: skip

ENTITIES: Mapping[str, Entity] = {
    one.name: one for one in (THING, LOCATION, HISTORICAL, DATASTREAM, SENSOR, OBSERVED, OBSERVATION, FEATURE)
}
