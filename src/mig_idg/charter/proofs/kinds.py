"""What each field of the facts may hold: the table from which unknown facts, known facts and examples are made.

One line a field. A field of the facts' dataclasses that has no line, or a line that has no field, stops the proofs:
what the formulas do not know of could open what they say is closed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

import z3

from mig_idg.charter import facts
from mig_idg.charter.proofs.source import (
    Body,
    Domain,
    Either,
    Follows,
    Members,
    Part,
    Record,
    Rows,
    Truth,
    Value,
    Word,
    Words,
    both,
    negated,
    one_row,
)

DAY = date(2026, 6, 1)  # the day asked about in every example; a proof looks at no other
DATASET = "d"
BODY = z3.DeclareSort("Body")
ATTRIBUTE = z3.DeclareSort("Attribute")
NOBODY = z3.Const("nobody", BODY)


class Unknown:
    """Facts nobody has told: symbols. `few` rows of each table, or any number of them (None)."""

    def __init__(self, few: int | None = None) -> None:
        self.few = few
        self.domains: dict[str, Domain] = {}
        self.flags: list[z3.BoolRef] = []  # one for each fact that a small example does without
        self.sets: list[Callable[[z3.ExprRef], Truth]] = []  # the sets of bodies, likewise
        self.bodies: list[z3.ExprRef] = []  # the bodies rows name

    def domain(self, name: str, sort: z3.SortRef) -> Domain:
        """Where the rows of a table come from."""
        if name not in self.domains:
            few = None
            if self.few is not None:
                few = tuple((z3.Const(f"{name}·{n}", sort), z3.Bool(f"{name}·{n}·there")) for n in range(self.few))
                self.flags += [there for _, there in few]
            self.domains[name] = Domain(sort, few)
        return self.domains[name]

    def rows(self, name: str) -> tuple[z3.ExprRef, ...]:
        """The named rows of a table, when there are few."""
        few = self.domains[name].few if name in self.domains else ()
        return tuple(value for value, _ in few or ())


Path = tuple[str, tuple[z3.ExprRef, ...]]


def symbol(path: Path, sort: z3.SortRef, *more: z3.SortRef) -> Any:
    """The symbol of a field: a constant, or a function of the row it is in and of what `more` asks for."""
    name, row = path
    return z3.Function(name, *(value.sort() for value in row), *more, sort)


def under(path: Path, name: str) -> Path:
    """The path of a field of an object."""
    return f"{path[0]}.{name}", path[1]


class Kind:
    """What a field may hold: as symbols (`unknown`), as told (`known`), and read back from a model (`read`)."""

    def unknown(self, path: Path, world: Unknown) -> Value:
        raise NotImplementedError

    def known(self, told: Any) -> Value:
        raise NotImplementedError

    def read(self, value: Value, model: Model) -> Any:
        raise NotImplementedError


class Flag(Kind):
    """True or false."""

    def unknown(self, path: Path, world: Unknown) -> Value:
        told = symbol(path, z3.BoolSort())(*path[1])
        if not path[1]:
            world.flags.append(told)
        return told

    def known(self, told: Any) -> Value:
        return bool(told)

    def read(self, value: Value, model: Model) -> Any:
        return model.true(value)


class Days(Kind):
    """A span, of which only matters whether it covers the day."""

    def unknown(self, path: Path, world: Unknown) -> Value:
        return _span(symbol(under(path, "covers"), z3.BoolSort())(*path[1]))

    def known(self, told: Any) -> Value:
        return _span(told.covers(DAY))

    def read(self, value: Value, model: Model) -> Any:
        return facts.ALWAYS if model.true(value.known["covers"](DAY)) else facts.Span(None, DAY)


def _span(covers: Truth) -> Record:
    return Record(facts.Span, {"covers": Follows(lambda _: covers)})


class OneOf(Kind):
    """A word of a vocabulary, None among them or not."""

    def __init__(self, name: str, words: tuple[str | None, ...]) -> None:
        self.words = words
        _, values = z3.EnumSort(name, [f"{name}.{word}" for word in words])
        self.members = dict(zip(words, values, strict=True))

    def unknown(self, path: Path, world: Unknown) -> Value:
        term = symbol(path, next(iter(self.members.values())).sort())(*path[1])
        if None in self.members and not path[1]:
            world.flags.append(term != self.members[None])
        return Word(term, self.members)

    def known(self, told: Any) -> Value:
        return Word(told, dict.fromkeys(self.words) | {word: word for word in (*self.words, told)})

    def read(self, value: Value, model: Model) -> Any:
        found = model.value(value.term)
        return next(word for word, member in self.members.items() if member.eq(found))


class AnOrganisation(Kind):
    """A body; None when `optional`."""

    def unknown(self, path: Path, world: Unknown) -> Value:
        term = symbol(path, BODY)(*path[1])
        return Body(term, NOBODY)

    def known(self, told: Any) -> Value:
        return Body(told, None)

    def read(self, value: Value, model: Model) -> Any:
        return model.body(value.term)


class Organisations(Kind):
    """A set of bodies; nobody is never in it."""

    def unknown(self, path: Path, world: Unknown) -> Value:
        holds = symbol(path, z3.BoolSort(), BODY)
        empty = symbol(under(path, "empty"), z3.BoolSort())(*path[1])

        def contains(body: z3.ExprRef) -> Truth:
            return both(negated(empty), body != NOBODY, holds(*path[1], body))

        if not path[1]:
            world.sets.append(contains)
            world.flags.append(z3.Not(empty))
        return Members(contains, empty)

    def known(self, told: Any) -> Value:
        return Members(lambda body: body in told, not told)

    def read(self, value: Value, model: Model) -> Any:
        if model.true(value.empty):
            return facts.NOBODY
        return frozenset(model.name(b) for b in model.bodies if model.true(value.contains(b))) or frozenset({"GHOST"})


class Attributes(Kind):
    """A set of attributes, not all of the dataset's own perhaps."""

    def unknown(self, path: Path, world: Unknown) -> Value:
        holds = symbol(path, z3.BoolSort(), ATTRIBUTE)
        empty = symbol(under(path, "empty"), z3.BoolSort())(*path[1])
        if not path[1]:
            world.flags.append(z3.Not(empty))
        return Members(lambda attribute: both(negated(empty), holds(*path[1], attribute)), empty)

    def known(self, told: Any) -> Value:
        return Members(lambda attribute: attribute in told, not told)

    def read(self, value: Value, model: Model) -> Any:
        if model.true(value.empty):
            return facts.NOBODY
        return frozenset(a for a, term in model.attributes.items() if model.true(value.contains(term))) or frozenset(
            {"ghost"}
        )


