"""Who gains and who loses what, and by which article, if a folder were published: consequences rather than YAML.

The publication is really made, inside a transaction that the caller rolls back; decisions before and after are compared
for every body of the registry and the public, on every action that lets data out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from mig_idg.charter import AccessRequest, Decision, Facts, decide
from mig_idg.database import Connection
from mig_idg.errors import Text
from mig_idg.publication.publish import publish
from mig_idg.registry import facts as registry_facts
from mig_idg.registry.organisations import everyone

ACTIONS = ("discover", "view", "query", "download")
VERBS = {
    "discover": Text("connaître", "know of"),
    "view": Text("voir", "view"),
    "query": Text("interroger", "query"),
    "download": Text("télécharger", "download"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One right that moves: a body (None: the public), an action, a dataset, before and after."""

    body: str | None
    name: str
    action: str
    dataset: str
    before: Decision | None
    after: Decision | None

    @property
    def gains(self) -> bool:
        """True when the body may do more than before."""
        was, is_ = _permits(self.before), _permits(self.after)
        return is_ and (not was or self.after.hidden < self.before.hidden)  # type: ignore[union-attr]

    @property
    def plain(self) -> dict[str, Any]:
        """The change as JSON values."""
        return {
            "body": self.body,
            "name": self.name,
            "action": self.action,
            "dataset": self.dataset,
            "gains": self.gains,
            "before": _plain(self.before),
            "after": _plain(self.after),
        }


def told(changes: list[Change]) -> list[Text]:
    """The changes as sentences: one for each dataset, set of actions and rule, with the bodies it concerns."""
    by_body: dict[tuple[str, bool, str, str, str], list[str]] = {}
    for change in changes:
        deciding = change.after or change.before
        assert deciding is not None
        key = (change.dataset, change.gains, change.name, deciding.rule, deciding.article)
        by_body.setdefault(key, []).append(change.action)
    grouped: dict[tuple[str, bool, tuple[str, ...], str, str], list[str]] = {}
    for (dataset, gains, name, rule, article), actions in by_body.items():
        grouped.setdefault((dataset, gains, tuple(actions), rule, article), []).append(name)
    return [_sentence(*key, names) for key, names in grouped.items()]


def _sentence(dataset: str, gains: bool, actions: tuple[str, ...], rule: str, article: str, names: list[str]) -> Text:
    who = ", ".join(names[:6]) + (f" (+{len(names) - 6})" if len(names) > 6 else "")
    verbs = Text(", ".join(VERBS[one].fr for one in actions), ", ".join(VERBS[one].en for one in actions))
    sign, fr, en = ("+", "gagne", "gains") if gains else ("−", "perd", "loses")
    return Text(
        f"{sign} « {dataset} » : {who} {fr} {verbs.fr} ({rule}, {article})",
        f"{sign} “{dataset}”: {who} {en} {verbs.en} ({rule}, {article})",
    )


def difference(connection: Connection[Any], folder: Path, *, on: date, rasters: Path | None = None) -> list[Change]:
    """Every right that publishing the folder would move. The caller rolls back. Raises InvalidCollections."""
    before = registry_facts.load(connection, on)
    publish(connection, folder, author="diff", on=on, rasters=rasters)
    after = registry_facts.load(connection, on)
    names = {key: body.name for key, body in everyone(connection).items()}
    return list(_changes(before, after, names, on))


def _changes(before: Facts, after: Facts, names: dict[str, str], on: date) -> Iterator[Change]:
    for dataset in sorted({*before.datasets, *after.datasets}):
        for body in (None, *sorted(names)):
            for action in ACTIONS:
                request = AccessRequest(body, frozenset(), action, dataset, on)
                was = decide(request, before) if dataset in before.datasets else None
                is_ = decide(request, after) if dataset in after.datasets else None
                if _view(was) != _view(is_):
                    yield Change(body, names.get(body or "", "le public"), action, dataset, was, is_)


def _permits(decision: Decision | None) -> bool:
    return decision is not None and decision.permitted


def _view(decision: Decision | None) -> tuple[Any, ...] | None:
    return (decision.hidden, decision.rows) if decision is not None and decision.permitted else None


def _plain(decision: Decision | None) -> dict[str, Any] | None:
    if decision is None:
        return None
    return {
        "outcome": decision.outcome,
        "rule": decision.rule,
        "article": decision.article,
        "hidden": sorted(decision.hidden),
    }
