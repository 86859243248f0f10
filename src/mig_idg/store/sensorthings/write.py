"""Entities created, corrected, deleted by their depositor: one transaction each, deep or not (18-088, § 10).

What a body names is looked up under the rights of the caller: what is hidden is the same as what does not exist.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import psycopg
from psycopg import Connection, sql

from mig_idg.errors import Conflict, InvalidParameter, NotFound, Refused, Text, Unavailable
from mig_idg.store.sensorthings import bodies
from mig_idg.store.sensorthings.bodies import wrong
from mig_idg.store.sensorthings.entities import ENTITIES, Entity

type Conn = Connection[tuple[Any, ...]]
type Body = Mapping[str, Any]

MOST_OBSERVATIONS = 20_000
MOST_WITHIN = 1_000
CODES = ("commune_insee", "partie_accueillante")
"""The properties of a Thing that name a body: whose territory it measures, whose support it stands on (art. 10)."""


@dataclass(frozen=True, slots=True)
class Depositor:
    """Who writes: the body, and the datasets that it may add to."""

    body: str
    datasets: tuple[str, ...]


class Depositing:
    """One body's writes, in one transaction."""

    def __init__(self, conn: Conn, depositor: Depositor) -> None:
        self._conn, self._by = conn, depositor
        self._made = 0

    # entities

    def create(self, entity: Entity, body: Any, **given: int) -> int:
        """An entity and what is written within it; `given` are the relations that the path names. Its id."""
        self._made += 1
        if self._made > MOST_WITHIN:
            raise InvalidParameter(
                "body",
                Text("Cette insertion est trop profonde.", "This insertion is too deep."),
                remedy=Text(
                    f"{MOST_WITHIN} entités au plus par requête.", f"{MOST_WITHIN} entities at most a request."
                ),
            )
        if entity.name == "Observations":
            datastream = given.get("Datastream") or self._related(entity, "Datastream", body, required=True)
            feature = given.get("FeatureOfInterest")
            with_feature = [dict(body) | ({"FeatureOfInterest": {"@iot.id": feature}} if feature else {})]
            return self.observe(int(datastream or 0), with_feature)[0]
        bodies.check(entity, body, entity.singular, whole=True)
        return getattr(self, f"_{entity.table.removeprefix('sensors.')}")(entity, body, given)  # type: ignore[no-any-return]

    def observe(self, datastream: int, written: Sequence[Any], where: str = "Observation") -> list[int]:
        """Observations of one datastream, all or none. Their ids, in order."""
        entity = ENTITIES["Observations"]
        if len(written) > MOST_OBSERVATIONS:
            raise InvalidParameter(
                "body",
                Text("Trop d'observations à la fois.", "Too many observations at once."),
                remedy=Text(f"{MOST_OBSERVATIONS} au plus.", f"{MOST_OBSERVATIONS} at most."),
            )
        self._owned(ENTITIES["Datastreams"], datastream)
        rows, months = [], set()
        usual: list[int | None] = []
        for number, body in enumerate(written):
            place = where if len(written) == 1 else f"{where}[{number}]"
            bodies.check(entity, body, place, whole=True)
            timed = body if body.get("phenomenonTime") is not None else {**body, "phenomenonTime": bodies.now()}
            read = bodies.columns(entity, timed, place)
            if "FeatureOfInterest" in body:
                feature: int | None = self._related(entity, "FeatureOfInterest", body, required=True)
            else:
                if not usual:
                    usual.append(self._usual_feature(datastream))
                feature = usual[0]
            months.add(datetime.fromisoformat(str(read["phenomenon_time"])).date().replace(day=1))
            rows.append(read | {"feature": feature})
        self._room(months)
        return self._insert_observations(datastream, rows)

    def correct(self, entity: Entity, id: int, body: Any) -> None:
        """The properties and links named are changed, the others stay (JSON merge)."""
        self._owned(entity, id)
        bodies.check(entity, body, entity.singular, whole=False)
        columns: dict[str, Any] = dict(bodies.columns(entity, body, entity.singular))
        if entity.name == "Observations" and "Datastream" in body:
            wrong("Observation/Datastream", "une observation reste de sa série", "an observation stays in its series")
        if entity.name == "Observations" and "FeatureOfInterest" in body:
            columns["feature"] = self._related(entity, "FeatureOfInterest", body, required=True)
        if entity.name == "Datastreams":
            columns |= self._datastream_links(entity, body)
        if columns:
            self._update(entity, id, columns)
        if entity.name == "Things" and "Locations" in body:
            self._place(id, self._all_related(entity, "Locations", body))
        if entity.name in ("Things", "Datastreams"):
            self._entitle("thing" if entity.name == "Things" else "id", id)

    def delete(self, entity: Entity, id: int) -> None:
        """An entity, and what cannot be without it (18-088, § 10.4)."""
        self._owned(entity, id)
        with _refusing():
            self._conn.execute(
                sql.SQL("delete from {} where id = %s").format(sql.Identifier(*entity.table.split("."))), (id,)
            )

    # one function for each table

    def _thing(self, entity: Entity, body: Body, given: Mapping[str, int]) -> int:
        id = self._insert(entity, bodies.columns(entity, body, entity.singular))
        places = self._all_related(entity, "Locations", body)
        if "Locations" in given:
            places.append(given["Locations"])
        if places:
            self._place(id, places)
        for within in _list(body, "Datastreams"):
            self.create(ENTITIES["Datastreams"], within, Thing=id)
        return id

    def _location(self, entity: Entity, body: Body, given: Mapping[str, int]) -> int:
        id = self._insert(entity, bodies.columns(entity, body, entity.singular))
        things = self._all_related(entity, "Things", body) + ([given["Things"]] if "Things" in given else [])
        for thing in things:
            self._owned(ENTITIES["Things"], thing)
            self._place(thing, [id])
        return id

    def _historical_location(self, entity: Entity, body: Body, given: Mapping[str, int]) -> int:
        thing = given.get("Thing") or self._related(entity, "Thing", body, required=True)
        self._owned(ENTITIES["Things"], int(thing or 0))
        id = self._insert(entity, bodies.columns(entity, body, entity.singular) | {"thing": thing})
        for location in self._all_related(entity, "Locations", body):
            self._conn.execute("insert into sensors.historical_place values (%s, %s)", (id, location))
        return id

    def _sensor(self, entity: Entity, body: Body, given: Mapping[str, int]) -> int:
        id = self._insert(entity, bodies.columns(entity, body, entity.singular))
        for within in _list(body, "Datastreams"):
            self.create(ENTITIES["Datastreams"], within, Sensor=id)
        return id

    def _observed_property(self, entity: Entity, body: Body, given: Mapping[str, int]) -> int:
        id = self._insert(entity, bodies.columns(entity, body, entity.singular))
        for within in _list(body, "Datastreams"):
            self.create(ENTITIES["Datastreams"], within, ObservedProperty=id)
        return id

    def _feature_of_interest(self, entity: Entity, body: Body, given: Mapping[str, int]) -> int:
        return self._insert(entity, bodies.columns(entity, body, entity.singular))

    def _datastream(self, entity: Entity, body: Body, given: Mapping[str, int]) -> int:
        links = {"thing": "Thing", "sensor": "Sensor", "observed_property": "ObservedProperty"}
        columns: dict[str, Any] = dict(bodies.columns(entity, body, entity.singular))
        for column, name in links.items():
            columns[column] = given.get(name) or self._related(entity, name, body, required=True)
            self._owned(ENTITIES[entity.navigations[name].target], columns[column])
        columns["dataset"] = self._dataset(body, columns["thing"])
        columns["properties"] = _without_dataset(body)
        id = self._insert(entity, columns)
        self._entitle("id", id)
        observations = _list(body, "Observations")
        if observations:
            self.observe(id, observations, "Datastream/Observations")
        return id

    def _datastream_links(self, entity: Entity, body: Body) -> dict[str, Any]:
        columns: dict[str, Any] = {}
        for column, name in {"thing": "Thing", "sensor": "Sensor", "observed_property": "ObservedProperty"}.items():
            if name in body:
                columns[column] = self._related(entity, name, body, required=True)
                self._owned(ENTITIES[entity.navigations[name].target], columns[column])
        properties = body.get("properties")
        if isinstance(properties, dict):
            columns["properties"] = _without_dataset(body)
            if "dataset" in properties:
                columns["dataset"] = self._chosen(properties["dataset"])
        return columns

    # what datasets and bodies a datastream is of

    def _dataset(self, body: Body, thing: int) -> str:
        properties = body.get("properties")
        named = properties.get("dataset") if isinstance(properties, dict) else None
        if named is None:
            row = self._conn.execute(
                "select properties ->> 'dataset' from sensors.thing where id = %s", (thing,)
            ).fetchone()
            named = row[0] if row else None
        if named is None and len(self._by.datasets) == 1:
            named = self._by.datasets[0]
        if named is None:
            wrong(
                "Datastream/properties/dataset",
                f"dites de quel jeu de données : {', '.join(self._by.datasets)}",
                f"say of which dataset: {', '.join(self._by.datasets)}",
            )
        return self._chosen(named)

    def _chosen(self, named: Any) -> str:
        if named not in self._by.datasets:
            wrong(
                "Datastream/properties/dataset",
                f"« {str(named)[:60]} » n'est pas un jeu où vous déposez ({', '.join(self._by.datasets)})",
                f"“{str(named)[:60]}” is no dataset that you deposit in ({', '.join(self._by.datasets)})",
            )
        return str(named)

    def _entitle(self, column: str, id: int) -> None:
        """Whose territory or support each datastream is on, from what its Thing says."""
        codes = ", ".join(f"t.properties ->> '{word}'" for word in CODES)
        with _refusing():
            self._conn.execute(
                f"update sensors.datastream d set entitled = array(select d.dataset || ':' || c from"
                f" unnest(array[{codes}]) c where c is not null)"
                f" from sensors.thing t where t.id = d.thing and d.{column} = %s",
                (id,),
            )

    # relations

    def _related(self, entity: Entity, name: str, body: Any, *, required: bool) -> int | None:
        written = body.get(name) if isinstance(body, dict) else None
        if written is None:
            if required:
                wrong(f"{entity.singular}/{name}", "cette relation est obligatoire", "this relation is required")
            return None
        return self._link(ENTITIES[entity.navigations[name].target], written, f"{entity.singular}/{name}")

    def _all_related(self, entity: Entity, name: str, body: Body) -> list[int]:
        target = ENTITIES[entity.navigations[name].target]
        return [self._link(target, one, f"{entity.singular}/{name}") for one in _list(body, name)]

    def _link(self, target: Entity, written: Any, place: str) -> int:
        if not isinstance(written, dict):
            wrong(place, "un objet JSON est attendu", "a JSON object is expected")
        if "@iot.id" not in written:
            return self.create(target, written)
        id = written["@iot.id"]
        if not isinstance(id, int) or isinstance(id, bool) or not self._seen(target, id):
            wrong(place, f"aucun {target.singular} n° {str(id)[:40]}", f"there is no {target.singular} {str(id)[:40]}")
        self._owned(target, id)
        return id

    def _seen(self, entity: Entity, id: int) -> str | None:
        if abs(id) >= 2**63:
            return None
        owner = {
            "HistoricalLocations": "(select t.depositor from sensors.thing t where t.id = x.thing)",
            "Observations": "(select d.depositor from sensors.datastream d where d.id = x.datastream)",
        }.get(entity.name, "x.depositor")
        row = self._conn.execute(f"select {owner} from {entity.table} x where x.id = %s", (id,)).fetchone()
        return None if row is None else str(row[0])

    def _owned(self, entity: Entity, id: int) -> None:
        """Nothing when an entity is the depositor's own. Raises NotFound (absent or hidden), Refused."""
        depositor = self._seen(entity, id)
        if depositor is None:
            raise absent(entity, id)
        if depositor != self._by.body:
            raise Refused(
                Text(
                    f"Ce {entity.singular} est d'une autre partie déposante ({depositor}).",
                    f"This {entity.singular} is of another depositing party ({depositor}).",
                ),
                remedy=Text("Chacun n'écrit que ce qu'il a déposé.", "Each writes what it deposited only."),
            )

    # rows

    def _insert(self, entity: Entity, columns: Mapping[str, Any]) -> int:
        values = dict(columns)
        if entity.name != "HistoricalLocations":
            values["depositor"] = self._by.body
        statement = sql.SQL("insert into {} ({}) values ({}) returning id").format(
            sql.Identifier(*entity.table.split(".")),
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join([sql.Placeholder()] * len(values)),
        )
        with _refusing():
            row = self._conn.execute(statement, list(values.values())).fetchone()
        assert row is not None
        return int(row[0])

    def _update(self, entity: Entity, id: int, columns: Mapping[str, Any]) -> None:
        if entity.name == "Observations" and "phenomenon_time" in columns:
            self._room({datetime.fromisoformat(columns["phenomenon_time"]).date().replace(day=1)})
        sets = sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(name)) for name in columns)
        statement = sql.SQL("update {} set {} where id = %s").format(sql.Identifier(*entity.table.split(".")), sets)
        with _refusing():
            self._conn.execute(statement, [*columns.values(), id])

    def _place(self, thing: int, locations: Sequence[int]) -> None:
        """A thing is there from now on; where it was stays in its history (18-088, § 8.2.3)."""
        with _refusing():
            self._conn.execute("delete from sensors.thing_location where thing = %s", (thing,))
            row = self._conn.execute(
                "insert into sensors.historical_location (thing, time) values (%s, now()) returning id", (thing,)
            ).fetchone()
            assert row is not None
            for location in dict.fromkeys(locations):
                self._conn.execute("insert into sensors.thing_location values (%s, %s)", (thing, location))
                self._conn.execute("insert into sensors.historical_place values (%s, %s)", (row[0], location))

    def _usual_feature(self, datastream: int) -> int | None:
        """What an observation that names no feature is of: the place of its thing (18-088, § 10.2.1)."""
        row = self._conn.execute(
            "select l.id, (select f.id from sensors.feature_of_interest f where f.location = l.id and f.depositor = %s"
            " order by f.id limit 1), l.name, l.description, l.encoding_type, l.location::text, l.geometry::text"
            " from sensors.datastream d join sensors.thing_location j on j.thing = d.thing"
            " join sensors.location l on l.id = j.location where d.id = %s order by l.id desc limit 1",
            (self._by.body, datastream),
        ).fetchone()
        if row is None or row[1] is not None:
            return None if row is None else int(row[1])
        names = ("location", "name", "description", "encoding_type", "feature", "geometry")
        return self._insert(ENTITIES["FeaturesOfInterest"], dict(zip(names, (row[0], *row[2:]), strict=True)))

    def _room(self, months: set[date]) -> None:
        with _refusing():
            self._conn.execute("select sensors.make_room(%s::date[])", (sorted(months),))

    def _insert_observations(self, datastream: int, rows: Sequence[Mapping[str, Any]]) -> list[int]:
        kinds = {
            "phenomenon_time": "timestamptz", "phenomenon_end": "timestamptz", "result_time": "timestamptz",
            "result_number": "double precision", "result": "jsonb", "feature": "bigint", "result_quality": "jsonb",
            "valid_from": "timestamptz", "valid_to": "timestamptz", "parameters": "jsonb",
        }  # fmt: skip
        with _refusing():
            found = self._conn.execute(
                "select nextval('sensors.observation_number') from generate_series(1, %s)", (len(rows),)
            ).fetchall()
            ids = [int(one[0]) for one in found]
            arrays = ", ".join(["%s::bigint[]", *(f"%s::{kind}[]" for kind in kinds.values())])
            self._conn.execute(
                f"insert into sensors.observation (id, {', '.join(kinds)}, datastream)"
                f" select u.*, %s from unnest({arrays}) u",
                (datastream, ids, *([row.get(name) for row in rows] for name in kinds)),
            )
        return ids


