"""The smallest world that denies a property, read back as facts and written as a scenario file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import yaml
import z3

from mig_idg.charter import facts
from mig_idg.charter.decision import AccessRequest, Decision, decide
from mig_idg.charter.facts import Facts, Membership, Span
from mig_idg.charter.proofs.kinds import DATASET, DAY, TABLES, Model, One, Unknown
from mig_idg.charter.proofs.properties import Asked, Denial, Property, Question
from mig_idg.charter.proofs.source import both
from mig_idg.charter.proofs.world import World
from mig_idg.charter.rulebook import RuleBook

LARGEST = 3  # rows of each table, at most; the properties name fewer facts
SECONDS = 20


@dataclass(frozen=True, slots=True)
class Shown:
    """One world of an example, the question asked there, and what the real `decide` answers."""

    facts: Facts
    request: AccessRequest
    decision: Decision
    as_the_formulas: bool

    def as_scenario(self, comment: str) -> str:
        """The scenario file of this world: `charter check` reads it and finds the same answer."""
        decision = self.decision
        expect = {"outcome": decision.outcome, "rule": decision.rule, "other": list(decision.other)}
        if decision.permitted:
            expect["hidden"] = sorted(decision.hidden)
        question = {
            "organisation": self.request.organisation,
            "roles": sorted(self.request.roles),
            "action": self.request.action,
            "dataset": self.request.dataset,
            "on": str(self.request.on),
            "expect": expect,
        }
        told = {"world": _world(self.facts), "questions": [_plain(question)]}
        lines = "".join(f"# {line}\n" for line in comment.splitlines())
        return lines + yaml.safe_dump(told, allow_unicode=True, sort_keys=False)


def smallest(wanted: Property, action: str, place: int, book: RuleBook) -> tuple[Shown, ...] | None:
    """The smallest example of the denial at `place` of a property: one world, or two (before, after); None if none."""
    for few in range(LARGEST + 1):
        question = Question(Unknown(few), action, book)
        question.unknown.domain("attributes", question.attribute.sort())
        denial = list(wanted.denials(question))[place]
        bodies = [question.organisation, question.other, question.field("owner").term, *question.unknown.bodies]
        model = _smallest(question, denial, bodies)
        if model is not None:
            names = {"ORGANISATION": question.organisation, "OTHER": question.other}
            read = Model(model, question.unknown, bodies, names)
            return tuple(_shown(asked, read, action, book) for asked in denial.shown)
    return None


def _smallest(question: Question, denial: Denial, bodies: list[z3.ExprRef]) -> Any:
    """A model of the denial in which as few facts as possible are told."""
    formula = both(question.assumed, denial.formula)
    unknown = question.unknown
    facts_told = [*unknown.flags, *(contains(body) for contains in unknown.sets for body in bodies)]
    solver = z3.Optimize()
    solver.set("timeout", SECONDS * 1000)
    solver.add(formula if not isinstance(formula, bool) else z3.BoolVal(formula))
    for told in facts_told:
        if not isinstance(told, bool):
            solver.add_soft(z3.Not(told))
    return solver.model() if solver.check() == z3.sat else None


def _shown(asked: Asked, model: Model, action: str, book: RuleBook) -> Shown:
    told = read_world(asked.world, model)
    roles = frozenset(role for role, held in asked.asker.roles.items() if model.true(held))
    request = AccessRequest(model.body(asked.asker.body), roles, action, DATASET, DAY)
    decision = decide(request, told, book)
    return Shown(told, request, decision, decision.permitted == model.true(asked.answer.permitted))


def read_world(world: World, model: Model) -> Facts:
    """A world of an example, as facts."""
    memberships = [Membership(model.name(b)) for b in model.bodies if model.true(world.member(b))]
    left = [Membership(model.name(b), Span(None, DAY)) for b in model.bodies if model.true(world.left(b))]
    return Facts(
        charter=facts.ALWAYS if model.true(world.in_force) else Span(None, DAY),
        memberships=(*memberships, *left),
        datasets={DATASET: One(facts.Dataset).read(world.dataset, model)},
        **{name: table.read(world.tables[name], model) for name, table in TABLES.items()},
    )


# ── a scenario file ──────────────────────────────────────────────────────────────────────────────────────────────


def _world(told: Facts) -> dict[str, Any]:
    tables = {name: [_plain_fact(row) for row in getattr(told, name)] for name in ("memberships", *TABLES)}
    charter = {} if told.charter is None else _span(told.charter)
    datasets = {id: _dataset(dataset) for id, dataset in told.datasets.items()}
    return _plain({"charter": charter, **tables}) | {"datasets": datasets}


def _dataset(dataset: facts.Dataset) -> dict[str, Any]:
    told = _plain_fact(dataset)
    told.pop("id")
    if dataset.frozen_audience is not None:
        told["frozen_audience"] = sorted(dataset.frozen_audience)
    if dataset.terms is not None:
        told["terms"] = _terms(dataset.terms)
    return told


def _terms(terms: facts.Terms) -> dict[str, Any]:
    told = {"mode": terms.mode, **_plain_fact(terms)}
    agreed = [*told.pop("agreed", []), *told.pop("agreements", [])]
    return told | ({"agreed": agreed} if agreed else {})


def _plain_fact(fact: Any) -> dict[str, Any]:
    """A fact as the keys of a scenario file; what is as by default is left out."""
    told: dict[str, Any] = {}
    for known in fields(fact):
        value = getattr(fact, known.name)
        if isinstance(value, Span):
            told |= _span(value)
        elif known.name == "exceptions" or known.name == "agreements":
            told[known.name] = [_plain_fact(one) for one in value]
        elif known.name != "terms":
            told[known.name] = sorted(value) if isinstance(value, frozenset) else value
    return _plain({key: list(value) if isinstance(value, tuple) else value for key, value in told.items()})


def _span(span: Span) -> dict[str, Any]:
    return _plain({"from": span.start and str(span.start), "to": span.end and str(span.end)})


def _plain(told: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in told.items() if value not in (None, [], {}, False)}
