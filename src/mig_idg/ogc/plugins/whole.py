"""The grant on a source that a plug-in reads: whole, or refused."""

from __future__ import annotations

from mig_idg.errors import NotFound, Refused, Text
from mig_idg.guard.request import Request
from mig_idg.store.collection import Collection
from mig_idg.store.grant import ALL_ROWS, Grant
from mig_idg.store.table import Column, Table


def kind_of(collection: Collection | None) -> str | None:
    """What the plug-in of a collection reads: `feature`, `coverage` or `edr`; None without a plug-in."""
    plugin = collection.plugin if collection is not None else None
    return None if plugin is None else str(plugin.get("type") or "feature")


def require_kind(collection: Collection | None, *kinds: str) -> Collection:
    """The collection, when its plug-in reads one of these. Raises NotFound."""
    if collection is None or kind_of(collection) not in kinds:
        raise NotFound(
            Text("Cette collection n'est pas servie ainsi.", "This collection is not served this way."),
            remedy=Text("Ses adresses sont dans ses liens.", "Its links tell its addresses."),
            extra={"collection": collection.id} if collection else {},
        )
    return collection


def require_whole(request: Request) -> Collection:
    """The collection of the request. Raises Refused when the decision hides a part of it."""
    collection, decision = request.collection, request.decision
    assert collection is not None
    assert decision is not None
    if decision.hidden or decision.rows is not None:
        raise Refused(
            Text(
                "Vos droits sur cette donnée cachent une partie de ses attributs ou de ses lignes, et sa source, lue"
                " par un greffon, ne peut être servie qu'entière.",
                "Your rights on this dataset hide some of its attributes or rows, and its source, read by a plug-in,"
                " can only be served whole.",
            ),
            remedy=Text(
                "Demandez à son propriétaire de la publier depuis une table.",
                "Ask its owner to publish it from a table.",
            ),
            extra={"rule": decision.rule, "article": decision.article, "collection": collection.id},
        )
    return collection


def grant_whole(request: Request, table: Table) -> None:
    """Grant the whole of the source, as this table tells its fields."""
    collection, decision = request.collection, request.decision
    assert collection is not None
    assert decision is not None
    key = (collection.id, decision.rule, ",".join(decision.obligations), str(request.principal.public))
    request.grant = Grant(
        table=table,
        role="",
        rows=ALL_ROWS,
        key="\x1f".join(key),
        public=request.principal.public,
        obligations=decision.obligations,
    )


def bare_table(collection: Collection) -> Table:
    """The table of nowhere of a source without features."""
    id = Column(name="id", sql="string", base="string", kind="text", json="string", generated=True)
    return Table(schema="", name=collection.id, id=id, geometry=None, columns=(), area=collection.bbox)
