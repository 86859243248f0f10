"""What an act would change of access: who gains, who loses, by which article. The same comparison as `collections
diff`, on the bodies and datasets that the facts which moved can reach.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from mig_idg.charter import AccessRequest, Facts, decide
from mig_idg.errors import Text
from mig_idg.publication.diff import ACTIONS, PUBLIC, Change, told
from mig_idg.web.desks.actor import Actor

MOST_TOLD = 60


def effects(before: Facts, after: Facts, actor: Actor, on: date) -> list[Text]:
    """One sentence for each dataset, set of actions and rule; only of datasets that the person may know of."""
    known = [id for id in actor.seen if id in before.datasets or id in after.datasets]
    changes = [change for change in _changes(before, after, known, on) if change.moves]
    return told(changes)[:MOST_TOLD]


def _changes(before: Facts, after: Facts, datasets: list[str], on: date) -> Iterator[Change]:
    everyone = sorted({*before.names, *after.names, *before.bodies(), *after.bodies()})
    whole = before.charter != after.charter or before.readings != after.readings
    reached = {None, *everyone} if whole else _reached(before, after)
    for dataset in datasets:
        moved = whole or before.datasets.get(dataset) != after.datasets.get(dataset)
        bodies = (None, *everyone) if moved else [body for body in everyone if body in reached]
        was, now = before.datasets.get(dataset), after.datasets.get(dataset)
        columns = (frozenset(was.attributes if was else ()), frozenset(now.attributes if now else ()))
        for body in bodies:
            label = PUBLIC if body is None else _named(after, body)
            for action in ACTIONS:
                request = AccessRequest(body, frozenset(), action, dataset, on)
                yield Change(
                    body,
                    label,
                    action,
                    dataset,
                    decide(request, before) if was else None,
                    decide(request, after) if now else None,
                    columns,
                )


def _reached(before: Facts, after: Facts) -> set[str | None]:
    """The bodies whose own facts moved, and those that have a right through them."""
    moved: set[str] = set()
    for one in {*before.memberships} ^ {*after.memberships}:
        moved.add(one.organisation)
    for link in {*before.ept_communes} ^ {*after.ept_communes}:
        moved |= {link.ept, link.commune}
    for served in {*before.sub_distributions} ^ {*after.sub_distributions}:
        moved |= {served.ept, served.commune}
    for delegation in {*before.delegations} ^ {*after.delegations}:
        moved |= {delegation.delegator, delegation.contractor}
    for transfer in {*before.third_party_transfers} ^ {*after.third_party_transfers}:
        moved |= {transfer.giver, transfer.recipient}
    through: set[str | None] = set(moved)
    for facts in (before, after):
        through |= {link.commune for link in facts.ept_communes if link.ept in moved}
        through |= {given.contractor for given in facts.delegations if given.delegator in moved}
        through |= {handed.recipient for handed in facts.third_party_transfers if handed.giver in moved}
    return through


def _named(facts: Facts, body: str) -> Text:
    name = facts.names.get(body, body)
    return Text(name, name)
