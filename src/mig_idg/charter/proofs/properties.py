"""What must hold in every world: each property as what would deny it.

A property is stated on the facts and on what is answered, never on how a rule is written: it holds of the rule book or
it doesn't. `denials` gives, for an action, the formulas that no world may satisfy, with the questions that show it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import z3

from mig_idg.charter import facts
from mig_idg.charter.facts import ACTIONS, OPEN_LICENCES, READ, READS, ROLES
from mig_idg.charter.proofs.kinds import ATTRIBUTE, BODY, DAY, NOBODY, One, Unknown
from mig_idg.charter.proofs.source import (
    Record,
    Rows,
    Truth,
    Word,
    attribute,
    both,
    either,
    follow,
    lifted,
    negated,
    same,
    truth,
    within,
)
from mig_idg.charter.proofs.world import Answer, Asker, World, any_world, ask, assumed
from mig_idg.charter.rulebook import UNKNOWN, RuleBook
from mig_idg.errors import Text

EVERY_ACTION = (*sorted(ACTIONS), UNKNOWN)
LETS_DATA_OUT = READS | {"redistribute"}
STOPPED_BY_AN_EXCEPTION = LETS_DATA_OUT | {"publish_open", "contribute"}
PREPARED = ("proposed", "structured", "collecting", "consolidated", "submitted")  # rules.md §2, before a validation
NO_ROLES: dict[str, Truth] = dict.fromkeys(ROLES, False)


@dataclass(frozen=True, eq=False)
class Asked:
    """A question a denial is shown by: in which world, by whom, and what the formulas answer."""

    world: World
    asker: Asker
    answer: Answer


@dataclass(frozen=True, eq=False)
class Denial:
    """A formula that no world may satisfy, and the questions that show one that does: before, then after."""

    formula: Truth
    shown: tuple[Asked, ...]


class Question:
    """Anybody asking for an action in any world, with what the properties say of it."""

    def __init__(self, unknown: Unknown, action: str, book: RuleBook) -> None:
        self.unknown, self.action, self.book = unknown, action, book
        self.world = any_world(unknown)
        self.organisation = z3.Const("ORGANISATION", BODY)
        self.other = z3.Const("OTHER", BODY)
        self.attribute = z3.Const("attribute", ATTRIBUTE)
        self.roles: dict[str, Truth] = {role: z3.Bool(f"role·{role}") for role in ROLES}
        unknown.flags += self.roles.values()
        self.asker = Asker(self.organisation, self.roles)

    def ask(self, world: World | None = None, asker: Asker | None = None) -> Asked:
        """One question."""
        world, asker = world or self.world, asker or self.asker
        return Asked(world, asker, ask(world, asker, self.action, self.book))

    @cached_property
    def asked(self) -> Asked:
        """The question itself."""
        return self.ask()

    @property
    def reading(self) -> bool:
        """Whether the action reads the data."""
        return self.action in READ

    @property
    def reads(self) -> bool:
        """Whether the data are read, by the one who asks or by a process for it."""
        return self.action in READS

    @cached_property
    def assumed(self) -> Truth:
        """What all worlds have in common."""
        return assumed(self.world)

    # what the facts say, in the words of the texts

    def field(self, name: str) -> Any:
        """A field of the dataset."""
        return self.world.dataset.known[name]

    def is_(self, name: str, *words: str | None) -> Truth:
        """Whether a field of the dataset is one of some words."""
        return either(*(same(self.field(name), word) for word in words))

    @property
    def owner(self) -> Truth:
        """The one who asks owns these shared data."""
        owns = same(self.field("owner"), self.world.body(self.organisation))
        return both(self.is_("kind", "mutualised"), self.organisation != NOBODY, owns)

    @property
    def served(self) -> Truth:
        """The charter serves: it is in force, or its days of grace let one read."""
        grace = self.book.settings.charter_end == "read_only_grace" and (self.reads or self.action == "discover")
        return either(self.world.in_force, both(grace, self.world.in_grace))

    @property
    def adherent(self) -> Truth:
        """The one who asks is a partner."""
        return both(self.served, self.world.member(self.organisation))

    def member_of(self, name: str) -> Truth:
        """The one who asks is in a set of the dataset."""
        return within(self.world.body(self.organisation), self.field(name))

    @property
    def open_licence(self) -> Truth:
        """Published or validated under an open licence."""
        return both(self.is_("licence", *sorted(OPEN_LICENCES)), self.is_("state", "published", "validated"))

    def transferred(self, giver: Callable[[Any], Truth]) -> Truth:
        """Handed over by such a giver, conditions acknowledged."""
        rows = self.world.tables["third_party_transfers"]
        return rows.exists(lambda t: both(self.to_the_asker(t, "recipient"), live(t), giver(t.known["giver"])))

    def to_the_asker(self, row: Record, column: str) -> Truth:
        """A fact that names the one who asks."""
        return both(self.organisation != NOBODY, same(row.known[column], self.world.body(self.organisation)))

    @property
    def by_the_owner(self) -> Truth:
        """Handed over by the owner of shared data."""
        given = self.transferred(lambda giver: same(giver, self.field("owner")))
        return both(self.is_("kind", "mutualised"), given)

    def exception_bites(self, exception: Record) -> Truth:
        """An exception is in force and does not spare the one who asks (rules.md §5, A1)."""
        spared = self.owner if self.reads or self.action == "contribute" else False
        named = within(self.world.body(self.organisation), exception.known["beneficiaries"])
        licensed = both(self.reads, same(exception.known["ground"], "E5"), named)
        both_facts = both(exception.known["objection_proved"], exception.known["law_allows"])
        return both(
            exception.known["span"].known["covers"](DAY),
            either(negated(same(exception.known["ground"], "E4")), both_facts),
            negated(either(spared, licensed)),
        )


def live(row: Record) -> Truth:
    """A fact that covers the day, acknowledged."""
    return both(row.known["span"].known["covers"](DAY), row.known["acknowledged"])


def wider(before: Asked, after: Asked) -> Truth:
    """The second answer gives what the first does not: a permit, or all of the data."""
    return either(
        both(after.answer.permitted, negated(before.answer.permitted)),
        both(after.answer.everything, negated(before.answer.everything)),
    )


Denials = Iterator[Denial]


def a_forbid_is_final(q: Question) -> Denials:
    """A whole exception, a take-down, an unknown action: refused, whatever else holds."""
    permitted = q.asked.answer.permitted
    yield Denial(both(permitted, either(*q.asked.answer.forbids.values())), (q.asked,))
    if q.action not in ACTIONS:
        yield Denial(permitted, (q.asked,))
    if q.action in STOPPED_BY_AN_EXCEPTION:
        whole = q.field("exceptions").exists(
            lambda e: both(q.exception_bites(e), negated(truth(e.known["attributes"])))
        )
        yield Denial(both(permitted, whole), (q.asked,))
    if q.action in LETS_DATA_OUT:
        down = either(q.is_("takedown", "all"), both(q.is_("takedown", "public"), negated(q.adherent)))
        yield Denial(both(permitted, down, negated(q.owner)), (q.asked,))


def an_exception_never_widens(q: Question) -> Denials:
    """One more exception never gives more; and it hides all it names from whom it does not spare."""
    added = One(facts.Restriction).unknown(("ADDED", ()), q.unknown)
    after = q.ask(q.world.with_dataset(exceptions=q.field("exceptions").and_one(added)))
    lost = both(q.asked.answer.masked(q.attribute), negated(after.answer.masked(q.attribute)))
    yield Denial(either(wider(q.asked, after), both(after.answer.permitted, lost)), (q.asked, after))
    if q.reads:
        named = added.known["attributes"].contains(q.attribute)
        shown = both(after.answer.permitted, negated(after.answer.masked(q.attribute)))
        yield Denial(both(q.exception_bites(added), named, shown), (after,))


def the_end_of_a_membership_never_widens(q: Question) -> Denials:
    """But one route: who is no longer a partner may act as a contractor, under a delegation it holds (B7)."""
    after = q.ask(replace(q.world, member=lambda body: both(body != q.other, q.world.member(body))))
    hired = both(q.other == q.organisation, delegated(q))
    yield Denial(both(wider(q.asked, after), negated(hired)), (q.asked, after))


def delegated(q: Question) -> Truth:
    """A live delegation to the one who asks, from a partner."""
    return q.world.tables["delegations"].exists(
        lambda row: both(reaches(q, row), q.world.member(row.known["delegator"].term))
    )


def reaches(q: Question, row: Record) -> Truth:
    """A live delegation to the one who asks, about this dataset."""
    return both(q.to_the_asker(row, "contractor"), follow(facts.Delegation.reaches, row, "d", DAY))


def the_end_of_the_charter_never_widens(q: Question) -> Denials:
    """Once no instrument is in force, no answer gives more than before."""
    after = q.ask(replace(q.world, in_force=False, in_grace=False))
    yield Denial(wider(q.asked, after), (q.asked, after))


def an_open_licence_never_narrows(q: Question) -> Denials:
    """Whatever licence the data had, an open one gives no less; and on what is published, all to everyone."""
    licence: Word = q.field("licence")
    for name in sorted(OPEN_LICENCES):
        after = q.ask(q.world.with_dataset(licence=Word(licence.members[name], licence.members)))
        closed = negated(either(*(same(licence, other) for other in OPEN_LICENCES)))
        yield Denial(both(closed, wider(after, q.asked)), (q.asked, after))
        if q.reading:
            stopped = either(*after.answer.forbids.values())
            ready = q.is_("state", "published", "validated")
            yield Denial(both(ready, negated(stopped), negated(after.answer.everything)), (after,))


def the_public_sees_a_subset(q: Question) -> Denials:
    """What the public may do, everybody may; and a body that no fact names has the rights of the public."""
    public = q.ask(asker=Asker(NOBODY, NO_ROLES))
    yield Denial(wider(q.asked, public), (public, q.asked))


def after_the_charter_only_what_is_spared(q: Question) -> Denials:
    """A3: open data, the owner's own transfer to a third party, and records open to all stand; nothing else does."""
    after = q.ask(replace(q.world, in_force=False, in_grace=False))
    spared: Truth = False
    if q.reads:
        spared = either(q.open_licence, q.by_the_owner)
    if q.action == "discover":
        spared = q.is_("metadata", "public")
    yield Denial(both(after.answer.permitted, negated(spared)), (after,))


