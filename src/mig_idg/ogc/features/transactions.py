"""Create, replace, update, delete (OGC 20-002, part 4) on layers that are declared open to edition.

The owner of a mutualised layer writes its rows; on a coproduced one the same requests are proposals (`proposing`).

The id of the path is the one written, never that of the body. A write names the state it was prepared on (If-Match):
without it 428, and when somebody wrote in between 412. QGIS never sends it: a layer may declare `if_match: optional`;
then a patch, which changes nothing it does not name, and a deletion go without, but a replacement never does.
Coordinates are in the CRS of `Content-Crs`, CRS84 by default.
"""

from __future__ import annotations

from typing import Any

from mig_idg.database.pipeline import Row, StatementFailed
from mig_idg.errors import (
    BadRequest,
    Conflict,
    MethodNotAllowed,
    PreconditionFailed,
    PreconditionRequired,
    Refused,
    Text,
    Unprocessable,
    UnsupportedMedia,
)
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response
from mig_idg.ogc.features import body, execution, links, proposing, validators
from mig_idg.ogc.features.item import checked_id, missing
from mig_idg.ogc.features.standard import require_conformant
from mig_idg.store import crs as reference
from mig_idg.store import write
from mig_idg.store.collection import Collection
from mig_idg.store.crs import CRS84, Crs
from mig_idg.store.grant import Grant
from mig_idg.store.statement import Statement

FEATURE = "application/geo+json"
PATCH = "application/merge-patch+json"


async def create(request: Request) -> Response:
    """`POST /collections/{collection}/items`: 201 and the address of the new feature."""
    collection, grant = editable(request)
    _expect(request, (FEATURE,))
    written = body.feature(
        body.decoded(await request.body(), exactly=True), grant.table, crs_of_body(request, grant), rules(request)
    )
    await require_conformant(request, grant, written)
    if collection.kind == "coproduced":
        return await proposing.propose(request, "create", written, None)
    values = _with_id(written, grant)
    rows = await _write(request, write.insert(grant, values, written.geometry, _author(request)), grant)
    if not rows:
        raise Unprocessable(
            Text("Une règle de la table a écarté cette entité.", "A rule of the table set this feature aside."),
            extra={"table": grant.table.name},
        )
    id, state = _text(rows[0][0]), _text(rows[0][1])
    where = f"{request.base_url}{links.item_path(collection.id, id)}"
    return Response(status=201, headers={"location": where}, etag=validators.of_state(request, state))


async def replace(request: Request) -> Response:
    """`PUT /collections/{collection}/items/{item}`: the whole feature; a property left out becomes null."""
    collection, grant = editable(request)
    _expect(request, (FEATURE,))
    id = checked_id(request)
    stored, seen = await _current(request, grant, id, blind=collection.kind == "coproduced")
    allowed, crs = rules(request, stored), crs_of_body(request, grant)
    written = body.feature(body.decoded(await request.body(), exactly=True), grant.table, crs, allowed)
    _same_id(written.id, id)
    await require_conformant(request, grant, written, stored)
    if collection.kind == "coproduced":
        return await proposing.propose(request, "update", written, id)
    return await _changed(request, grant, id, written, seen)


async def update(request: Request) -> Response:
    """`PATCH /collections/{collection}/items/{item}`: a merge patch; what it does not name stays."""
    collection, grant = editable(request)
    _expect(request, (PATCH, FEATURE))
    id = checked_id(request)
    stored, seen = await _current(request, grant, id, blind=_may_be_blind(collection))
    allowed, crs = rules(request, stored), crs_of_body(request, grant)
    written = body.patch(body.decoded(await request.body(), exactly=True), grant.table, crs, allowed)
    _same_id(written.id, id)
    await require_conformant(request, grant, written, stored)
    if collection.kind == "coproduced":
        return await proposing.propose(request, "update", written, id)
    return await _changed(request, grant, id, written, seen)


async def delete(request: Request) -> Response:
    """`DELETE /collections/{collection}/items/{item}`: 204."""
    collection, grant = editable(request)
    id = checked_id(request)
    _, seen = await _current(request, grant, id, blind=_may_be_blind(collection))
    if collection.kind == "coproduced":
        return await proposing.propose(request, "delete", None, id)
    if not await _write(request, write.delete(grant, id, seen, _author(request)), grant):
        raise _moved() if seen else missing()
    return Response(status=204)


