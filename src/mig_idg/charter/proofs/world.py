"""A partnership of which nothing is known, one that is, and what the rule book answers in either: formulas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import z3

from mig_idg.charter import decision, facts
from mig_idg.charter.case import DELEGABLE, Case
from mig_idg.charter.facts import READS, ROLES, Facts
from mig_idg.charter.proofs.kinds import BODY, DATASET, DAY, NOBODY, TABLES, One, Unknown
from mig_idg.charter.proofs.source import (
    Body,
    Follows,
    Record,
    Rows,
    Truth,
    Value,
    Words,
    both,
    either,
    follow,
    implied,
    negated,
    one_row,
    same,
    truth,
    within,
)
from mig_idg.charter.proofs.source import attribute as attribute_of
from mig_idg.charter.rulebook import Rule, RuleBook

OfBody = Callable[[Any], Truth]


@dataclass(frozen=True, eq=False)
class World:
    """The facts on the day, any of which may be a formula. `nobody` is what None is among the bodies."""

    in_force: Truth
    in_grace: Truth
    member: OfBody
    left: OfBody
    tables: dict[str, Rows]
    dataset: Record
    nobody: Any = NOBODY

    def with_dataset(self, **changes: Value) -> World:
        """The same with another dataset."""
        return replace(self, dataset=Record(self.dataset.of, {**self.dataset.known, **changes}))

    def body(self, term: Any) -> Body:
        """A body of this world."""
        return Body(term, self.nobody)


def any_world(unknown: Unknown) -> World:
    """A world of which nothing is known but that states are those of the kind, and that nobody is no member."""
    member = z3.Function("member", BODY, z3.BoolSort())
    left = z3.Function("left", BODY, z3.BoolSort())
    world = World(
        in_force=z3.Bool("in_force"),
        in_grace=z3.Bool("in_grace"),
        member=lambda body: both(body != NOBODY, member(body)),
        left=lambda body: both(body != NOBODY, negated(member(body)), left(body)),
        tables={name: table.unknown((name, ()), unknown) for name, table in TABLES.items()},
        dataset=One(facts.Dataset).unknown(("dataset", ()), unknown),
    )
    unknown.sets += [world.member, world.left]
    return world


def assumed(world: World) -> Truth:
    """What every world has in common (rules.md §2): the states of a dataset are those of its kind."""
    kind, state = world.dataset.known["kind"], world.dataset.known["state"]
    return both(
        *(implied(same(kind, name), within(state, states)) for name, states in facts.STATES.items()),
        negated(both(world.in_force, world.in_grace)),
    )


def known_world(told: Facts, grace_days: int = 0) -> World:
    """A world that is known, in the same shape: what the formulas say of it is compared with what `decide` says."""
    end = told.charter.end if told.charter is not None else None
    in_grace = end is not None and 0 <= (DAY - end).days < grace_days
    spans = told.memberships_of
    return World(
        in_force=told.in_force(DAY),
        in_grace=in_grace,
        member=lambda body: told.member(body, DAY),
        left=lambda body: not told.member(body, DAY) and any(s.end is not None and s.end <= DAY for s in spans(body)),
        tables={name: table.known(getattr(told, name)) for name, table in TABLES.items()},
        dataset=One(facts.Dataset).known(told.datasets[DATASET]),
        nobody=None,
    )


@dataclass(frozen=True, eq=False)
class Asker:
    """Who asks, in which roles."""

    body: Any
    roles: dict[str, Truth]


def case_of(world: World, asker: Asker, action: str, book: RuleBook, depth: int = 0) -> Record:
    """What the conditions look at: the class `Case` followed, but for what it works out on days and on other bodies."""
    body = world.body(asker.body)
    settings = book.settings
    grace = settings.charter_end == "read_only_grace" and (action in READS or action == "discover")
    known: dict[str, Value] = {
        "organisation": body,
        "roles": Words(asker.roles),
        "action": action,
        "on": DAY,
        "request": Record(type(None), {"dataset": DATASET, "organisation": body, "action": action, "on": DAY}),
        "settings": settings,
        "dataset": world.dataset,
        "known_dataset": world.dataset,
        "charter_serves": either(world.in_force, both(grace, world.in_grace)),
        "former": world.left(asker.body),
        "facts": _facts(world),
        "_acts": Follows(lambda: _acts(world, body, settings.ept_act == "automatic")),
    }
    known["reading"] = Follows(lambda read: _decided(case_of(world, asker, read, book, depth), book))
    known["mandates"] = (
        Rows() if settings.contractors == "never" else _mandates(world, body, action, book, depth, known)
    )
    return Record(Case, known)


def _decided(case: Record, book: RuleBook) -> Record:
    """What a condition may ask of another decision: whether it permits."""
    return Record(type(None), {"permitted": Answer(case, book).permitted})


def _facts(world: World) -> Record:
    def named(table: str, column: str) -> Follows:
        return Follows(
            lambda body, *_: world.tables[table].only(lambda row: both(truth(body), same(row.known[column], body)))
        )

    def belongs(commune: Body, ept: Body, _: Any) -> Truth:
        return world.tables["ept_communes"].exists(
            lambda link: both(
                same(link.known["commune"], commune),
                same(link.known["ept"], ept),
                link.known["span"].known["covers"](DAY),
            )
        )

    return Record(
        Facts,
        {
            "in_force": Follows(lambda _: world.in_force),
            "member": Follows(lambda body, _: world.member(body.term)),
            "belongs": Follows(belongs),
            "acts_for": named("sub_distributions", "commune"),
            "delegations_to": named("delegations", "contractor"),
            "transfers_to": named("third_party_transfers", "recipient"),
        },
    )


def _acts(world: World, body: Body, automatic: bool) -> Rows:
    acts = world.tables["sub_distributions"].only(lambda act: both(truth(body), same(act.known["commune"], body)))
    if not automatic:
        return acts
    blank = One(facts.SubDistribution).known(facts.SubDistribution("", "", acknowledged=True)).known
    made = world.tables["ept_communes"].only(
        lambda link: both(truth(body), same(link.known["commune"], body), link.known["span"].known["covers"](DAY)),
        lambda link: Record(facts.SubDistribution, {**blank, "ept": link.known["ept"], "commune": body}),
    )
    return Rows((*acts.parts, *made.parts))


def _mandates(world: World, body: Body, action: str, book: RuleBook, depth: int, known: dict[str, Value]) -> Rows:
    """The live delegations that work: what `Case.mandates` does, a delegator being asked in turn, once.

    A delegator of a delegator never counts (a contractor is no partner, a delegator is one): beyond the first, nothing.
    """
    if depth:
        return Rows()

    def works(given: Record) -> Truth:
        delegator = Asker(given.known["delegator"].term, dict.fromkeys(ROLES, False))
        case = case_of(world, delegator, action, book, depth + 1)
        live = both(
            follow(facts.Delegation.reaches, given, DATASET, DAY),
            truth(follow(Case.is_adherent, case, world.body(delegator.body))),
        )
        if live is False:
            return False
        own = Answer(case, book)
        passed = (both(own.stated(rule), truth(follow(Case._may_be_delegated, case, rule))) for rule in DELEGABLE)
        return both(live, either(*passed))

    given = world.tables["delegations"].only(lambda row: both(truth(body), same(row.known["contractor"], body)))
    return given.only(works)


class Answer:
    """What the rule book answers in a case: a formula for each rule, and for what they give together.

    `decision.decide` in formulas: a forbid that holds is final; otherwise each permit that holds is a basis; silence
    refuses.
    """

    def __init__(self, case: Record, book: RuleBook) -> None:
        self.case, self.book = case, book
        self.action: str = case.known["action"]
        forbids, permits = book.for_action(self.action)
        self.forbids = {rule.id: self._holds(rule, ()) for rule in forbids}
        self.permits: dict[str, Truth] = {}
        held: list[tuple[Truth, Rule]] = []
        for rule in permits:
            holds = self._holds(rule, tuple(held))
            self.permits[rule.id] = holds
            held.append((holds, rule))
        self.rules = {rule.id: rule for rule in (*forbids, *permits)}
        self.forbidden = either(*self.forbids.values())
        self.permitted = both(negated(self.forbidden), either(*self.permits.values()))

    def _holds(self, rule: Rule, held: tuple[tuple[Truth, Rule], ...]) -> Truth:
        earlier = Rows(tuple(one_row(*one) for one in held))
        return truth(follow(decision._holds, rule, self.case, earlier))

    def basis(self, *rules: str) -> Truth:
        """Whether one of these rules is among the bases of a permit."""
        return both(negated(self.forbidden), either(*(self.permits.get(rule, False) for rule in rules)))

    def stated(self, rule: str) -> Truth:
        """Whether this rule is the one the decision states."""
        if rule in self.forbids:
            return both(self.forbids[rule], *(negated(h) for h in self._before(self.forbids, rule)))
        if rule == self.book.silence.id:
            return both(negated(self.forbidden), negated(either(*self.permits.values())))
        if rule not in self.permits:
            return False
        return both(
            negated(self.forbidden), self.permits[rule], *(negated(h) for h in self._before(self.permits, rule))
        )

    def _before(self, held: dict[str, Truth], rule: str) -> list[Truth]:
        return [holds for id, holds in held.items() if list(held).index(id) < list(held).index(rule)]

    @property
    def everything(self) -> Truth:
        """Whether one basis shows all attributes and all rows, but what exceptions mask."""
        return self.basis(
            *(id for id, rule in self.rules.items() if rule.view is not None and rule.view.__name__ == "everything")
        )

    def masked(self, attribute: Any) -> Truth:
        """Whether exceptions mask an attribute."""
        if not any(self.rules[id].masks for id in self.forbids):
            return False
        return attribute_of(self.case, "masks").contains(attribute)


def ask(world: World, asker: Asker, action: str, book: RuleBook) -> Answer:
    """The answer of the rule book."""
    return Answer(case_of(world, asker, action, book), book)
