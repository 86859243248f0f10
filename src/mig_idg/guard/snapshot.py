"""Everything rights need, in memory, as of one epoch: publications, facts of the charter, credentials.

A snapshot never changes: a new epoch, or a new legal day, is a new snapshot. What is computed on it (decisions, grants,
visible sets) is kept with it and goes with it; nothing is cached by time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from mig_idg.charter import AccessRequest, Decision, Facts, decide
from mig_idg.charter.facts import ROLES
from mig_idg.errors import Lang
from mig_idg.guard.measured import SERVICE, Measured
from mig_idg.guard.principal import NO_ROLES, Principal
from mig_idg.registry.tokens import Credentials
from mig_idg.store.collection import Collection
from mig_idg.store.grant import Grant, every_column, granted_columns, narrowed, profile_name, rows_setting

CACHED_DECISIONS = 200_000

_Key = tuple[str | None, frozenset[str], str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """The state that one request is decided on. `day` is the legal day (Europe/Paris), `published` the
    day on which the publication in force was made.

    `unguarded` lets everybody read as an owner: only the benchmark asks for it, to measure what rights cost.
    """

    epoch: int
    generation: int
    day: date
    collections: Mapping[str, Collection]
    facts: Facts
    credentials: Credentials
    database: str
    unguarded: bool = False
    published: date | None = None
    mention: str = "Mutualisation de l'Information Géographique"
    _decisions: dict[_Key, Decision] = field(default_factory=dict, repr=False)
    _grants: dict[tuple[_Key, bool], Grant | None] = field(default_factory=dict, repr=False)
    _visible: dict[str, tuple[Collection, ...]] = field(default_factory=dict, repr=False)
    _in_preparation: dict[str, Facts] = field(default_factory=dict, repr=False)
    _measured: dict[tuple[str, str], Measured] = field(default_factory=dict, repr=False)

    def decide(self, principal: Principal, action: str, dataset: str) -> Decision:
        """The charter's decision for this caller, action and dataset; beyond a token's scope, the public's."""
        return self._decide(_key(principal, action, dataset))

    def grant(self, principal: Principal, collection: Collection, action: str) -> tuple[Decision, Grant | None]:
        """The decision, and the grant it gives on the collection's table (None: refused, or nothing tabular)."""
        key = _key(principal, action, collection.id)
        decision = self._decide(key)
        slot = (key, principal.public)
        if slot not in self._grants:
            self._grants[slot] = self._make_grant(principal, collection, decision)
        return decision, self._grants[slot]

    def decide_in_preparation(self, principal: Principal, action: str, dataset: str) -> Decision:
        """The decision as if a coproduction were still in preparation: for its working copies, which stay the group's.

        What a validation opens is the version that was validated (004 § 3.2.2, § 3.4), not the drafts before it.
        """
        organisation, roles, action, dataset = _key(principal, action, dataset)
        facts = self._in_preparation.get(dataset)
        if facts is None:
            draft = replace(self.facts.datasets[dataset], state="consolidated")
            facts = replace(self.facts, datasets={**self.facts.datasets, dataset: draft})
            self._in_preparation[dataset] = facts
        return decide(AccessRequest(organisation, roles, action, dataset, self.day), facts)

    def grant_in_preparation(
        self, principal: Principal, collection: Collection, action: str
    ) -> tuple[Decision, Grant | None]:
        """That decision, and the grant it gives."""
        decision = self.decide_in_preparation(principal, action, collection.id)
        return decision, self._make_grant(principal, collection, decision)

    def visible(self, principal: Principal) -> tuple[Collection, ...]:
        """The collections this caller may discover, and no other (invariant 28), in the order of their ids.

        What is taken down for them is in no list at once: its own address says so (`guard.withdrawn`).
        """
        found = self._visible.get(principal.key)
        if found is None:
            found = tuple(
                collection
                for collection in self.collections.values()
                if self.decide(principal, "discover", collection.id).permitted
                and not self.taken_down(principal, collection.id)
            )
            self._visible[principal.key] = found
        return found

    def measured(self, principal: Principal, action: str) -> Measured:
        """The measurements that this caller may read by an action, and deposit: each dataset is decided on."""
        found = self._measured.get((principal.key, action))
        if found is None:
            known = [one.id for one in self.collections.values() if SERVICE in one.services]
            found = Measured.of(
                principal.organisation,
                {id: self.decide(principal, action, id) for id in known},
                [id for id in known if self.decide(principal, "contribute", id).permitted],
            )
            self._measured[(principal.key, action)] = found
        return found

    def taken_down(self, principal: Principal, dataset: str) -> bool:
        """Whether a dataset is withdrawn from this caller: the charter refuses to show it by rule A2 (000 art. 7)."""
        return self.decide(principal, "view", dataset).rule == "A2"

    def partner(self, principal: Principal) -> bool:
        """Whether a caller acts for a partner of the day, the charter being in force (rules A3, A4).

        What is told to partners without naming a collection: a token for some collections only is not told it.
        """
        if principal.collections is not None or not self.facts.in_force(self.day):
            return False
        return self.facts.member(principal.organisation, self.day)

    def rights_key(self, principal: Principal) -> str:
        """A name for what this caller may discover: two callers with the same one get the same listings."""
        return "\x1f".join(collection.id for collection in self.visible(principal))

    def credit(self, collection: Collection, lang: Lang = "fr") -> str:
        """The mention of the partnership and the owner's name (charter § 3.5.2), for any use of the data."""
        return f"{self.mention} — {collection.credit(lang)}"

    def _decide(self, key: _Key) -> Decision:
        decision = self._decisions.get(key)
        if decision is None:
            organisation, roles, action, dataset = key
            if self.unguarded and (known := self.facts.datasets.get(dataset)):
                organisation = known.owner or next(iter(known.co_owners), None)
            decision = decide(AccessRequest(organisation, roles, action, dataset, self.day), self.facts)
            if len(self._decisions) < CACHED_DECISIONS:
                self._decisions[key] = decision
        return decision

    def _make_grant(self, principal: Principal, collection: Collection, decision: Decision) -> Grant | None:
        if not decision.permitted or collection.table is None:
            return None
        columns = granted_columns(collection.table, decision.hidden)
        if columns is None:
            return None
        rows = rows_setting(decision.rows)
        table = narrowed(collection.table, columns)
        role = profile_name(collection.id, columns, copy=table.copy)
        return Grant(
            table=table,
            role=role,
            rows=rows,
            key="\x1f".join((role, rows, decision.rule, ",".join(decision.obligations), str(principal.public))),
            public=principal.public,
            obligations=decision.obligations,
            writer=profile_name(collection.id, every_column(table.written), "w"),
        )


def _key(principal: Principal, action: str, dataset: str) -> _Key:
    if principal.within_scope(action, dataset):
        return (principal.organisation, principal.roles.intersection(ROLES), action, dataset)
    return (None, NO_ROLES, action, dataset)