def a_delegation_never_exceeds_its_delegator(q: Question) -> Denials:
    """What a contractor gains by its delegations, one of those who delegated may do itself that day."""
    without = q.ask(replace(q.world, tables={**q.world.tables, "delegations": Rows()}))

    def delegator_has(what: Callable[[Answer], Truth]) -> Truth:
        def has(row: Record) -> Truth:
            asker = Asker(row.known["delegator"].term, NO_ROLES)
            own = ask(q.world, asker, q.action, q.book)
            return both(reaches(q, row), q.served, q.world.member(asker.body), what(own))

        return q.world.tables["delegations"].exists(has)

    gained = both(q.asked.answer.permitted, negated(without.answer.permitted))
    yield Denial(both(gained, negated(delegator_has(lambda own: own.permitted))), (without, q.asked))


def the_pilots_role_reads_nothing(q: Question) -> Denials:
    """With the role or without it, the data are read or not, by the same bases; nor is any of it edited."""
    if q.action not in STOPPED_BY_AN_EXCEPTION | {"validate", "grant"}:
        return
    without = q.ask(asker=Asker(q.organisation, {**q.roles, "pilot_staff": False}))
    with_it = q.ask(asker=Asker(q.organisation, {**q.roles, "pilot_staff": True}))
    differs = [negated(same(with_it.answer.basis(rule), without.answer.basis(rule))) for rule in with_it.answer.permits]
    yield Denial(either(*differs), (without, with_it))


