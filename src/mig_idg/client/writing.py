"""A frame written back: only what changed, and only on the state that was read."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any
from urllib.parse import quote

import geopandas
import pandas

from mig_idg.client.connection import GEOJSON, Connection
from mig_idg.client.frames import Reading, Schema, differs, frame, shape_of, value_of
from mig_idg.client.problem import Problem
from mig_idg.client.reference import address
from mig_idg.client.report import Refusal, Report

PATCH = "application/merge-patch+json"
# After one of these every other row would get the same answer: no network, no credential, no server.
LAST = frozenset({0, 401, 503})


class Writer:
    """Writes the rows of one frame to the layer it was read from."""

    def __init__(self, connection: Connection, collection: str, schema: Schema, gdf: geopandas.GeoDataFrame) -> None:
        reading = gdf.attrs.get("read")
        self._connection, self._schema, self._gdf = connection, schema, gdf
        self._before = reading.rows if isinstance(reading, Reading) else None
        self._path = f"/collections/{quote(collection, safe='')}/items"
        self._headers = {"content-crs": f"<{address(gdf.crs)}>"}

    def write(self, delete: Iterable[Hashable]) -> Report:
        """Create rows that were not read, change those that differ, delete those named; report what was refused."""
        created: dict[Hashable, str] = {}
        done: dict[str, list[Hashable]] = {"update": [], "delete": [], "unchanged": []}
        refused: list[Refusal] = []
        stopped: Problem | None = None
        for row, act, work in self._acts(delete):
            try:
                if stopped is not None:
                    raise stopped
                told = work() if work else None
            except Problem as problem:
                refused.append(Refusal(row, act, problem))
                stopped = problem if problem.status in LAST else None
                continue
            if act == "create":
                created[row] = str(told)
            else:
                done[act].append(row)
        return Report(created, tuple(done["update"]), tuple(done["delete"]), tuple(done["unchanged"]), tuple(refused))

    def _acts(self, delete: Iterable[Hashable]) -> Iterable[tuple[Hashable, str, Callable[[], str | None] | None]]:
        before = self._before
        deleted = list(delete)
        for row in self._gdf.index:
            if row in deleted:
                continue
            if before is None or row not in before.index:
                yield row, "create", lambda row=row: self._create(row)  # type: ignore[misc]
            elif changed := self._changed(row):
                yield row, "update", lambda row=row, changed=changed: self._update(row, changed)  # type: ignore[misc]
            else:
                yield row, "unchanged", None
        for row in deleted:
            yield row, "delete", lambda row=row: self._delete(row)  # type: ignore[misc]

    def _columns(self) -> list[str]:
        """The columns that are the layer's; others are the analyst's own and stay with them."""
        shape = self._gdf.geometry.name
        return [name for name in self._gdf.columns if name == shape or name in self._schema]

    def _changed(self, row: Hashable) -> list[str]:
        assert self._before is not None
        now, then = self._gdf.loc[row], self._before.loc[row]
        shape, before = self._gdf.geometry.name, self._before.geometry.name
        return [
            name for name in self._columns()
            if differs(now[name], then[before] if name == shape else then.get(name))
        ]  # fmt: skip

    def _body(self, row: Hashable, names: list[str]) -> dict[str, Any]:
        line, shape = self._gdf.loc[row], self._gdf.geometry.name
        body: dict[str, Any] = {
            "type": "Feature",
            "properties": {name: value_of(line[name]) for name in names if name != shape},
        }
        if shape in names:
            body["geometry"] = shape_of(line[shape], self._gdf.crs)
        return body

    def _create(self, row: Hashable) -> str:
        given = [name for name in self._columns() if not self._schema.get(name, {}).get("readOnly")]
        response = self._connection.ask(
            "POST", self._path, json=self._body(row, given), headers={**self._headers, "content-type": GEOJSON}
        )
        return response.headers["location"].rpartition("/")[2]

    def _update(self, row: Hashable, changed: list[str]) -> None:
        state = self._state(row)
        body = self._body(row, changed)
        if not body["properties"]:
            del body["properties"]
        headers = {**self._headers, "content-type": PATCH, "if-match": state}
        self._connection.ask("PATCH", self._one(row), json=body, headers=headers)

    def _delete(self, row: Hashable) -> None:
        headers = {"if-match": self._state(row)}
        self._connection.ask("DELETE", self._one(row), headers=headers)

    def _state(self, row: Hashable) -> str:
        """The ETag of the row, if it still says what was read: between this and the write, If-Match holds it."""
        crs = self._gdf.crs
        response = self._connection.ask(
            "GET", self._one(row), params={"crs": address(crs)}, headers={"accept": GEOJSON}
        )
        if self._before is not None and row in self._before.index and self._before.crs == crs:
            now = frame([response.json()], self._schema, crs).iloc[0]
            then = self._before.loc[row]
            if any(differs(now[name], then.get(name)) for name in now.index if name in then.index):
                raise _moved(self._connection.lang)
        return str(response.headers["etag"])

    def _one(self, row: Hashable) -> str:
        return f"{self._path}/{quote(str(row), safe='')}"


def require_unique(gdf: geopandas.GeoDataFrame) -> None:
    """The index names the features: twice the same would write one over the other."""
    if not gdf.index.is_unique:
        twice = gdf.index[gdf.index.duplicated()][0]
        raise ValueError(f"index : « {twice} » y est deux fois · the index holds “{twice}” twice")
    if gdf.crs is None:
        raise ValueError("crs : le cadre n'en a pas (gdf.set_crs) · the frame has none (gdf.set_crs)")
    if not isinstance(gdf.index, pandas.Index) or gdf.index.nlevels > 1:
        raise ValueError("index : un seul niveau est attendu · one level is expected")


def _moved(lang: str) -> Problem:
    words = {
        "fr": ("Ressource modifiée entre-temps", "Cette entité a changé depuis que vous l'avez lue.",
               "Relisez-la, puis recommencez."),
        "en": ("Changed since", "This feature changed since you read it.", "Read it again, then start over."),
    }["en" if lang == "en" else "fr"]  # fmt: skip
    title, detail, remedy = words
    return Problem({"status": 412, "code": "precondition-failed", "title": title, "detail": detail, "remedy": remedy})