def may_edit(request: Request) -> bool:
    """True when the layer is open to edition and this caller may contribute to it."""
    collection, _ = request.layer
    if not collection.editing.enabled:
        return False
    return request.snapshot.decide(request.principal, "contribute", collection.id).permitted


def written_by(request: Request) -> frozenset[str]:
    """The columns this caller may write, the geometry among them; none on a layer that is not open to edition."""
    if not may_edit(request):
        return frozenset()
    collection, _ = request.layer
    _, grant = request.snapshot.grant(request.principal, collection, "contribute")
    if grant is None:
        return frozenset()
    shape = {grant.table.geometry.name} if grant.table.geometry else set()
    return _writable(collection, grant) | shape


def editable(request: Request) -> tuple[Collection, Grant]:
    """The layer of the request, open to edition; MethodNotAllowed when its declaration does not open it."""
    collection, grant = request.layer
    if not collection.editing.enabled:
        error = MethodNotAllowed(
            Text("Cette collection ne s'édite pas en ligne.", "This collection is not edited on line."),
            remedy=Text("Son propriétaire peut déposer un fichier.", "Its owner may deposit a file."),
        )
        error.headers["allow"] = "GET, HEAD, OPTIONS"
        raise error
    return collection, grant


def _may_be_blind(collection: Collection) -> bool:
    """A proposal overwrites nothing, and keeps the row that it starts from."""
    return collection.kind == "coproduced" or collection.editing.if_match == "optional"


def _writable(collection: Collection, grant: Grant) -> frozenset[str]:
    declared = collection.editing.attributes
    table = grant.table
    return frozenset(
        column.name
        for column in table.columns
        if column.name != table.id.name and not column.generated and (not declared or column.name in declared)
    )


def rules(request: Request, stored: dict[str, Any] | None = None) -> body.Rules:
    """What this caller may write, beside what the row says already."""
    collection, grant = request.layer
    read = _read(request)
    return body.Rules(
        _writable(collection, grant),
        collection.codes,
        stored,
        frozenset(read.table.names) if read else frozenset(),
    )


def _read(request: Request) -> Grant | None:
    """What the caller reads of the layer, which may be more than they write."""
    collection, _ = request.layer
    return request.snapshot.grant(request.principal, collection, "query")[1]


def _with_id(written: body.Written, grant: Grant) -> dict[str, str | None]:
    """The columns of a new row, the id among them when the client chose it or the table does not."""
    id = grant.table.id
    if written.id is not None and not id.generated:
        return {id.name: written.id, **written.values}
    if not id.has_default and not id.generated:
        raise Unprocessable(
            Text(
                f"Cette couche ne numérote pas : donnez « id » ({id.name}).",
                f"This layer does not number its features: give “id” ({id.name}).",
            ),
            extra={"errors": [{"member": "id", "reason": "is required"}]},
        )
    return dict(written.values)


def _same_id(given: str | None, path: str) -> None:
    if given is not None and given != path:
        raise Conflict(
            Text(
                f"L'entité du corps est « {given[:80]} », celle de l'adresse « {path[:80]} ».",
                f"The feature of the body is “{given[:80]}”, that of the address “{path[:80]}”.",
            ),
            remedy=Text("L'identifiant ne change pas.", "The id does not change."),
        )


def _expect(request: Request, kinds: tuple[str, ...]) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not kind:
        raise missing_type(kinds)
    if kind not in kinds:
        raise UnsupportedMedia(
            Text(f"Type de contenu non pris en charge : « {kind[:60]} ».", f"Unsupported content type: “{kind[:60]}”."),
            remedy=Text(f"Attendu : {', '.join(kinds)}.", f"Expected: {', '.join(kinds)}."),
        )


def missing_type(kinds: tuple[str, ...]) -> BadRequest:
    """A body without its type (OGC 20-002, post-content-type)."""
    return BadRequest(
        Text("L'en-tête Content-Type manque.", "Header Content-Type is missing."),
        remedy=Text(f"Attendu : {', '.join(kinds)}.", f"Expected: {', '.join(kinds)}."),
    )