# Two bases that say of one body, or of one dataset, what cannot both be: which of them are never together
INCOMPATIBLE = (
    ({"B1", "B3", "B6b"}, {"B4", "B4b", "B5", "B5b", "B6"}),  # one owner's data, and data made together
    ({"B4"}, {"B4b"}),  # a co-owner, and one who joined later
    ({"B4", "B4b", "B6"}, {"B5", "B5b"}),  # validated, and in preparation
    ({"B5"}, {"B5b"}),  # of the group that prepares, and of the committee that only receives
    ({"B1", "B3", "B4", "B4b", "B5", "B5b"}, {"B7"}),  # a partner, and a contractor who is none
)


def one_answer_to_one_body(q: Question) -> Denials:
    """One rule, and only one, is stated for each question; and no two bases say of a body what cannot both be."""
    answer = q.asked.answer
    rules = (*answer.forbids, *answer.permits, q.book.silence.id)
    stated = [answer.stated(rule) for rule in rules]
    yield Denial(
        negated(z3.PbEq([(one if not isinstance(one, bool) else z3.BoolVal(one), 1) for one in stated], 1)), (q.asked,)
    )
    clashes = [
        both(answer.basis(one), answer.basis(other))
        for some, others in INCOMPATIBLE
        for one in some
        for other in others
    ]
    yield Denial(either(*clashes), (q.asked,))


