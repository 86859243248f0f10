"""Every property, asked of every action: proved, denied by an example, or neither."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import z3

from mig_idg.charter.proofs.examples import Shown, smallest
from mig_idg.charter.proofs.kinds import Unknown, without_formula
from mig_idg.charter.proofs.properties import EVERY_ACTION, PROPERTIES, Property, Question
from mig_idg.charter.proofs.source import NotFollowed, both
from mig_idg.charter.rulebook import RULEBOOK, RuleBook
from mig_idg.errors import Lang, Text

SECONDS = 30  # for one formula; the slowest takes a tenth of one


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a property: proved for all worlds (`proved`), or denied by `example`, for `action`.

    Neither proved nor denied is not proved: `why` says what was met.
    """

    property: Property
    proved: bool
    action: str | None = None
    example: tuple[Shown, ...] = ()
    why: str | None = None

    def sentence(self) -> Text:
        """What was proved, or what was met."""
        text = self.property.text
        if self.proved:
            return Text(f"{text.fr} ; prouvé pour tous les mondes.", f"{text.en}; proved for all worlds.")
        if self.why is not None:
            return Text(f"{text.fr} ; NON PROUVÉ ({self.why}).", f"{text.en}; NOT PROVED ({self.why}).")
        return Text(f"{text.fr} ; DÉMENTI pour « {self.action} ».", f"{text.en}; DENIED for “{self.action}”.")

    def as_json(self, lang: Lang) -> dict[str, Any]:
        """The verdict as plain values."""
        wanted = self.property
        told = {"property": wanted.id, "text": wanted.text.in_(lang), "source": wanted.source, "proved": self.proved}
        return {**told, "action": self.action, "why": self.why}

    def scenarios(self) -> Iterator[tuple[str, str]]:
        """The scenario files of the example, each with its name."""
        names = {0: (), 1: ("",), 2: ("-before", "-after")}[len(self.example)]
        for name, shown in zip(names, self.example, strict=True):
            comment = f"{self.property.text.fr} : démenti.\n{self.property.text.en}: denied."
            yield f"{self.property.id}{name}.yml", shown.as_scenario(comment)


def prove(
    book: RuleBook = RULEBOOK,
    properties: Iterable[Property] = PROPERTIES,
    actions: Iterable[str] = EVERY_ACTION,
) -> Iterator[Verdict]:
    """A verdict for each property, as they come."""
    missing = without_formula()
    questions = {action: Question(Unknown(), action, book) for action in actions}
    for wanted in properties:
        if missing:
            yield Verdict(wanted, False, why=f"no formula: {', '.join(missing)}")
            continue
        try:
            yield _verdict(wanted, questions, book)
        except NotFollowed as error:
            yield Verdict(wanted, False, why=f"no formula: {error}")


def all_proved(book: RuleBook = RULEBOOK) -> bool:
    """Whether every property is proved; the first that is not ends the search, and no example is looked for."""
    if without_formula():
        return False
    for action in EVERY_ACTION:
        question = Question(Unknown(), action, book)
        for wanted in PROPERTIES:
            for denial in wanted.denials(question):
                if denial.formula is not False and _asked(both(question.assumed, denial.formula)) != z3.unsat:
                    return False
    return True


def _verdict(wanted: Property, questions: dict[str, Question], book: RuleBook) -> Verdict:
    for action, question in questions.items():
        for place, denial in enumerate(wanted.denials(question)):
            if denial.formula is False:
                continue
            answer = _asked(both(question.assumed, denial.formula))
            if answer == z3.unsat:
                continue
            example = smallest(wanted, action, place, book)
            if example is None:
                return Verdict(wanted, False, action, why=f"z3: {answer}")
            agree = all(shown.as_the_formulas for shown in example)
            return Verdict(wanted, False, action, example, None if agree else "the formulas and decide disagree")
    return Verdict(wanted, True)


def _asked(formula: z3.BoolRef) -> z3.CheckSatResult:
    solver = z3.Solver()
    solver.set("timeout", SECONDS * 1000)
    solver.add(formula)
    return solver.check()
