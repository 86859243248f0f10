"""The choices that fields offer: only what the person may name. A value that is not among them is refused unread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from mig_idg.errors import Text
from mig_idg.registry import agreements, delegations, ept, exceptions, takedowns, transfers
from mig_idg.registry.organisations import everyone
from mig_idg.web.desks.act import Choice, Choices, Scene

READS = (
    ("view", Text("voir sur une carte", "see on a map")),
    ("query", Text("interroger", "query")),
    ("download", Text("télécharger", "download")),
    ("subscribe", Text("s'abonner aux nouveautés", "subscribe to news")),
)


def of(*known: Choice) -> Choices:
    """Always the same choices."""
    return lambda scene: known


def datasets(chosen: Callable[[Scene, str], bool]) -> Choices:
    """The datasets that the person may know of and that fit, by title."""

    def offered(scene: Scene) -> Sequence[Choice]:
        return _titled(scene, (id for id in scene.actor.seen if chosen(scene, id)))

    return offered


def owned(scene: Scene) -> Sequence[Choice]:
    """The datasets whose access the body decides on."""
    return _titled(scene, scene.actor.owned)


def answered_for(scene: Scene) -> Sequence[Choice]:
    """The datasets the body owns, or co-owns."""
    facts, actor = scene.actor.facts.datasets, scene.actor
    ours = (id for id in actor.seen if id in facts and (actor.body in facts[id].co_owners or id in actor.owned))
    return _titled(scene, ours)


def may(action: str) -> Choices:
    """The datasets with which the charter lets the person do so."""
    return datasets(lambda scene, id: scene.actor.may(action, id))


def of_kind(kind: str) -> Choices:
    """The coproduced, or the mutualised, datasets that the person may know of."""

    def fits(scene: Scene, id: str) -> bool:
        known = scene.actor.facts.datasets.get(id)
        return known is not None and known.kind == kind

    return datasets(fits)


def asked_of_others(scene: Scene) -> Sequence[Choice]:
    """The shared datasets of others that one may ask for."""
    known = scene.actor.facts.datasets
    return _titled(
        scene,
        (
            id
            for id in scene.actor.seen
            if id in known and known[id].kind == "mutualised" and known[id].owner not in (None, scene.actor.body)
        ),
    )


def bodies(scene: Scene) -> Sequence[Choice]:
    """Every body of the registry, by name."""
    known = everyone(scene.conn).values()
    return sorted(((body.id, _same(body.name)) for body in known), key=lambda one: one[1].fr)


def partners(scene: Scene) -> Sequence[Choice]:
    """The partners of the day, by name."""
    actor = scene.actor
    ids = {one.organisation for one in actor.facts.memberships if one.span.covers(actor.day)}
    return _named(scene, ids)


def of_bodies(*kinds: str) -> Choices:
    """The bodies of these kinds."""

    def offered(scene: Scene) -> Sequence[Choice]:
        known = everyone(scene.conn).values()
        return sorted(((b.id, _same(b.name)) for b in known if b.kind in kinds), key=lambda one: one[1].fr)

    return offered


def others(scene: Scene) -> Sequence[Choice]:
    """Every body that is no partner: contractors, third parties."""
    actor = scene.actor
    known = everyone(scene.conn).values()
    return sorted(
        ((b.id, _same(b.name)) for b in known if not actor.facts.member(b.id, actor.day)), key=lambda one: one[1].fr
    )


def communes(scene: Scene) -> Sequence[Choice]:
    """The member communes of the EPT acted for."""
    return _named(scene, scene.actor.communes)


def served(*states: str) -> Choices:
    """The communes for which the EPT's act is in one of these states."""

    def offered(scene: Scene) -> Sequence[Choice]:
        rows = ept.listing(scene.conn, scene.actor.day)
        return _named(
            scene, {row["commune"] for row in rows if row["ept"] == scene.actor.body and row["state"] in states}
        )

    return offered


def offering(scene: Scene) -> Sequence[Choice]:
    """The EPTs whose act waits for the acceptance of the commune acted for."""
    rows = ept.listing(scene.conn, scene.actor.day)
    waiting = {row["ept"] for row in rows if row["commune"] == scene.actor.body and row["state"] == "offered"}
    return _named(scene, waiting)


def requests(scene: Scene) -> Sequence[Choice]:
    """The requests that wait for an answer of the body."""
    ours = set(scene.actor.owned)
    return [
        (str(row["request"]), _line(scene, row["request"], row["requester"], row["dataset"], row["purpose"]))
        for row in agreements.listing(scene.conn, scene.actor.day)
        if row["dataset"] in ours and row["state"] == "asked"
    ]


def live_exceptions(scene: Scene) -> Sequence[Choice]:
    """The exceptions that hold on the data the body answers for."""
    ours = {id for id, _ in answered_for(scene)}
    told = []
    for row in exceptions.listing(scene.conn, scene.actor.day):
        if row["dataset"] in ours:
            title, number = scene.actor.title(row["dataset"]), row["exception"]
            words = Text(
                f"n° {number} : {row['ground']}, {title.fr}",
                f"no. {number}: {row['ground']}, {title.en}",
            )
            told.append((str(number), words))
    return told


def taken_down(*states: str) -> Choices:
    """The takedowns in these states of the datasets that the person may withdraw."""

    def offered(scene: Scene) -> Sequence[Choice]:
        return [
            (str(row["takedown"]), _line(scene, row["takedown"], None, row["dataset"], row["requester"]))
            for row in takedowns.listing(scene.conn, scene.actor.day)
            if row["state"] in states and row["dataset"] in scene.actor.seen
            and scene.actor.may("takedown", row["dataset"])
        ]  # fmt: skip

    return offered


def my_delegations(side: str, *, waiting: bool = False) -> Choices:
    """The delegations that the body gave (`delegator`) or received (`contractor`)."""

    def offered(scene: Scene) -> Sequence[Choice]:
        return [
            (str(row["delegation"]), _same(f"n° {row['delegation']} : {scene.actor.name(row['delegator'])} → "
                                           f"{scene.actor.name(row['contractor'])} ({row['contract']})"))
            for row in delegations.listing(scene.conn, scene.actor.day)
            if row[side] == scene.actor.body and not (waiting and row["acknowledged"])
        ]  # fmt: skip

    return offered


def my_transfers(scene: Scene) -> Sequence[Choice]:
    """What was handed to the body and that it has not acknowledged."""
    return [
        (str(row["transfer"]), _line(scene, row["transfer"], row["giver"], row["dataset"], ""))
        for row in transfers.listing(scene.conn, scene.actor.day)
        if row["recipient"] == scene.actor.body and not row["acknowledged"]
    ]


def _titled(scene: Scene, ids: Iterable[str]) -> list[Choice]:
    return sorted(((id, scene.actor.title(id)) for id in ids), key=lambda one: one[1].fr)


def _named(scene: Scene, ids: Iterable[str]) -> list[Choice]:
    return sorted(((id, _same(scene.actor.name(id))) for id in ids), key=lambda one: one[1].fr)


def _line(scene: Scene, number: int, body: str | None, dataset: str, more: str) -> Text:
    title, who = scene.actor.title(dataset), f"{scene.actor.name(body)}, " if body else ""
    told = f" ({more})" if more else ""
    return Text(f"n° {number} : {who}{title.fr}{told}", f"no. {number}: {who}{title.en}{told}")


def _same(word: str) -> Text:
    return Text(word, word)