def nothing_is_read_without_a_title(q: Question) -> Denials:
    """Closed by default (rules.md §3, 11; §5): whoever reads has one of the titles that the texts give."""
    if q.action == "discover":
        yield Denial(both(q.asked.answer.permitted, negated(discovers(q))), (q.asked,))
    if not q.reading:
        return
    validated = both(q.is_("kind", "coproduced"), q.is_("state", "validated"))
    submitted = both(q.is_("kind", "coproduced"), q.is_("state", "submitted"))
    prepared = both(q.is_("kind", "coproduced"), q.is_("state", *PREPARED))
    published = both(q.is_("kind", "mutualised"), q.is_("state", "published"))
    agreed = both(published, terms_open(q))
    titles = (
        q.open_licence,
        both(q.adherent, q.owner),
        both(q.adherent, either(both(agreed, audience(q)), validated)),
        both(q.adherent, prepared, q.member_of("working_group")),
        both(q.adherent, submitted, q.roles["technical_committee"]),
        both(either(validated, both(agreed, extended(q))), q.served, ept_serves(q)),
        both(q.served, delegated(q), either(q.is_("kind", "mutualised"), validated)),
        q.by_the_owner,
        both(validated, q.served, q.transferred(lambda giver: q.world.member(giver.term))),
    )
    yield Denial(both(q.asked.answer.permitted, negated(either(*titles))), (q.asked,))


def discovers(q: Question) -> Truth:
    """What opens a record: its own audience, the owner, the group, the pilot, or the owner's terms."""
    listed = both(q.is_("kind", "mutualised"), q.is_("state", "published"), terms_open(q), audience(q))
    partners = either(
        q.is_("metadata", "partners"), q.owner, q.member_of("working_group"), q.roles["pilot_staff"], listed
    )
    return either(q.is_("metadata", "public"), both(q.adherent, partners))


def audience(q: Question) -> Truth:
    """No audience was frozen when the owner left, or the one who asks is in it (rules.md §3, 21)."""
    return either(same(q.field("frozen_audience"), None), q.member_of("frozen_audience"))


def extended(q: Question) -> Truth:
    """The owner's terms reach the communes of EPTs (§3.6, §3.5.2), and the owner has not left."""
    extends = lifted(lambda terms: attribute(terms, "extends_to_ept_communes"), q.field("terms"))
    owners_choice = q.book.settings.ept_shared == "owner_choice"
    return both(owners_choice, truth(extends), same(q.field("frozen_audience"), None))


def terms_open(q: Question) -> Truth:
    """The owner's terms are live and list the action (or the reading in force opens to all partners without terms)."""
    if q.book.settings.default_terms == "all_partners":
        return True
    terms = q.field("terms")
    told = terms.cases if hasattr(terms, "cases") else ((True, terms),)
    return either(
        *(
            both(guard, known.known["span"].known["covers"](DAY), within(q.action, known.known["actions"]))
            for guard, known in told
            if known is not None
        )
    )


def ept_serves(q: Question) -> Truth:
    """A partner EPT has a live act, accepted, for the one who asks, its member (or needs none, if so read)."""

    def belongs(commune: Any, ept: Any) -> Truth:
        return q.world.tables["ept_communes"].exists(
            lambda link: both(
                same(link.known["commune"], commune),
                same(link.known["ept"], ept),
                link.known["span"].known["covers"](DAY),
            )
        )

    me = q.world.body(q.organisation)
    acts = q.world.tables["sub_distributions"].exists(
        lambda act: both(
            q.to_the_asker(act, "commune"),
            live(act),
            q.world.member(act.known["ept"].term),
            belongs(me, act.known["ept"]),
        )
    )
    links = q.world.tables["ept_communes"].exists(
        lambda link: both(
            q.to_the_asker(link, "commune"),
            link.known["span"].known["covers"](DAY),
            q.world.member(link.known["ept"].term),
        )
    )
    return links if q.book.settings.ept_act == "automatic" else acts


def only_the_committee_validates(q: Question) -> Denials:
    """Validating a coproduction (§2.4.2) is for a partner who sits in the committee it was submitted to."""
    if q.action == "validate":
        submitted = both(q.is_("kind", "coproduced"), q.is_("state", "submitted"))
        entitled = both(submitted, q.adherent, q.roles["technical_committee"])
        coproduced = q.is_("kind", "coproduced")
        yield Denial(both(coproduced, q.asked.answer.permitted, negated(entitled)), (q.asked,))


def only_readers_execute(q: Question) -> Denials:
    """Who may execute a process may read in one way at least; and it is shown no attribute that no reading shows."""
    if q.action != "execute":
        return
    readings = [ask(q.world, q.asker, action, q.book) for action in ("view", "query", "download")]
    executes = q.asked.answer
    yield Denial(both(executes.permitted, negated(either(*(one.permitted for one in readings)))), (q.asked,))
    shown = either(*(both(one.permitted, negated(one.masked(q.attribute))) for one in readings))
    yield Denial(both(executes.permitted, negated(executes.masked(q.attribute)), negated(shown)), (q.asked,))


