"""The rule book as values: `rulebook.yml` read once, each word checked, ready for `decide`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

import yaml

from mig_idg.charter.conditions import CONDITIONS, Condition
from mig_idg.charter.facts import ACTIONS
from mig_idg.charter.settings import DEFAULTS, Settings
from mig_idg.charter.views import VIEWS, ViewOf
from mig_idg.errors import Text

UNKNOWN = "unknown"  # stands for every action the rules do not know
NO_OBLIGATIONS: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the rule book. `actions` None is whatever was asked, known or not.

    `when` must all hold, one of `any` must (when there are some), and none of the rules named by `unless` may.
    `responsible` says which body answers for the use, when it is not the one asking: its views name it. `article` cites
    all it rests on; `article_for_kind` what counts for one kind of data.
    """

    id: str
    article: str
    effect: Literal["permit", "forbid"]
    actions: frozenset[str] | None
    when: tuple[Condition, ...]
    any: tuple[Condition, ...]
    unless: tuple[str, ...]
    masks: bool
    view: ViewOf | None
    responsible: Literal["ept", "delegator"] | None
    obligations: tuple[str, ...]
    obligations_for_action: Mapping[str, tuple[str, ...]]
    obligations_for_licence: Mapping[str, tuple[str, ...]]
    sentence: Text
    article_for_kind: Mapping[str, str] = field(default_factory=dict)

    def article_on(self, kind: str | None) -> str:
        """The articles it rests on for data of this kind: an article on coproduced data founds nothing on others."""
        return self.article_for_kind.get(kind or "", self.article)

    def concerns(self, action: str) -> bool:
        """Whether the rule speaks of this action at all."""
        return self.actions is None or action in self.actions


@dataclass(frozen=True)
class RuleBook:
    """The rules in their published order, the reading of the ambiguous places, and the words of the conditions."""

    rules: tuple[Rule, ...]
    silence: Rule
    words: Mapping[str, Text]
    settings: Settings = DEFAULTS
    _by_action: dict[str, tuple[tuple[Rule, ...], tuple[Rule, ...]]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_action", {action: self._sorted_out(action) for action in (*ACTIONS, UNKNOWN)})

    def _sorted_out(self, action: str) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
        concerned = [rule for rule in self.rules if rule.concerns(action)]
        forbids = tuple(rule for rule in concerned if rule.effect == "forbid")
        return forbids, tuple(rule for rule in concerned if rule.effect == "permit")

    def for_action(self, action: str) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
        """The forbids, then the permits, that speak of an action, each in order."""
        return self._by_action.get(action, self._by_action[UNKNOWN])

    def rule(self, id: str) -> Rule:
        """The rule with this id; KeyError when there is none."""
        return next((r for r in (*self.rules, self.silence) if r.id == id), None) or _no_rule(id)

    def read_as(self, settings: Settings) -> RuleBook:
        """The same rules, the ambiguous places read otherwise."""
        return replace(self, settings=settings)


def _no_rule(id: str) -> Rule:
    raise KeyError(id)


def parse(text: str) -> RuleBook:
    """The rule book written in a YAML text; ValueError when a rule uses a word that is not defined."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    told = yaml.load(text, Loader=loader)  # noqa: S506 (safe loader)
    words = {name: Text(**sentence) for name, sentence in told["conditions"].items()}
    if missing := set(CONDITIONS) ^ set(words):
        raise ValueError(f"conditions without words, or words without condition: {sorted(missing)}")
    rules = tuple(_rule(entry) for entry in told["rules"])
    return RuleBook(rules[:-1], rules[-1], MappingProxyType(words))


def _rule(told: dict[str, Any]) -> Rule:
    told = dict(told)
    actions = told.pop("actions")
    return Rule(
        id=told.pop("id"),
        article=told.pop("article"),
        effect=told.pop("effect"),
        actions=_actions(actions),
        when=tuple(_defined(CONDITIONS, name) for name in told.pop("when", ())),
        any=tuple(_defined(CONDITIONS, name) for name in told.pop("any", ())),
        unless=tuple(told.pop("unless", ())),
        masks=told.pop("masks", None) == "exceptions",
        view=_defined(VIEWS, told.pop("view")) if "view" in told else None,
        responsible=told.pop("responsible", None),
        obligations=tuple(told.pop("obligations", NO_OBLIGATIONS)),
        obligations_for_action={a: tuple(codes) for a, codes in told.pop("obligations_for_action", {}).items()},
        obligations_for_licence={a: tuple(codes) for a, codes in told.pop("obligations_for_licence", {}).items()},
        sentence=Text(told.pop("fr"), told.pop("en")),
        article_for_kind=told.pop("article_for_kind", {}),
        **told,  # anything left over is a key no rule has: TypeError
    )


def _actions(told: str | list[str]) -> frozenset[str] | None:
    match told:
        case "whatever" | "silence":
            return None
        case "known":
            return ACTIONS
        case list() if ACTIONS.issuperset(told):
            return frozenset(told)
        case _:
            raise ValueError(f"unknown actions: {told}")


def _defined[T](known: Mapping[str, T], name: str) -> T:
    if name not in known:
        raise ValueError(f"{name} is not defined")
    return known[name]


TEXT = (files(__package__) / "rulebook.yml").read_text("utf-8")
RULEBOOK = parse(TEXT)
