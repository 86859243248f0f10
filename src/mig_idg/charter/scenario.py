"""Scenario files: a small partnership, questions on it, and the answers one expects. Pure: text in, answers out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mig_idg.charter.citations import same
from mig_idg.charter.decision import Decision, decide
from mig_idg.charter.facts import Facts
from mig_idg.charter.rulebook import RULEBOOK, RuleBook
from mig_idg.charter.scenario_file import LISTED, Question, Remark, Scenario, parse
from mig_idg.errors import Lang

__all__ = ["Question", "Remark", "Scenario", "answer", "as_json", "differences", "parse"]


def answer(question: Question, facts: Facts, rulebook: RuleBook = RULEBOOK, lang: Lang = "fr") -> dict[str, Any]:
    """The answer to a question in the shape of `--json`; `rows` is there only when rows are limited."""
    decision = decide(question.request, facts, rulebook)
    told = as_json(decision, lang)
    ok = None if question.expect is None else not differences(question.expect, told)
    return {"name": question.name, **told, "ok": ok}


def as_json(decision: Decision, lang: Lang = "fr") -> dict[str, Any]:
    """A decision as plain values: lists sorted, `other` in the order of the book."""
    told: dict[str, Any] = {
        "outcome": decision.outcome,
        "rule": decision.rule,
        "article": decision.article,
        "reason": decision.reason.in_(lang),
        "hidden": sorted(decision.hidden),
        "obligations": list(decision.obligations),
        "other": list(decision.other),
    }
    if decision.permitted and decision.rows is not None:
        told["rows"] = sorted(decision.rows)
    return told


def differences(expect: Mapping[str, Any], told: Mapping[str, Any]) -> tuple[str, ...]:
    """The keys on which the answer is not the expected one; lists are compared whatever their order."""
    return tuple(key for key, value in expect.items() if not _same(key, value, told.get(key)))


def _same(key: str, expected: Any, told: Any) -> bool:
    if key in LISTED and told is not None:
        return sorted(expected) == sorted(told)
    if key == "article" and isinstance(expected, str) and isinstance(told, str):
        return same(expected, told)
    return bool(expected == told)