def crs_of_body(request: Request, grant: Grant) -> Crs:
    """The CRS of the coordinates sent, by Content-Crs; CRS84 by default. Raises InvalidParameter."""
    given = request.headers.get("content-crs")
    if given is None:
        return CRS84
    # The standard wants angle brackets, and QGIS leaves them out.
    bare = given[1:-1] if given.startswith("<") and given.endswith(">") else given
    table, geometry = grant.table, grant.table.geometry
    return reference.named(
        bare, "Content-Crs", geometry.srid if geometry else None, geometry.has_z if geometry else False, table.area
    )


async def _current(
    request: Request, grant: Grant, id: str, *, blind: bool = False
) -> tuple[dict[str, Any], str | None]:
    """The stored properties and the state of the row, once If-Match was found to hold.

    `blind` lets a write go without If-Match: there is no state then, and the row is changed as it is.
    """
    rows = await execution.fetch(request, write.current(grant, id))
    if not rows:
        raise missing()
    state = _text(rows[0][1])
    wanted, unwanted = request.headers.get("if-match"), request.headers.get("if-none-match")
    if unwanted is not None and validators.holds(unwanted, state):
        raise _moved()
    stored: dict[str, Any] = links.document(rows[0][0] or b"{}")["properties"]
    read = _read(request)
    if read is not None and set(read.table.names) - set(grant.table.names):
        # Columns that are read and not written (an exception of the owner's own) may be sent back as they were read.
        more = await request.fetch(write.current(read, id), request.admit(request.layer[0].id, "query"))
        stored = {**(links.document(more[0][0] or b"{}")["properties"] if more else {}), **stored}
    if wanted is None and blind:
        return stored, None
    if wanted is None:
        raise PreconditionRequired(
            Text(
                "Cette écriture doit dire sur quel état elle se fonde.",
                "This write must say what state it is based on.",
            ),
            remedy=Text("Renvoyez l'ETag reçu dans If-Match.", "Send back the ETag you received, in If-Match."),
        )
    if not validators.holds(wanted, state):
        raise _moved()
    return stored, state


async def _changed(request: Request, grant: Grant, id: str, written: body.Written, seen: str | None) -> Response:
    statement = write.update(grant, id, written.values, written.geometry, seen, _author(request))
    rows = await _write(request, statement, grant)
    if not rows:
        raise _moved() if seen else missing()
    return Response(status=204, etag=validators.of_state(request, _text(rows[0][1])))


def _moved() -> PreconditionFailed:
    return PreconditionFailed(
        Text("Cette entité a changé depuis que vous l'avez lue.", "This feature changed since you read it."),
        remedy=Text("Relisez-la, puis recommencez.", "Read it again, then start over."),
    )


def _author(request: Request) -> write.Author:
    principal = request.principal
    return write.Author(request.layer[0].id, principal.login or "", principal.organisation or "")


async def _write(request: Request, statement: Statement, grant: Grant) -> list[Row]:
    try:
        return await request.write(statement)
    except StatementFailed as failed:
        raise _refusal(failed, grant) from failed


def _refusal(failed: StatementFailed, grant: Grant) -> Exception:
    """What PostgreSQL held against a write, in words that tell no value; the failure itself when it is ours."""
    state = failed.sqlstate
    if state == "23505" and failed.constraint in ("", f"{grant.table.name}_pkey"):
        return Conflict(Text("Cet identifiant est déjà pris.", "This id is already taken."))
    if state == "23505":
        return Conflict(
            Text(
                f"Une autre entité a déjà cette valeur (contrainte « {failed.constraint} »).",
                f"Another feature has that value already (constraint “{failed.constraint}”).",
            )
        )
    if state == "23503":
        return Conflict(
            Text(
                "Cette entité est liée à une autre qui n'est pas là.",
                "This feature is linked to one that is not there.",
            )
        )
    if state == "42501":
        return Refused(
            Text(
                "Cette entité sort du territoire où vous pouvez écrire.",
                "This feature is outside the territory where you may write.",
            ),
            extra={"rule": "rows", "article": "Charte MIG, § 3.2.1"},
        )
    if state.startswith(("22", "23")) or state in ("XX000", "P0001"):
        named = failed.column or failed.constraint
        told = f" : {named}", f": {named}"
        return Unprocessable(
            Text(
                f"Une valeur ne convient pas à la table{told[0] if named else ''}.",
                f"A value does not fit the table{told[1] if named else ''}.",
            ),
            remedy=Text("Le modèle est à /schema.", "The model is at /schema."),
            extra={"table": grant.table.name},
        )
    return failed


def _text(value: bytes | None) -> str:
    return (value or b"").decode()
