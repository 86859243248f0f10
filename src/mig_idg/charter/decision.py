"""May they? One pure function: a request, the facts, the rule book; a decision that can say why.

Forbids first, and one that holds is final. Then every permit that holds is a basis: the first is the stated one and
gives the obligations, the view is the widest they give together, less what exceptions mask. Silence refuses. A
condition that raises refuses too, and says so: a right that cannot be read is no right.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal, cast

from mig_idg.charter import messages
from mig_idg.charter.case import AccessRequest, Case
from mig_idg.charter.facts import NOBODY, Facts, ReadingTaken
from mig_idg.charter.rulebook import RULEBOOK, Rule, RuleBook
from mig_idg.charter.settings import Settings
from mig_idg.charter.views import View, joined
from mig_idg.charter.what_if import way_in
from mig_idg.errors import Text

__all__ = ["AccessRequest", "Consulted", "Decision", "decide"]

Outcome = Literal["permit", "deny"]


@dataclass(frozen=True, slots=True)
class Consulted:
    """One rule of the book, whether it held, and why; `held` None is a rule that could not be evaluated."""

    rule: str
    article: str
    effect: str
    held: bool | None
    why: Text


@dataclass(frozen=True, slots=True)
class Why:
    """What the words of a decision are made from, when somebody reads them."""

    case: Case
    rulebook: RuleBook
    rule: Rule
    responsible: str | None = None
    failed: str | None = None
    told: list[Text] = field(default_factory=list, compare=False)  # the remedy, once somebody has read it


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to a request, and its grounds.

    `hidden`: attributes not shown. `rows`: None for all rows, else the codes of the communes whose rows show (an empty
    set shows none). `obligations`: sorted; the route carries them out or refuses. `other`: the other permits that hold,
    in the order of the book. `facts`: the number of the facts it was taken on. A refusal hides and shows nothing.
    """

    outcome: Outcome
    rule: str
    article: str
    hidden: frozenset[str]
    rows: frozenset[str] | None
    obligations: tuple[str, ...]
    other: tuple[str, ...]
    facts: int
    _why: Why = field(repr=False, compare=False)

    @property
    def permitted(self) -> bool:
        """Whether the outcome is a permit."""
        return self.outcome == "permit"

    @property
    def failed(self) -> str | None:
        """The rule that could not be evaluated, and an alarm for whoever runs the platform; None when all could."""
        return self._why.failed

    @property
    def reason(self) -> Text:
        """The answer as a town clerk would understand it."""
        return messages.reason(self._why.case, self._why.rule, self._why.responsible, self._why.failed)

    @property
    def remedy(self) -> Text | None:
        """Whom to ask, or what would open it; None when the answer is a permit."""
        if self.permitted:
            return None
        if not self._why.told:
            self._why.told.append(_remedy(self._why))
        return self._why.told[0]

    @property
    def consulted(self) -> tuple[Consulted, ...]:
        """Every rule of the book, in order, with whether it held and why."""
        return tuple(_consult(rule, self._why) for rule in self._why.rulebook.rules)


def decide(request: AccessRequest, facts: Facts, rulebook: RuleBook = RULEBOOK) -> Decision:
    """The charter's answer to a request on these facts; whatever goes wrong on the way is a refusal, never an error."""
    case = Case(request, facts, settings_of(facts, rulebook), lambda other: decide(other, facts, rulebook))
    forbids, permits = rulebook.for_action(request.action)
    rule = rulebook.silence
    try:
        for rule in forbids:
            if _holds(rule, case, ()):
                return _refusal(Why(case, rulebook, rule))
        bases: list[Rule] = []
        for rule in permits:
            if _holds(rule, case, bases):
                bases.append(rule)
        if not bases:
            return _refusal(Why(case, rulebook, rulebook.silence))
        rule = bases[0]
        return _permit(case, rulebook, forbids, bases)
    except Exception:  # whatever a condition trips on, the answer is a refusal that says so, never a stack trace
        return _refusal(Why(case, rulebook, rulebook.rules[0], failed=rule.id))


