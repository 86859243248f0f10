"""What publishing a folder would change: who gains and who loses what, by which article; consequences, not YAML.

Only the facts are entered, inside a transaction that the caller rolls back: no row is read and no copy is made, so that
the answer takes the time of its decisions whatever the size of the tables. Decisions before and after are compared for
every body of the registry and the public, on every action of the charter. What a body sees of a layer are the columns
that are there and not hidden: a new column that stays masked takes nothing from anybody.

Facts that change are told beside the rights: an owner that gives way to another moves duties, even where everybody goes
on reading.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from mig_idg.charter import ACTIONS as EVERY_ACTION
from mig_idg.charter import AccessRequest, Decision, Facts, decide
from mig_idg.charter.facts import READ, Dataset
from mig_idg.database import Connection
from mig_idg.errors import Text
from mig_idg.publication.publish import declare
from mig_idg.registry import facts as registry_facts
from mig_idg.registry.organisations import everyone

VERBS = {
    "discover": Text("connaître", "know of"),
    "view": Text("voir", "view"),
    "query": Text("interroger", "query"),
    "download": Text("télécharger", "download"),
    "subscribe": Text("s'abonner", "subscribe"),
    "contribute": Text("contribuer", "contribute"),
    "configure": Text("configurer", "configure"),
    "publish_open": Text("ouvrir à tous", "open to all"),
    "redistribute": Text("rediffuser", "redistribute"),
    "grant": Text("accorder l'accès", "grant access"),
    "validate": Text("valider", "validate"),
    "audit": Text("vérifier", "audit"),
    "takedown": Text("retirer", "take down"),
}
ACTIONS = tuple(action for action in VERBS if action in EVERY_ACTION)
PUBLIC = Text("le public", "the public")
FACTS = {
    "owner": Text("propriétaire", "owner"),
    "kind": Text("nature", "kind"),
    "state": Text("état", "state"),
    "co_owners": Text("copropriétaires", "co-owners"),
    "working_group": Text("groupe de travail", "working group"),
    "attributes": Text("colonnes", "columns"),
    "metadata": Text("fiche", "record"),
    "licence": Text("licence", "licence"),
    "takedown": Text("retrait de la diffusion", "takedown"),
    "terms": Text("modalités", "terms"),
    "exceptions": Text("exceptions", "exceptions"),
}
# Too long for one line: that they change is told, rights tell what it does.
_UNSAID = ("terms", "exceptions")
_BODIES = ("owner", "co_owners", "working_group")


@dataclass(frozen=True, slots=True)
class Change:
    """One right that moves: a body (None: the public), an action, a dataset, before and after.

    `columns` are those of the dataset, before and after.
    """

    body: str | None
    name: Text
    action: str
    dataset: str
    before: Decision | None
    after: Decision | None
    columns: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())

    @property
    def gained(self) -> frozenset[str]:
        """The columns that the body had not, where it could already see others."""
        return self._seen(1) - self._seen(0) if _permits(self.before) and _permits(self.after) else frozenset()

    @property
    def lost(self) -> frozenset[str]:
        """The columns that the body has no more, where it still sees others."""
        return self._seen(0) - self._seen(1) if _permits(self.before) and _permits(self.after) else frozenset()

    @property
    def gains(self) -> bool:
        """True when the body may do something that it could not."""
        if not _permits(self.after):
            return False
        return not _permits(self.before) or bool(self.gained) or _fewer(self.before, self.after)

    @property
    def loses(self) -> bool:
        """True when the body may do something no more."""
        if not _permits(self.before):
            return False
        return not _permits(self.after) or bool(self.lost) or _fewer(self.after, self.before)

    @property
    def moves(self) -> bool:
        """True when anything changes for the body."""
        return self.gains or self.loses

    @property
    def plain(self) -> dict[str, Any]:
        """The change as JSON values."""
        return {
            "change": "right",
            "body": self.body,
            "name": self.name,
            "action": self.action,
            "dataset": self.dataset,
            "gains": self.gains,
            "loses": self.loses,
            "attributes_gained": sorted(self.gained),
            "attributes_lost": sorted(self.lost),
            "before": _plain(self.before),
            "after": _plain(self.after),
        }

    def _seen(self, when: int) -> frozenset[str]:
        decision = (self.before, self.after)[when]
        shown = decision is not None and self.action in READ
        return self.columns[when] - decision.hidden if shown and decision else frozenset()


@dataclass(frozen=True, slots=True)
class FactChange:
    """One fact of a dataset that changes, before and after as people read it; None when it is too long to be said."""

    dataset: str
    fact: str
    before: str | None
    after: str | None

    @property
    def plain(self) -> dict[str, Any]:
        """The change as JSON values."""
        return {
            "change": "fact",
            "dataset": self.dataset,
            "fact": self.fact,
            "before": self.before,
            "after": self.after,
        }

    @property
    def sentence(self) -> Text:
        """`« lampes » : propriétaire : Nanterre → Courbevoie`."""
        what = FACTS[self.fact]
        fr, en = f"« {self.dataset} » : {what.fr}", f"“{self.dataset}”: {what.en}"
        if self.before is None or self.after is None:
            return Text(f"~ {fr} modifiées", f"~ {en} changed")
        return Text(f"~ {fr} : {self.before} → {self.after}", f"~ {en}: {self.before} → {self.after}")


@dataclass(frozen=True, slots=True)
class Difference:
    """All that publishing would change: facts of datasets, and rights of bodies."""

    facts: tuple[FactChange, ...]
    rights: tuple[Change, ...]

    @property
    def plain(self) -> list[dict[str, Any]]:
        """Facts, then rights, as JSON values."""
        return [*(one.plain for one in self.facts), *(one.plain for one in self.rights)]

    @property
    def sentences(self) -> list[Text]:
        """What a person reads: facts, then rights; or that nothing changes."""
        if not self.facts and not self.rights:
            return [
                Text(
                    "Rien ne change : personne ne gagne ni ne perd d'accès.",
                    "Nothing changes: nobody gains or loses access.",
                )
            ]
        nobody = [] if self.rights else [Text("Personne ne gagne ni ne perd d'accès.", "Nobody gains or loses access.")]
        return [*(one.sentence for one in self.facts), *told(self.rights), *nobody]


def told(changes: tuple[Change, ...] | list[Change]) -> list[Text]:
    """The changes as sentences: one for each dataset, set of actions and rule, with the bodies it concerns."""
    by_body: dict[tuple[str, bool, Text, str, str, str], list[str]] = {}
    for change in changes:
        deciding = change.after or change.before
        assert deciding is not None
        for gains, moves, columns in ((True, change.gains, change.gained), (False, change.loses, change.lost)):
            if moves:
                key = (change.dataset, gains, change.name, deciding.rule, deciding.article, ", ".join(sorted(columns)))
                by_body.setdefault(key, []).append(change.action)
    grouped: dict[tuple[str, bool, tuple[str, ...], str, str, str], list[Text]] = {}
    for (dataset, gains, name, rule, article, shown), actions in by_body.items():
        grouped.setdefault((dataset, gains, tuple(actions), rule, article, shown), []).append(name)
    return [_sentence(*key, names) for key, names in grouped.items()]


def _sentence(
    dataset: str, gains: bool, actions: tuple[str, ...], rule: str, article: str, columns: str, names: list[Text]
) -> Text:
    more = f" (+{len(names) - 6})" if len(names) > 6 else ""
    who = Text(", ".join(one.fr for one in names[:6]) + more, ", ".join(one.en for one in names[:6]) + more)
    verbs = Text(", ".join(VERBS[one].fr for one in actions), ", ".join(VERBS[one].en for one in actions))
    sign, fr, en = ("+", "gagne", "gains") if gains else ("−", "perd", "loses")
    what = Text(f", colonnes {columns}", f", columns {columns}") if columns else Text("", "")
    return Text(
        f"{sign} « {dataset} » : {who.fr} {fr} {verbs.fr}{what.fr} ({rule}, {article})",
        f"{sign} “{dataset}”: {who.en} {en} {verbs.en}{what.en} ({rule}, {article})",
    )


def difference(connection: Connection[Any], folder: Path, *, on: date, rasters: Path | None = None) -> Difference:
    """All that publishing the folder would change. The caller rolls back. Raises InvalidCollections."""
    before = registry_facts.load(connection, on)
    declare(connection, folder, author="diff", on=on, rasters=rasters)
    after = registry_facts.load(connection, on)
    names = {key: body.name for key, body in everyone(connection).items()}
    return Difference(tuple(_facts(before, after, names)), tuple(_changes(before, after, names, on)))


def _facts(before: Facts, after: Facts, names: dict[str, str]) -> Iterator[FactChange]:
    for dataset in sorted({*before.datasets, *after.datasets}):
        was, is_ = before.datasets.get(dataset), after.datasets.get(dataset)
        for fact in FACTS:
            then, now = getattr(was, fact, None), getattr(is_, fact, None)
            if then == now or (was is None and fact not in ("owner", "kind", "state")):
                continue
            if fact in _UNSAID:
                yield FactChange(dataset, fact, None, None)
            elif fact == "attributes":
                yield FactChange(dataset, fact, *_columns(was, is_))
            else:
                yield FactChange(dataset, fact, _said(fact, then, names), _said(fact, now, names))


def _columns(was: Dataset | None, is_: Dataset | None) -> tuple[str, str]:
    """Those that leave and those that come, not the whole lists."""
    then, now = set(was.attributes if was else ()), set(is_.attributes if is_ else ())
    return ", ".join(sorted(then - now)) or "—", ", ".join(sorted(now - then)) or "—"


def _said(fact: str, value: Any, names: dict[str, str]) -> str:
    if not value:
        return "—"
    if isinstance(value, str):
        return names.get(value, value) if fact in _BODIES else value
    return ", ".join(sorted(names.get(one, one) for one in value))


def _changes(before: Facts, after: Facts, names: dict[str, str], on: date) -> Iterator[Change]:
    for dataset in sorted({*before.datasets, *after.datasets}):
        columns = (_attributes(before, dataset), _attributes(after, dataset))
        for body in (None, *sorted(names)):
            name = PUBLIC if body is None else Text(names[body], names[body])
            for action in ACTIONS:
                request = AccessRequest(body, frozenset(), action, dataset, on)
                was = decide(request, before) if dataset in before.datasets else None
                is_ = decide(request, after) if dataset in after.datasets else None
                change = Change(body, name, action, dataset, was, is_, columns)
                if change.moves:
                    yield change


def _attributes(facts: Facts, dataset: str) -> frozenset[str]:
    known = facts.datasets.get(dataset)
    return frozenset(known.attributes) if known else frozenset()


def _permits(decision: Decision | None) -> bool:
    return decision is not None and decision.permitted


def _fewer(one: Decision | None, other: Decision | None) -> bool:
    """Whether `one` shows fewer rows than `other`."""
    if one is None or other is None or one.rows is None:
        return False
    return other.rows is None or bool(other.rows - one.rows)


def _plain(decision: Decision | None) -> dict[str, Any] | None:
    if decision is None:
        return None
    return {
        "outcome": decision.outcome,
        "rule": decision.rule,
        "article": decision.article,
        "hidden": sorted(decision.hidden),
        "rows": None if decision.rows is None else sorted(decision.rows),
    }