class OwnAttributes(Kind):
    """The attributes of the dataset itself."""

    def unknown(self, path: Path, world: Unknown) -> Value:
        domain = world.domain("attributes", ATTRIBUTE)
        holds = symbol(path, z3.BoolSort(), ATTRIBUTE)
        return Members(lambda a: holds(a), negated(domain.exists(lambda a: holds(a))), domain)

    def known(self, told: Any) -> Value:
        few = tuple((name, True) for name in told)
        return Members(lambda a: a in told, not told, Domain(ATTRIBUTE, few))

    def read(self, value: Value, model: Model) -> Any:
        there = {
            model.attribute(term) for term, there in model.world.domains["attributes"].few or () if model.true(there)
        }
        return tuple(
            a for a, term in sorted(model.attributes.items()) if a in there and model.true(value.contains(term))
        )


class SomeWords(Kind):
    """A set of words of a vocabulary."""

    def __init__(self, words: tuple[str, ...]) -> None:
        self.words = words

    def unknown(self, path: Path, world: Unknown) -> Value:
        held = {word: symbol(under(path, word), z3.BoolSort())(*path[1]) for word in self.words}
        if not path[1]:
            world.flags += held.values()
        return Words(held)

    def known(self, told: Any) -> Value:
        return Words(dict.fromkeys(told, True))

    def read(self, value: Value, model: Model) -> Any:
        return frozenset(word for word, held in value.held.items() if model.true(held))


