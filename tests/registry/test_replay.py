"""A year of acts, replayed: what the registry answers for any day, as known at any instant, is what a plain list says.

The model below knows nothing of SQL: it keeps what each act said, in order, and rebuilds the world from the acts known
at the instant asked about.
"""

from datetime import date, timedelta
from random import Random

import pytest

from mig_idg.charter import (
    AccessRequest,
    Dataset,
    EptCommune,
    Facts,
    Membership,
    Restriction,
    Span,
    SubDistribution,
    decide,
)
from mig_idg.charter import Terms as CharterTerms
from mig_idg.errors import Problem
from mig_idg.registry import declared, ept, exceptions, facts, membership, terms, withdrawal
from mig_idg.registry.exceptions import Exception_
from mig_idg.registry.membership import Piece
from mig_idg.registry.membership_status import PIECES
from mig_idg.registry.terms import Terms

pytestmark = pytest.mark.slow

YEAR = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
BODIES = ["92050", "92024", "92012", "ept-t4", "92033"]
QUESTIONS = [(who, action) for who in (*BODIES, None) for action in ("query", "download", "discover")]


class Days:
    """What holds on which day: one value per day, as plain as it can be."""

    def __init__(self):
        self.said = []

    def put(self, start, end, value):
        self.said.append((start, end, value))

    def on(self, day):
        found = [value for start, end, value in self.said if start <= day and (end is None or day < end)]
        return found[-1] if found else None


class Model:
    """The world as a list of acts makes it."""

    def __init__(self, acts):
        self.members = {body: Days() for body in BODIES}
        self.served, self.terms, self.exceptions = Days(), Days(), {}
        for name, day, *rest in acts:
            getattr(self, name)(day, *rest)

    def admit(self, day, body):
        self.members[body].put(day, None, True)

    def leave(self, day, body):
        self.members[body].put(day, None, False)
        if body == "ept-t4":
            self.served.put(day, None, None)

    def offer(self, day):
        self.served.put(day, None, "offered")

    def accept(self, day):
        self.served.put(day, None, "accepted")

    def stop(self, day):
        self.served.put(day, None, None)

    def open(self, day, mode, actions):
        self.terms.put(day, None, (mode, actions))

    def close(self, day, number, attribute):
        self.exceptions[number] = (attribute, Days())
        self.exceptions[number][1].put(day, None, True)

    def lift(self, day, number):
        self.exceptions[number][1].put(day, None, False)

    def world(self, day):
        one = Span(day, day + timedelta(days=1))
        mode_actions = self.terms.on(day)
        state = self.served.on(day)
        dataset = Dataset(
            "pcrs",
            "mutualised",
            "published",
            owner="92036",
            attributes=("geom", "nature", "phone"),
            terms=mode_actions
            and CharterTerms(mode_actions[0], frozenset(mode_actions[1]), extends_to_ept_communes=True),
            exceptions=tuple(
                Restriction("E1", frozenset([attribute]))
                for attribute, days in self.exceptions.values()
                if days.on(day)
            ),
        )
        return Facts(
            charter=Span(date(2022, 1, 1), date(2027, 1, 1)),
            memberships=(
                Membership("92036", Span(date(2022, 1, 1))),
                *(Membership(body, one) for body in BODIES if self.members[body].on(day)),
            ),
            ept_communes=(EptCommune("ept-t4", "92033"), EptCommune("ept-t4", "92050")),
            sub_distributions=(SubDistribution("ept-t4", "92033", state == "accepted"),) if state else (),
            datasets={"pcrs": dataset},
        )


class Life:
    """One random year on the registry; `acts` is what was done, with the instant it was known."""

    def __init__(self, conn, on, seed):
        self.conn, self.on, self.random, self.acts, self.open_exceptions = conn, on, Random(seed), [], []

    def done(self, *act):
        self.acts.append((act, self.conn.execute("select max(recorded_at) from registry.act").fetchone()[0]))

    def day(self, day):
        """One day of the year: one thing is tried; what the charter refuses is not done."""
        try:
            with self.conn.transaction():
                self.random.choice(
                    [self.membership, self.membership, self.ept, self.terms, self.exception, self.late_letter]
                )(day)
        except Problem:
            pass

    def membership(self, day):
        body = self.random.choice([b for b in BODIES if b != "92033"])
        if facts.load(self.conn, day).member(body, day):
            withdrawal.withdraw(self.conn, body, day, self.on(day))
            self.done("leave", day, body)
            return
        membership.apply(self.conn, body, self.on(day))
        for kind in PIECES:
            membership.add_piece(self.conn, body, Piece(kind, "1", day, day), self.on(day))
        membership.admit(self.conn, body, self.on(day))
        self.done("admit", day, body)

    def late_letter(self, day):
        """A letter received some days ago is typed in today, unless the body came back meanwhile."""
        body = self.random.choice(BODIES)
        received = day - timedelta(days=self.random.randint(1, 10))
        world = facts.load(self.conn, day)
        if any(span.start and span.start <= received and span.end is None for span in world.memberships_of(body)):
            withdrawal.withdraw(self.conn, body, received, self.on(day))
            self.done("leave", received, body)

    def ept(self, day):
        act = self.random.choice(["offer", "accept", "stop"])
        verb = {"offer": ept.sub_distribute, "accept": ept.acknowledge, "stop": ept.end}[act]
        verb(self.conn, "ept-t4", "92033", self.on(day))
        self.done(act, day)

    def terms(self, day):
        mode = self.random.choice(["all_partners", "closed"])
        actions = self.random.choice([("query",), ("query", "download")])
        terms.set_terms(self.conn, "pcrs", Terms(mode, actions, extends_to_ept_communes=True), self.on(day))
        self.done("open", day, mode, actions)

    def exception(self, day):
        if self.open_exceptions and self.random.random() < 0.5:
            number = self.open_exceptions.pop()
            exceptions.lift(self.conn, number, self.on(day))
            self.done("lift", day, number)
            return
        attribute = self.random.choice(["nature", "phone"])
        said = Exception_("E1", "CRPA L311-6", "greffier", date(2027, 6, 1), (attribute,))
        number = exceptions.declare(self.conn, "pcrs", said, self.on(day)).details["exception"]
        self.open_exceptions.append(number)
        self.done("close", day, number, attribute)


def seen(world, day):
    """Every answer of the day, as somebody would notice it."""
    told = {}
    for who, action in QUESTIONS:
        decision = decide(AccessRequest(who, frozenset(), action, "pcrs", day), world)
        told[who, action] = (decision.outcome, decision.rule, decision.hidden, decision.obligations, decision.other)
    return told


@pytest.mark.parametrize("seed", range(3))
def test_a_year_of_acts_is_answered_as_a_plain_list_of_them_would(registry, on, adhere, seed):
    adhere(registry, "92036", date(2022, 1, 1))
    told = {"id": "pcrs", "kind": "mutualised", "owner": "92036", "columns": ["geom", "nature", "phone"]}
    declared.record(registry, told, "greffier", date(2022, 1, 1))
    life = Life(registry, on, seed)
    for day in YEAR[:: 3 + seed % 2]:
        life.day(day)
    assert len(life.acts) > 30
    for known_at in [None, *(instant for _, instant in life.acts[9::16])]:
        model = Model([act for act, instant in life.acts if known_at is None or instant <= known_at])
        for day in YEAR[:: 23 + seed]:
            assert seen(facts.load(registry, day, known_at), day) == seen(model.world(day), day), (day, known_at)
