"""`connect(url, token)`, and what may then be asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import geopandas
import pandas
from pyproj import CRS

from mig_idg.client.connection import PAGE, Connection
from mig_idg.client.frames import Reading, Schema, frame
from mig_idg.client.reference import address, box
from mig_idg.client.report import Report
from mig_idg.client.writing import Writer, require_unique

UNDER_CHECK = frozenset({"receiving", "draft"})
RUNNING = frozenset({"accepted", "running"})


def connect(url: str, token: str | None = None, *, lang: str = "fr", timeout: float = 60) -> Service:
    """The service at `url`, as the account of `token` (None: the public), its sentences in `lang` (fr, en).

    The landing page is read at once: an address without a service, or a token that does not verify, is told here.
    """
    service = Service(Connection(url, token, lang, timeout))
    try:
        service.title = str(service.json("/").get("title", ""))
    except BaseException:
        service.close()
        raise
    return service


class Service:
    """One service, as one account."""

    title = ""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.url = connection.url

    def __enter__(self) -> Service:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        """Its name and address, never the token."""
        return f"<{self.title or 'mig-idg'} · {self.url}>"

    def close(self) -> None:
        """Give the sockets back."""
        self._connection.close()

    def json(self, path: str, **parameters: Any) -> dict[str, Any]:
        """Any other document of the service (`/collections/adresses/access`…)."""
        return self._connection.json(path, **parameters)

    def layers(self) -> pandas.DataFrame:
        """The collections that one may know of: title, theme, freshness, mention, licence, and whether they are open
        to this account (`access`), by which article."""
        rows = [
            {
                "id": one["id"], "title": one.get("title"), "theme": one.get("theme"), "kind": one.get("kind"),
                "type": one.get("itemType") or one.get("dataType"), "updated": one.get("updated"),
                "mention": one.get("attribution"), "licence": _licence(one),
                "access": one.get("access", {}).get("outcome"), "article": one.get("access", {}).get("article"),
            }
            for one in self.json("/collections")["collections"]
            if one.get("itemType") != "record"
        ]  # fmt: skip
        return pandas.DataFrame(rows).set_index("id")

    def items(
        self,
        collection: str,
        *,
        bbox: Any = None,
        filter: str | None = None,
        crs: Any = 4326,
        bbox_crs: Any = None,
        limit: int | None = None,
        **parameters: Any,
    ) -> geopandas.GeoDataFrame:
        """The features of a layer, in pages of a thousand, as a typed frame under their ids.

        `bbox` is in `crs` (or `bbox_crs`), or a frame, whose extent is taken; `filter` is CQL2 text; other parameters
        go as they are (`datetime="2025-01-01/.."`, `properties="nom,insee"`, `commune_insee="92050"`). `attrs` keeps
        `mention` and `licence`, which any reuse must show, and `obligations`.
        """
        wanted = CRS.from_user_input(crs)
        asked = {**parameters, "crs": address(wanted), "filter": filter}
        if bbox is not None:
            asked["bbox"], asked["bbox-crs"] = box(bbox, CRS.from_user_input(bbox_crs or wanted))
        described = self.json(_path(collection))
        features: list[dict[str, Any]] = []
        mention, obligations, read = described.get("attribution"), "", ""
        for page in self._connection.pages(f"{_path(collection)}/items", **asked, limit=min(limit or PAGE, PAGE)):
            document = page.json()
            features += document["features"]
            mention = document.get("attribution") or mention
            obligations, read = page.headers.get("idg-obligations", ""), read or document.get("timeStamp", "")
            if limit is not None and len(features) >= limit:
                break
        found = frame(features[:limit], self._schema(collection), wanted)
        reading = Reading(read)
        reading.rows = found.copy()
        found.attrs = {
            "collection": collection, "service": self.url, "mention": mention, "licence": _licence(described),
            "obligations": [one.strip() for one in obligations.split(",") if one.strip()], "read": reading,
        }  # fmt: skip
        return found

    def write(
        self, gdf: geopandas.GeoDataFrame, collection: str | None = None, *, delete: Iterable[Hashable] = ()
    ) -> Report:
        """Write a frame back: rows unknown to the reading are created, rows that differ are changed, `delete` named.

        A row that somebody changed since it was read is refused (ETag, If-Match), the others go on: the report tells
        each. Rows that were read and are no longer in the frame are left as they are: deletion is asked for by name.
        """
        name = collection or gdf.attrs.get("collection")
        if not name:
            raise ValueError("collection : laquelle ? · which collection?")
        require_unique(gdf)
        return Writer(self._connection, name, self._schema(name), gdf).write(delete)

    def deposit(
        self,
        path: str | Path,
        dataset: str,
        *,
        follow: Callable[[dict[str, Any]], None] | None = None,
        wait: float = 600,
        **certification: str,
    ) -> dict[str, Any]:
        """Deposit a file for a dataset and follow its check to the end; the deposit as the server then tells it.

        `certification`: `same_files="yes"`, `legal_conformity="yes"`, `production`, `validity`, `checklist`
        (`docs/how-to/deposit.md`). `follow(deposit)` is called each time its state is read; after `wait` seconds the
        deposit is returned as it stands. Signing off is the referent's act and stays theirs.
        """
        file = Path(path)
        words = {name.replace("_", "-"): said for name, said in certification.items()}
        with file.open("rb") as content:
            response = self._connection.ask(
                "POST", "/deposits", params={"dataset": dataset, "filename": file.name, **words}, content=content
            )
        deposit: dict[str, Any] = response.json()
        ends, pause = time.monotonic() + wait, 0.2
        while _at_work(deposit) and time.monotonic() < ends:
            time.sleep(pause)
            pause = min(pause * 1.5, 5)
            deposit = self.json(f"/deposits/{deposit['id']}")
            if follow:
                follow(deposit)
        return deposit

    def records(self, q: str | None = None, **parameters: Any) -> geopandas.GeoDataFrame:
        """The metadata records that hold these words, one row each, with the footprint of each dataset."""
        features = [
            one for page in self._connection.pages("/collections/records/items", q=q, **parameters)
            for one in page.json()["features"]
        ]  # fmt: skip
        names = ("title", "type", "description", "updated", "license", "rights", "attribution")
        return frame(features, {name: {"type": "string"} for name in names}, CRS.from_epsg(4326))

    def why(
        self, collection: str, action: str = "query", *, who: str | None = None, on: str | None = None,
        known: str | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """One decision: `outcome`, `article`, `reason`, `remedy`, the rules consulted (`path`), `would_change`.

        About oneself, or the public (`who="public"`); on another day (`on`), as known on a day (`known`).
        """
        return self.json("/why", collection=collection, action=action, who=who, on=on, known=known)

    def _schema(self, collection: str) -> Schema:
        schema: Schema = self.json(f"{_path(collection)}/schema")["properties"]
        return schema


def _path(collection: str) -> str:
    return f"/collections/{quote(collection, safe='')}"


def _licence(described: dict[str, Any]) -> str | None:
    """The licence that a collection names, or the address of its terms."""
    named: str | None = described.get("license")
    links = [one["href"] for one in described.get("links", ()) if one.get("rel") == "license"]
    return named or (links[0] if links else None)


def _at_work(deposit: dict[str, Any]) -> bool:
    """True while the server has not finished what it was given; a job that failed will not change the state."""
    job = deposit.get("job") or {}
    return deposit["state"] in UNDER_CHECK and job.get("status", "accepted") in RUNNING