def a_title_opens(q: Question) -> Denials:
    """Who has a title that depends on nobody's choice reads, unless a forbid holds."""
    if not q.reading:
        return
    validated = both(q.is_("kind", "coproduced"), q.is_("state", "validated"))
    submitted = both(q.is_("kind", "coproduced"), q.is_("state", "submitted"))
    prepared = both(q.is_("kind", "coproduced"), q.is_("state", *PREPARED))

    def co_owner(giver: Any) -> Truth:
        return both(within(giver, q.field("co_owners")), q.world.member(giver.term))

    titles = (
        q.open_licence,
        q.by_the_owner,
        both(q.adherent, either(q.owner, validated)),
        both(q.adherent, prepared, q.member_of("working_group")),
        both(q.adherent, submitted, q.roles["technical_committee"]),
        both(validated, q.served, q.transferred(co_owner)),
    )
    answer = q.asked.answer
    yield Denial(both(either(*titles), negated(answer.forbidden), negated(answer.permitted)), (q.asked,))


@dataclass(frozen=True, slots=True)
class Property:
    """What must hold in every world: its sentence, and what would deny it."""

    id: str
    text: Text
    source: str
    denials: Callable[[Question], Denials]


PROPERTIES = (
    Property(
        "forbid-is-final",
        Text("une interdiction qui tient n'est jamais rouverte", "a forbid that holds is never reopened"),
        "rules.md §5 ; Charte MIG, § 3.3",
        a_forbid_is_final,
    ),
    Property(
        "exception-never-widens",
        Text(
            "une exception de plus n'ouvre jamais rien, et cache ce qu'elle nomme",
            "one more exception never opens anything, and hides what it names",
        ),
        "rules.md §3, 13, 32",
        an_exception_never_widens,
    ),
    Property(
        "membership-end-never-widens",
        Text("la fin d'une adhésion n'ouvre jamais rien", "the end of a membership never opens anything"),
        "rules.md §3, 32",
        the_end_of_a_membership_never_widens,
    ),
    Property(
        "charter-end-never-widens",
        Text("la fin de la charte n'ouvre jamais rien", "the end of the charter never opens anything"),
        "rules.md §3, 24, 32",
        the_end_of_the_charter_never_widens,
    ),
    Property(
        "open-licence-never-narrows",
        Text("une licence ouverte ne ferme jamais rien", "an open licence never closes anything"),
        "rules.md §3, 32",
        an_open_licence_never_narrows,
    ),
    Property(
        "public-is-a-subset",
        Text("ce que voit le public, chacun le voit", "what the public sees, everybody sees"),
        "rules.md §3, 31",
        the_public_sees_a_subset,
    ),
    Property(
        "after-the-charter",
        Text(
            "après la fin de la charte ne reste permis que ce que la règle A3 épargne",
            "after the charter's end only what rule A3 spares is permitted",
        ),
        "rules.md §5, A3",
        after_the_charter_only_what_is_spared,
    ),
    Property(
        "delegation-within-delegator",
        Text("aucune délégation ne dépasse qui la donne", "no delegation exceeds who gives it"),
        "rules.md §3, 18",
        a_delegation_never_exceeds_its_delegator,
    ),
    Property(
        "pilot-reads-nothing",
        Text("le rôle du pilote, à lui seul, ne lit rien", "the pilot's role alone reads nothing"),
        "rules.md §3, 33",
        the_pilots_role_reads_nothing,
    ),
    Property(
        "one-answer",
        Text(
            "deux règles ne donnent jamais deux réponses au même organisme",
            "two rules never give the same body two answers",
        ),
        "rules.md §3, 30",
        one_answer_to_one_body,
    ),
    Property(
        "closed-by-default",
        Text("nul ne lit sans un titre que les textes donnent", "nobody reads without a title that the texts give"),
        "rules.md §3, 11",
        nothing_is_read_without_a_title,
    ),
    Property(
        "title-opens",
        Text("un titre que les textes donnent ouvre la lecture", "a title that the texts give opens reading"),
        "rules.md §5, B1..B9",
        a_title_opens,
    ),
    Property(
        "committee-validates",
        Text(
            "seul le comité technique valide une coproduction", "only the technical committee validates a coproduction"
        ),
        "rules.md §3, 7",
        only_the_committee_validates,
    ),
    Property(
        "readers-execute",
        Text(
            "nul n'exécute un traitement sur ce qu'il ne peut pas lire, ni n'y lit plus",
            "nobody executes a process on what it may not read, nor reads more by it",
        ),
        "Charte MIG, § 3.2.2 ; rules.md §3, 11",
        only_readers_execute,
    ),
)
