"""Entities as SensorThings writes them: links, next pages, data arrays, and what is owed for each dataset."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from mig_idg.store.sensorthings.compile import KEYS, paged_by_key, token
from mig_idg.store.sensorthings.entities import ENTITIES, Entity
from mig_idg.store.sensorthings.question import Question

_KEPT_NULL = ("resultTime",)
COMPONENTS = ("id", "phenomenonTime", "resultTime", "result", "resultQuality", "validTime", "parameters")


@dataclass(slots=True)
class Writer:
    """Writes the entities of one answer. `root` is the public address of the service; `owed` says what a dataset owes:
    licence and attribution; `datasets` are those met on the way.
    """

    root: str
    owed: Callable[[str], Mapping[str, str]]
    datasets: set[str]

    def one(self, asked: Question, row: dict[str, Any]) -> dict[str, Any]:
        """One entity, with its links and what it was expanded with."""
        entity, id = asked.entity, row["id"]
        self_link = f"{self.root}/{entity.name}({id})"
        chosen = asked.select
        made: dict[str, Any] = {"@iot.selfLink": self_link, "@iot.id": id}
        if chosen is not None:
            made = {"@iot.id": id} if "id" in chosen else {}
        dataset = row.get("@dataset")
        if dataset is not None:
            self.datasets.add(dataset)
        for name in entity.properties:
            value = row.get(name)
            if name == "id" or name not in row or (value is None and name not in _KEPT_NULL):
                continue
            if name == "properties" and dataset is not None:
                value = {**(value or {}), **self.owed(dataset)}
            made[name] = value
        expanded = {step.name: inner for step, inner in asked.expand}
        for name, step in entity.navigations.items():
            if name in expanded:
                self._expanded(made, name, expanded[name], row.get(name), f"{self_link}/{name}", many=step.many)
            elif chosen is None or name in chosen:
                made[f"{name}@iot.navigationLink"] = f"{self_link}/{name}"
        return made

    def _expanded(
        self, made: dict[str, Any], name: str, inner: Question, found: Any, address: str, *, many: bool
    ) -> None:
        if not many:
            made[name] = None if found is None else self.one(inner, found)
            return
        rows = found["rows"]
        if "count" in found:
            made[f"{name}@iot.count"] = found["count"]
        if len(rows) > inner.limit and inner.limit > 0:
            made[f"{name}@iot.nextLink"] = next_link(address, dict(inner.options), inner, None)
        made[name] = [self.one(inner, row) for row in rows[: inner.limit]]

    def listing(
        self, asked: Question, rows: list[dict[str, Any]], count: int | None, address: str, options: Mapping[str, str]
    ) -> dict[str, Any]:
        """A page of entities."""
        document: dict[str, Any] = {} if count is None else {"@iot.count": count}
        if len(rows) > asked.limit > 0:
            keys = rows[asked.limit - 1].get(KEYS)
            document["@iot.nextLink"] = next_link(address, options, asked, keys)
        document["value"] = [self.one(asked, row) for row in rows[: asked.limit]]
        return document

    def links(self, asked: Question, rows: list[dict[str, Any]]) -> list[dict[str, str]]:
        """The addresses of entities only (`$ref`)."""
        return [{"@iot.selfLink": f"{self.root}/{asked.entity.name}({row['id']})"} for row in rows[: asked.limit]]

    def arrays(self, asked: Question, document: dict[str, Any], rows: list[dict[str, Any]]) -> dict[str, Any]:
        """A page of observations as data arrays, one for each datastream (18-088, § 12)."""
        wanted = [one for one in COMPONENTS if asked.select is None or one in asked.select]
        groups: dict[int, list[list[Any]]] = {}
        for row in rows[: asked.limit]:
            groups.setdefault(row["@datastream"], []).append([row.get(name) for name in wanted])
        document["value"] = [
            {
                "Datastream@iot.navigationLink": f"{self.root}/Datastreams({id})",
                "components": wanted,
                "dataArray@iot.count": len(values),
                "dataArray": values,
            }
            for id, values in groups.items()
        ]
        return document


def next_link(address: str, options: Mapping[str, str], asked: Question, keys: list[str] | None) -> str:
    """The address of the page after this one."""
    told = {name: value for name, value in options.items() if name not in ("$skip", "$skiptoken", "$top")}
    if asked.top is not None:
        told["$top"] = str(asked.top)
    if keys is not None and paged_by_key(asked):
        told["$skiptoken"] = token(keys)
    else:
        told["$skip"] = str(asked.skip + asked.limit)
    return f"{address}?{urlencode(told, quote_via=quote, safe='$/(),;=')}"


def root(address: str, conformance: tuple[str, ...]) -> dict[str, Any]:
    """What the service offers (18-088, § 9.2.1)."""
    return {
        "value": [{"name": name, "url": f"{address}/{name}"} for name in ENTITIES],
        "serverSettings": {"conformance": list(conformance)},
    }


def self_link(address: str, entity: Entity, id: int) -> str:
    """The address of one entity."""
    return f"{address}/{entity.name}({id})"