def absent(entity: Entity, id: object) -> NotFound:
    """An entity that is not there, or that this caller may not know of: one answer."""
    return NotFound(
        Text(f"Aucun {entity.singular} n° {str(id)[:40]}.", f"There is no {entity.singular} {str(id)[:40]}."),
        remedy=Text(f"La liste est à {entity.name}.", f"The list is at {entity.name}."),
    )


def _list(body: Body, name: str) -> list[Any]:
    written = body.get(name)
    if written is None:
        return []
    if not isinstance(written, list):
        wrong(name, "une liste est attendue", "a list is expected")
    return list(written)


def _without_dataset(body: Body) -> str | None:
    properties = body.get("properties")
    if not isinstance(properties, dict):
        return None
    computed = ("dataset", "licence", "attribution")
    return bodies.document({k: v for k, v in properties.items() if k not in computed}, "Datastream/properties")


@contextmanager
def _refusing() -> Iterator[None]:
    """What the database refuses, told without its words."""
    try:
        yield
    except psycopg.errors.InsufficientPrivilege as error:
        raise Refused(
            Text("Ce dépôt n'est pas permis à votre organisme.", "This deposit is not open to your body."),
        ) from error
    except psycopg.errors.LockNotAvailable as error:
        raise Unavailable(Text("Les mesures sont très demandées.", "Measurements are busy.")) from error
    except psycopg.errors.QueryCanceled as error:
        raise Unavailable(Text("Cette écriture prend trop de temps.", "This write takes too long.")) from error
    except (psycopg.errors.IntegrityError, psycopg.errors.DataError) as error:
        raise Conflict(
            Text("Cette écriture contredit ce qui est déjà là.", "This write contradicts what is there."),
            extra={"constraint": error.diag.constraint_name or ""},
        ) from error