class Optional(Kind):
    """Something, or None."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind

    def unknown(self, path: Path, world: Unknown) -> Value:
        there = symbol(under(path, "told"), z3.BoolSort())(*path[1])
        if not path[1]:
            world.flags.append(there)
        return Either(((there, self.kind.unknown(path, world)), (z3.Not(there), None)))

    def known(self, told: Any) -> Value:
        return None if told is None else self.kind.known(told)

    def read(self, value: Value, model: Model) -> Any:
        if not isinstance(value, Either):
            return None if value is None else self.kind.read(value, model)
        known = next(known for guard, known in value.cases if model.true(guard))
        return None if known is None else self.kind.read(known, model)


class Is(Kind):
    """Always the same: the examples are about one dataset."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def unknown(self, path: Path, world: Unknown) -> Value:
        return self.value

    def known(self, told: Any) -> Value:
        return told

    def read(self, value: Value, model: Model) -> Any:
        return value


class One(Kind):
    """An object of a class of the facts."""

    def __init__(self, of: type) -> None:
        self.of = of

    def unknown(self, path: Path, world: Unknown) -> Value:
        kinds = FIELDS[self.of]
        return Record(self.of, {name: kind.unknown(under(path, name), world) for name, kind in kinds.items()})

    def known(self, told: Any) -> Value:
        return Record(self.of, {name: kind.known(getattr(told, name)) for name, kind in FIELDS[self.of].items()})

    def read(self, value: Value, model: Model) -> Any:
        return self.of(**{name: kind.read(value.known[name], model) for name, kind in FIELDS[self.of].items()})


class Many(Kind):
    """Any number of objects of a class of the facts."""

    def __init__(self, of: type) -> None:
        self.of, self.one = of, One(of)
        self.sort = z3.DeclareSort(of.__name__)

    def unknown(self, path: Path, world: Unknown) -> Value:
        name = self.of.__name__
        domain = world.domain(name, self.sort)

        def row(value: z3.ExprRef) -> tuple[Truth, Value]:
            told = self.one.unknown((name, (value,)), world)
            named = [v.term != NOBODY for v in told.known.values() if isinstance(v, Body)]
            return both(*named), told

        for value in world.rows(name):
            told = row(value)[1]
            world.bodies += [v.term for v in told.known.values() if isinstance(v, Body)]
            world.sets += [v.contains for field, v in told.known.items() if FIELDS[self.of][field] is BODIES]
        return Rows((Part(domain, row),))

    def known(self, told: Any) -> Value:
        rows = tuple(self.one.known(row) for row in told)
        return Rows(tuple(one_row(True, row) for row in rows))

    def read(self, value: Value, model: Model) -> Any:
        found = []
        for part in value.parts:
            few = (part.domain.few or ()) if part.domain is not None else ((None, True),)
            for term, there in few:
                guard, row = part.row(term)
                if model.true(both(there, guard)):
                    found.append(self.one.read(row, model))
        return tuple(found)


class Model:
    """An example that z3 found, read as Python."""

    def __init__(self, model: Any, world: Unknown, bodies: list[z3.ExprRef], names: Mapping[str, z3.ExprRef]) -> None:
        self.model, self.world = model, world
        self.names: dict[str, str] = {}
        for name, term in names.items():
            self.names.setdefault(str(self.value(term)), name)
        self.bodies = list({str(self.value(b)): b for b in (*names.values(), *bodies)}.values())
        self.bodies = [b for b in self.bodies if not self.value(b).eq(self.value(NOBODY))]
        terms = [term for term, there in world.domain("attributes", ATTRIBUTE).few or ()]
        self.attributes = {self.attribute(term): term for term in terms}

    def value(self, term: Any) -> Any:
        """What a term is in the example."""
        return self.model.eval(term, model_completion=True)

    def true(self, formula: Truth) -> bool:
        """Whether a formula holds in the example."""
        return formula if isinstance(formula, bool) else z3.is_true(self.value(formula))

    def body(self, term: z3.ExprRef) -> str | None:
        """The name of a body; None for nobody."""
        return None if self.value(term).eq(self.value(NOBODY)) else self.name(term)

    def name(self, term: z3.ExprRef) -> str:
        """A name for a body of the example."""
        return self.names.setdefault(str(self.value(term)), f"BODY-{len(self.names) + 1}")

    def attribute(self, term: z3.ExprRef) -> str:
        """A name for an attribute of the example."""
        return "attribute_" + str(self.value(term)).rsplit("!", 1)[-1]


