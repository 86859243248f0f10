"""Where each action of the charter is done: the path of this service, the command of who runs it, or nowhere yet.

A permit tells nobody how to use it; and one that nothing here carries out must say so, or it is looked for in vain.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass

from mig_idg.errors import Text
from mig_idg.store.collection import Collection


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One way to do an action: a path with its method, or a command. `service`: the declared service that gives it."""

    path: str | None = None
    method: str = "GET"
    command: str | None = None
    service: str | None = None

    def told(self, collection: str, base: str) -> dict[str, str]:
        """The endpoint for one collection, as a document tells it."""
        if self.command is not None:
            return {"command": self.command.format(collection=collection)}
        path = (self.path or "").format(collection=collection)
        return {"href": f"{base}{path}", "path": path, "method": self.method}


_HERE = "/collections/{collection}"
ENDPOINTS: dict[str, tuple[Endpoint, ...]] = {
    "discover": (Endpoint(_HERE),),
    "view": (Endpoint(f"{_HERE}/map", service="maps"), Endpoint(f"{_HERE}/tiles", service="tiles"),
             Endpoint(f"{_HERE}/map/tiles", service="picture-tiles"),
             Endpoint(f"{_HERE}/coverage/schema", service="coverages")),
    "query": (Endpoint(f"{_HERE}/items", service="features"), Endpoint(f"/stac{_HERE}/items", service="stac")),
    "download": (Endpoint(f"{_HERE}/items?f=gpkg", service="features"),
                 Endpoint(f"{_HERE}/coverage", service="coverages"),
                 Endpoint(f"/stac{_HERE}/items", service="stac")),  # its assets are the files
    "subscribe": (),
    "execute": (Endpoint("/processes"),),
    "contribute": (Endpoint(f"{_HERE}/items", "POST", service="editing"), Endpoint("/deposits", "POST"),
                   Endpoint(command="mig-idg import FILE --collection {collection}")),
    "configure": (Endpoint(command="mig-idg collections publish"),),
    "publish_open": (Endpoint(command="mig-idg terms open {collection} --by BODY --evidence TEXT",
                              service="coproduced"),
                     Endpoint(command="mig-idg collections publish", service="mutualised")),
    "redistribute": (Endpoint(command="mig-idg transfer record GIVER RECIPIENT {collection} --notice TEXT "
        "--evidence TEXT"),),
    "grant": (Endpoint(command="mig-idg grant answer NUMBER --yes --evidence TEXT"),),
    "validate": (Endpoint(
        command="mig-idg committee record --committee technical --present BODY --validate {collection} "
                "--evidence TEXT"),),
    "audit": (Endpoint(command="mig-idg journal show --collection {collection}"),),
    "takedown": (Endpoint(
        command="mig-idg takedown request {collection} --scope public --requester BODY --channel TEXT "
                "--evidence TEXT"),),
}  # fmt: skip
EVERY_SERVICE = frozenset({"maps", "tiles", "coverages", "features", "stac", "editing", "picture-tiles"})
NOWHERE = Text(
    "Permis par la charte ; aucune porte ne le fait encore ici.",
    "Permitted by the charter; nothing here does it yet.",
)


def done_by(action: str, collection: str, served: Container[str], base: str = "") -> list[dict[str, str]]:
    """Where an action is done on a collection, of what it serves (see `served_by`); empty: nowhere yet."""
    return [
        one.told(collection, base) for one in ENDPOINTS.get(action, ()) if one.service is None or one.service in served
    ]


def kept_by(collection: Collection) -> frozenset[str]:
    """What decides which endpoints a published collection has."""
    return served_by(
        collection.services, collection.kind, editing=collection.editing.enabled, raster=collection.raster is not None
    )


def served_by(services: Iterable[str], kind: str, *, editing: bool, raster: bool) -> frozenset[str]:
    """What decides which endpoints a collection has; the tiles of a raster are pictures, at an address of their own."""
    told = {"picture-tiles" if raster and service == "tiles" else service for service in services}
    return frozenset({*told, kind, *(["editing"] if editing else [])})
