"""The doors of SensorThings: entities read under the rights of their datasets, written by their depositor.

What a caller may not know of is not there: no count, expansion, filter, order or link tells it (row security).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from mig_idg.errors import BadRequest, InvalidParameter, MethodNotAllowed, NotFound, Refused, SignInNeeded, Text
from mig_idg.guard.credentials import BEARER_AND_BASIC
from mig_idg.guard.obligations import LICENCES, attribution
from mig_idg.guard.request import Request, StaleEpoch
from mig_idg.guard.response import Response, json_answer
from mig_idg.sensors import documents, files
from mig_idg.sensors.address import Address, read
from mig_idg.sensors.conformance import CONFORMANCE
from mig_idg.store.sensorthings import bodies, compile, question
from mig_idg.store.sensorthings.compile import Step
from mig_idg.store.sensorthings.entities import ENTITIES, Entity
from mig_idg.store.sensorthings.question import Question
from mig_idg.store.sensorthings.write import Depositing, Depositor, absent

ROOT = "/sensorthings/v1.1"
PATCH = "application/json-patch+json"
FORMATS = ("dataArray", "CSV")
AT_ONCE = 4


class Writers(Protocol):
    """Transactions as the role that writes measurements (`database.measurements`)."""

    def run[T](self, setting: bytes, epoch: int, do: Callable[[Any], T]) -> T | None:
        """What `do` gives, committed; None when the rights moved since `epoch`."""


@dataclass(frozen=True, slots=True)
class Doors:
    """The handlers of one application, and what they stand on."""

    writers: Writers
    places: asyncio.Semaphore

    # reading

    async def root(self, request: Request) -> Response:
        """`/sensorthings/v1.1`: the sets of entities, and what is conformed to."""
        for name in request.query:
            if name not in ("lang", "token"):
                question.read(ENTITIES["Things"], {name: ""})
        await request.confirm()
        return _private(documents.root(request.url(ROOT), CONFORMANCE))

    async def entities(self, request: Request) -> Response:
        """Any address under the root, by any method."""
        rest = _place(request)
        if request.method in ("GET", "HEAD"):
            return await self._read(request, read(rest))
        if request.method == "POST" and rest == "CreateObservations":
            return await self._arrays(request)
        address = read(rest)
        if address.word is not None or address.links or (request.method == "POST") == address.one:
            raise _not_allowed(request, ("GET", "HEAD") if address.word else _methods(address))
        if request.method == "POST":
            return await self._create(request, address)
        if request.method == "DELETE":
            return await self._delete(request, address)
        return await self._correct(request, address)

    async def _read(self, request: Request, address: Address) -> Response:
        query = {name: value for name, value in request.query.items() if name not in ("lang", "token")}
        shape = query.pop("$resultFormat", None)
        after = query.pop("$skiptoken", None)
        if shape is not None and (shape not in FORMATS or address.entity.name != "Observations" or address.one):
            raise InvalidParameter(
                "$resultFormat",
                Text("Cette forme n'est pas offerte ici.", "This format is not offered here."),
                remedy=Text("dataArray ou CSV, sur des Observations.", "dataArray or CSV, on Observations."),
            )
        if address.one:
            unfit = [name for name in query if name not in ("$select", "$expand")]
            if unfit:
                raise InvalidParameter(
                    unfit[0], Text("Une seule entité : ni filtre ni page.", "One entity: no filter, no page.")
                )
        asked = question.read(address.entity, query, ("$resultFormat", "$skiptoken"))
        if address.one:
            asked = question.single(asked)
        elif after is not None:
            asked = question.following(asked, compile.read_token(after, asked))
        if shape == "CSV":
            return await files.csv(request, address, asked)
        rows = await request.measure(compile.statement(address.path, asked))
        there, count, found = rows[0]
        entities: list[dict[str, Any]] = orjson.loads(found or b"[]")
        writer = documents.Writer(request.url(ROOT), lambda dataset: _owed(request, dataset), set())
        if there != b"t" or (address.one and not entities):
            raise absent(address.entity, address.path[-1].id or "-")
        response = _told(request, address, asked, entities, int(count) if count else None, shape, writer)
        for dataset in sorted(writer.datasets):
            request.admit(dataset, "query")  # each dataset that an answer shows is in the journal
        return response

    # writing

    async def _create(self, request: Request, address: Address) -> Response:
        body = _document(await request.body())
        by, depositor = address.path[-1], _depositor(request)

        def write(conn: Any) -> int:
            depositing = Depositing(conn, depositor)
            given = _given(address)
            if given and by.by is not None:
                depositing._owned(address.path[-2].entity, next(iter(given.values())))
            if by.entity.name == "Observations" and "Datastream" in given:
                return depositing.observe(given["Datastream"], [body])[0]
            return depositing.create(by.entity, body, **given)

        id = await self._written(request, write)
        link = documents.self_link(request.url(ROOT), address.entity, id)
        return _private({"@iot.id": id, "@iot.selfLink": link}, status=201, headers={"location": link})

    async def _arrays(self, request: Request) -> Response:
        """`CreateObservations`: data arrays, all or none (18-088, § 13)."""
        groups = _document(await request.body())
        depositor = _depositor(request)
        read_groups = [_group(group, number) for number, group in enumerate(_as_list(groups))]

        def write(conn: Any) -> list[int]:
            depositing = Depositing(conn, depositor)
            made: list[int] = []
            for number, (datastream, observations) in enumerate(read_groups):
                made += depositing.observe(datastream, observations, f"[{number}]/dataArray")
            return made

        ids = await self._written(request, write)
        root = request.url(ROOT)
        return _private([documents.self_link(root, ENTITIES["Observations"], id) for id in ids], status=201)

    async def _correct(self, request: Request, address: Address) -> Response:
        body = _document(await request.body())
        entity, id = await self._own(request, address)
        operations = request.headers.get("content-type", "").partition(";")[0].strip().lower() == PATCH
        if operations:
            asked = question.single(question.read(entity, {}))
            rows = await request.measure(compile.statement((Step(entity, None, id),), asked))
            found = orjson.loads(rows[0][2] or b"[]")
            if not found:
                raise absent(entity, id)
            before = {name: found[0].get(name) for name in entity.properties if found[0].get(name) is not None}
            after = bodies.patched(before, body)
            changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
            body = {name: after.get(name) for name in changed}
        depositor = _depositor(request)

        def write(conn: Any) -> None:
            depositing = Depositing(conn, depositor)
            depositing.correct(entity, id, body)

        await self._written(request, write)
        link = documents.self_link(request.url(ROOT), entity, id)
        return _private({"@iot.id": id, "@iot.selfLink": link}, headers={"location": link})

    async def _delete(self, request: Request, address: Address) -> Response:
        entity, id = await self._own(request, address)
        depositor = _depositor(request)
        await self._written(request, lambda conn: Depositing(conn, depositor).delete(entity, id))
        return Response(status=204, media_type="application/json", private=True)

    async def _own(self, request: Request, address: Address) -> tuple[Entity, int]:
        """The entity at the end of a path, as this caller sees it. Raises NotFound."""
        asked = question.single(question.read(address.entity, {"$select": "id"}))
        rows = await request.measure(compile.statement(address.path, asked))
        found = orjson.loads(rows[0][2] or b"[]")
        if rows[0][0] != b"t" or not found:
            raise absent(address.entity, address.path[-1].id or "-")
        return address.entity, int(found[0]["id"])

    async def _written[T](self, request: Request, write: Callable[[Any], T]) -> T:
        """What a write gives, decided on the rights of this moment, and written in the journal."""
        measured = request.snapshot.measured(request.principal, "query")
        for dataset in measured.deposited:
            request.admit(dataset, "contribute")
        done: list[T] = []

        def run(conn: Any) -> bool:
            done.append(write(conn))
            return True

        async with self.places:
            kept = await asyncio.to_thread(self.writers.run, measured.setting, request.snapshot.epoch, run)
        if kept is None:
            raise StaleEpoch
        return done[0]


def _place(request: Request) -> str:
    """The path after the root."""
    return "/".join(value for value in (request.params["entities"], request.params.get("rest")) if value)


def _told(
    request: Request, address: Address, asked: Question, entities: list[dict[str, Any]], count: int | None,
    shape: str | None, writer: documents.Writer,
) -> Response:  # fmt: skip
    if address.word is not None:
        value = writer.one(asked, entities[0]).get("@iot.id" if address.word == "id" else address.word)
        if not address.value:
            return _private({address.word: value})
        if value is None:
            return Response(status=204, private=True)
        text = value if isinstance(value, str) else orjson.dumps(value).decode()
        return Response(body=text.encode(), media_type="text/plain; charset=utf-8", private=True)
    if address.links:
        return _private({"value": writer.links(asked, entities)})
    if address.one:
        return _private(writer.one(asked, entities[0]))
    place = f"{request.url(ROOT)}/{_place(request)}"
    options = {name: value for name, value in request.query.items() if name.startswith("$")}
    page = writer.listing(asked, entities, count, place, options)
    return _private(writer.arrays(asked, page, entities) if shape == "dataArray" else page)


def _owed(request: Request, dataset: str) -> Mapping[str, str]:
    """The licence and the credit of a dataset, on each of its datastreams."""
    collection = request.snapshot.collections[dataset]
    decision = request.snapshot.decide(request.principal, "query", dataset)
    told = {"attribution": attribution(collection, request.snapshot.mention, decision.obligations)}
    if collection.licence in LICENCES:
        told["licence"] = LICENCES[collection.licence]
    return told


def _depositor(request: Request) -> Depositor:
    """Who writes. Raises SignInNeeded, Refused: it is decided before anything of the body is looked up."""
    measured, body = request.snapshot.measured(request.principal, "query"), request.principal.organisation
    if body is not None and measured.deposited:
        return Depositor(body, measured.deposited)
    kind = SignInNeeded if request.principal.public else Refused
    error = kind(
        Text(
            "Seule la partie déposante d'un jeu de mesures y écrit.",
            "Only the depositing party of a dataset of measurements writes there.",
        ),
        remedy=Text(
            "Présentez le jeton de l'organisme propriétaire de la donnée.",
            "Show a token of the body that owns the data.",
        ),
        extra={"action": "contribute"},
    )
    if kind is SignInNeeded:
        error.headers["www-authenticate"] = BEARER_AND_BASIC
    raise error


def _given(address: Address) -> dict[str, int]:
    """The relation that the path of a creation names: `Things(1)/Datastreams` gives the Thing."""
    last = address.path[-1]
    if last.by is None:
        return {}
    before = address.path[-2]
    if before.id is None:
        raise _not_here()
    names = {"Things": "Thing", "Sensors": "Sensor", "ObservedProperties": "ObservedProperty",
             "Datastreams": "Datastream", "FeaturesOfInterest": "FeatureOfInterest"}  # fmt: skip
    if last.entity.name in ("Locations", "Things"):
        return {before.entity.name: before.id}
    name = names.get(before.entity.name)
    if name is None:
        raise _not_here()
    return {name: before.id}


def _group(group: Any, number: int) -> tuple[int, list[dict[str, Any]]]:
    """One data array: its datastream, and its observations as bodies."""
    place = f"[{number}]"
    if not isinstance(group, dict):
        bodies.wrong(place, "un objet JSON est attendu", "a JSON object is expected")
    link = group.get("Datastream")
    datastream = link.get("@iot.id") if isinstance(link, dict) else None
    if not isinstance(datastream, int) or isinstance(datastream, bool):
        bodies.wrong(f"{place}/Datastream/@iot.id", "un numéro est attendu", "a number is expected")
    components, rows = group.get("components"), group.get("dataArray")
    if not isinstance(components, list) or not all(isinstance(one, str) for one in components):
        bodies.wrong(f"{place}/components", "une liste de noms est attendue", "a list of names is expected")
    if not isinstance(rows, list):
        bodies.wrong(f"{place}/dataArray", "une liste de listes est attendue", "a list of lists is expected")
    found = []
    for row_number, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != len(components):
            bodies.wrong(
                f"{place}/dataArray[{row_number}]",
                f"{len(components)} valeurs sont attendues",
                f"{len(components)} values are expected",
            )
        body = {}
        for name, value in zip(components, row, strict=True):
            if name == "FeatureOfInterest/id":
                body["FeatureOfInterest"] = {"@iot.id": value}
            else:
                body[name] = value
        found.append(body)
    return datastream, found


def _as_list(document: Any) -> list[Any]:
    if not isinstance(document, list):
        bodies.wrong("body", "une liste est attendue", "a list is expected")
    return list(document)


def _document(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadRequest(
            Text("Le corps de la requête n'est pas du JSON.", "The body of the request is not JSON."),
            remedy=Text("content-type: application/json", "content-type: application/json"),
        ) from None


def _methods(address: Address) -> tuple[str, ...]:
    return ("GET", "HEAD", "PATCH", "PUT", "DELETE") if address.one else ("GET", "HEAD", "POST")


def _not_allowed(request: Request, allowed: tuple[str, ...]) -> MethodNotAllowed:
    error = MethodNotAllowed(
        Text(f"{request.method} n'est pas permis ici.", f"{request.method} is not allowed here."),
    )
    error.headers["allow"] = ", ".join(allowed)
    return error


def _not_here() -> NotFound:
    return NotFound(Text("Rien ne se crée à cette adresse.", "Nothing is created at this address."))


def _private(document: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer for this caller alone: it was made of what it may know."""
    told = {"cache-control": "private, no-store", **(headers or {})}
    return json_answer(document, status=status, headers=told, private=True)
