"""A write to a coproduced layer becomes a proposal (Charte MIG, § 3.2.2): its rows do not move, its group decides.

The bodies are those of part 4 (OGC 20-002), with the same faults; the answer is 202, with where the proposal stands.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from mig_idg.errors import Refused, Text
from mig_idg.guard.clerk import Clerk
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, json_answer
from mig_idg.ogc.features import body, links
from mig_idg.registry import proposals
from mig_idg.registry.proposals import ARTICLE, PREFIX, Proposed
from mig_idg.store.collection import Collection

# The states of others' proposals on the same feature that an author is told of.
OPEN = ("proposed", "taken")


async def propose(request: Request, action: str, written: body.Written | None, feature: str | None) -> Response:
    """Keep what was written as a proposal: 202, and where it stands. Raises Refused, TooMany, NotFound."""
    collection, grant = request.layer
    principal = request.principal
    if principal.login is None or principal.organisation is None:
        raise Refused(
            Text("Une proposition est faite au nom d'un organisme.", "A proposal is made for a body."),
            remedy=Text("Connectez-vous au nom de votre organisme.", "Sign in for your body."),
            extra={"rule": "proposals_have_an_author", "article": ARTICLE.fr},
        )
    values = dict(written.values) if written else {}
    if action == "create" and written is not None and written.id is not None and not grant.table.id.generated:
        values[grant.table.id.name] = written.id
    shape = (written.geometry[0], written.geometry[1].srid) if written and written.geometry else None
    proposed = Proposed(collection.id, action, principal.login, principal.organisation, feature, values, shape)
    await request.confirm()
    now, today = datetime.now(UTC), request.snapshot.day

    def keep(conn: Any) -> tuple[int, list[int]]:
        others = []
        if feature is not None:
            found = proposals.listing(
                conn, dataset=collection.id, feature=feature, states=("proposed", "taken"), limit=20
            )
            others = [int(one["id"]) for one in found]
        return proposals.propose(conn, proposed, now, today), others

    number, others = await request.resource(Clerk).write(keep)
    words = Text(
        "Cette donnée est coproduite : votre changement est proposé au groupe de travail, rien n'est modifié.",
        "These data are coproduced: your change is proposed to the working group, nothing was changed.",
    )
    told = {
        "id": f"{PREFIX}{number}",
        "state": "proposed",
        "detail": words.in_(request.lang),
        "article": ARTICLE.in_(request.lang),
        "others": [f"{PREFIX}{one}" for one in others],
    }
    # QGIS takes what follows `/items/` for the id of what it created.
    where = f"{request.base_url}{place_of(collection)}/items/{PREFIX}{number}"
    headers = {"location": where, "content-language": request.lang, "cache-control": "private, no-store"}
    return json_answer(told, status=202, headers=headers, private=True)


def place_of(collection: Collection) -> str:
    """Where the proposals of a layer are, below the service."""
    return f"{links.layer_place(collection.id).home}/proposals"