def settings_of(facts: Facts, rulebook: RuleBook = RULEBOOK) -> Settings:
    """How the ambiguous places are read: as the partnership decided, else as the rule book proposes."""
    if not facts.readings:
        return rulebook.settings
    taken: dict[str, Any] = {}
    for reading in facts.readings:
        if reading.setting is not None:
            taken[reading.setting] = reading.choice
        if reading.setting == "charter_end":
            taken["grace_days"] = reading.days
    return replace(rulebook.settings, **taken)


def readings_behind(request: AccessRequest, facts: Facts, rulebook: RuleBook = RULEBOOK) -> tuple[ReadingTaken, ...]:
    """The readings taken by the partnership without which the answer would be another."""
    given = decide(request, facts, rulebook)
    return tuple(
        reading
        for reading in facts.readings
        if decide(request, replace(facts, readings=tuple(r for r in facts.readings if r is not reading)), rulebook)
        != given
    )


def _holds(rule: Rule, case: Case, held: tuple[Rule, ...] | list[Rule]) -> bool:
    """Whether a rule that speaks of the action holds, knowing which permits before it do."""
    for condition in rule.when:
        if not condition(case):
            return False
    if any(earlier.id in rule.unless for earlier in held):
        return False
    for condition in rule.any:
        if condition(case):
            return True
    return not rule.any


def _permit(case: Case, rulebook: RuleBook, forbids: tuple[Rule, ...], bases: list[Rule]) -> Decision:
    stated = bases[0]
    views = [view for rule in bases for view in _views(rule, case)]
    wide = joined(views)
    masks = case.masks if any(rule.masks for rule in forbids) else NOBODY
    responsible = views[0].responsible
    return Decision(
        outcome="permit",
        rule=stated.id,
        article=stated.article_on(case.kind),
        hidden=wide.hidden | masks,
        rows=wide.rows,
        obligations=_obligations(stated, case, responsible),
        other=tuple(rule.id for rule in bases[1:]),
        facts=case.facts.number,
        _why=Why(case, rulebook, stated, responsible),
    )


def _views(rule: Rule, case: Case) -> tuple[View, ...]:
    """What a permit shows; LookupError for a rule of the book that forgot to say it."""
    if rule.view is None:
        raise LookupError(rule.id)
    return rule.view(case)


def _obligations(rule: Rule, case: Case, responsible: str | None) -> tuple[str, ...]:
    codes = rule.obligations
    if case.action in rule.obligations_for_action:
        codes += rule.obligations_for_action[case.action]
    if rule.obligations_for_licence:
        codes += rule.obligations_for_licence[cast("str", case.dataset.licence)]
    if responsible is not None:
        codes += (f"RESPONSIBLE:{responsible}",)
    return tuple(sorted(codes))


def _refusal(why: Why) -> Decision:
    article = why.rule.article_on(why.case.kind)
    return Decision("deny", why.rule.id, article, NOBODY, NOBODY, (), (), why.case.facts.number, why)


def _remedy(why: Why) -> Text:
    def ask(request: AccessRequest, facts: Facts) -> Decision:
        return decide(request, facts, why.rulebook)

    return messages.remedy(why.case, why.rule) or way_in(why.case.request, why.case.facts, ask)


def _consult(rule: Rule, why: Why) -> Consulted:
    """What one rule says of the case, evaluated again for whoever asks."""
    held, reason = _verdict(rule, why.case, why.rulebook)
    return Consulted(rule.id, rule.article_on(why.case.kind), rule.effect, held, reason)


def _verdict(rule: Rule, case: Case, rulebook: RuleBook) -> tuple[bool | None, Text]:
    if not rule.concerns(case.action):
        return False, messages.other_action()
    if rule.id != rulebook.rules[0].id and case.known_dataset is None:
        return False, messages.dataset_unknown()
    try:
        for condition in rule.when:
            if not condition(case):
                return False, messages.missing([rulebook.words[condition.__name__]])
        alternatives = [rulebook.words[c.__name__] for c in rule.any if c(case)]
        if rule.any and not alternatives:
            return False, messages.missing([rulebook.words[c.__name__] for c in rule.any])
        for earlier in rule.unless:
            if _verdict(rulebook.rule(earlier), case, rulebook)[0]:
                return False, messages.gives_way(earlier)
    except Exception:  # said as it is: this rule could not be evaluated, hence the refusal
        return None, messages.unreadable(rule.id)
    return True, messages.met([*(rulebook.words[c.__name__] for c in rule.when), *alternatives])