STATES = tuple(dict.fromkeys(state for states in facts.STATES.values() for state in states))
SOME_DATASETS = Optional(SomeWords((DATASET,)))
ROW_LIMIT = OneOf("Rows", (None, "own_territory"))
BODY_, BODIES, SPAN, FLAG = AnOrganisation(), Organisations(), Days(), Flag()

FIELDS: dict[type, dict[str, Kind]] = {
    facts.EptCommune: {"ept": BODY_, "commune": BODY_, "span": SPAN},
    facts.SubDistribution: {
        "ept": BODY_,
        "commune": BODY_,
        "acknowledged": FLAG,
        "span": SPAN,
        "datasets": SOME_DATASETS,
        "rows": ROW_LIMIT,
    },
    facts.Delegation: {
        "delegator": BODY_,
        "contractor": BODY_,
        "acknowledged": FLAG,
        "span": SPAN,
        "datasets": SOME_DATASETS,
    },
    facts.Transfer: {
        "giver": BODY_,
        "recipient": BODY_,
        "dataset": Is(DATASET),
        "acknowledged": FLAG,
        "span": SPAN,
    },
    facts.Agreement: {"organisation": BODY_, "actions": SomeWords(tuple(sorted(facts.ACTIONS)))},
    facts.Restriction: {
        "ground": OneOf("Ground", facts.GROUNDS),
        "attributes": Attributes(),
        "objection_proved": FLAG,
        "law_allows": FLAG,
        "beneficiaries": BODIES,
        "span": SPAN,
    },
}
FIELDS[facts.Terms] = {
    "mode": OneOf("Mode", facts.MODES),
    "actions": SomeWords(tuple(sorted(facts.ACTIONS))),
    "named": BODIES,
    "agreed": BODIES,
    "hidden_attributes": Attributes(),
    "extends_to_ept_communes": FLAG,
    "allows_contractors": FLAG,
    "span": SPAN,
    "rows": ROW_LIMIT,
    "agreements": Many(facts.Agreement),
}
FIELDS[facts.Dataset] = {
    "id": Is(DATASET),
    "kind": OneOf("Kind", tuple(facts.STATES)),
    "state": OneOf("State", STATES),
    "owner": BODY_,
    "co_owners": BODIES,
    "working_group": BODIES,
    "attributes": OwnAttributes(),
    "metadata": OneOf("Metadata", facts.METADATA),
    "terms": Optional(One(facts.Terms)),
    "exceptions": Many(facts.Restriction),
    "takedown": OneOf("Takedown", (None, *facts.TAKEDOWNS)),
    "licence": OneOf("Licence", (None, "restricted", *sorted(facts.OPEN_LICENCES))),
    "frozen_audience": Optional(BODIES),
}
TABLES: dict[str, Many] = {
    "ept_communes": Many(facts.EptCommune),
    "sub_distributions": Many(facts.SubDistribution),
    "delegations": Many(facts.Delegation),
    "third_party_transfers": Many(facts.Transfer),
}
# No tables: the charter's span and the memberships are known by whether they cover the day (see world.py); `number`,
# `names` and `private` are read by no rule; `readings` choose the settings, and a proof is given under some settings.
NOT_TABLES = {"charter", "memberships", "datasets", "number", "names", "private", "readings"}


def without_formula() -> list[str]:
    """The fields of the facts that no formula knows, and the lines above that are of no field."""
    told = []
    for of, kinds in FIELDS.items():
        told += [f"{of.__name__}.{name}" for name in {f.name for f in fields(of)} ^ kinds.keys()]
    known = TABLES.keys() | NOT_TABLES
    told += [f"Facts.{f.name}" for f in fields(facts.Facts) if not f.name.startswith("_") and f.name not in known]
    return sorted(told)
