"""How answers of the charter are told on a terminal: the paragraph, the table, the lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from mig_idg.cli.acts import console, plain, show_table
from mig_idg.cli.messages import lang, say, say_json, t
from mig_idg.errors import Text

if TYPE_CHECKING:
    from mig_idg.charter import AccessRequest, Decision, Facts
    from mig_idg.charter.facts import ReadingTaken
    from mig_idg.charter.nouns import Noun


type Names = Mapping[str | None, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed, once understood: ids, not names."""

    who: str | None
    roles: frozenset[str]
    action: str
    collection: str | None
    on: date
    known_at: datetime | None

    @property
    def request(self) -> AccessRequest:
        """The question put to the charter."""
        from mig_idg.charter import AccessRequest

        return AccessRequest(self.who, self.roles, self.action, self.collection or "", self.on)


def tell_decision(asked: Asked, world: Facts, as_json: bool) -> int:
    """One decision: the paragraph, then the rules consulted."""
    from mig_idg.charter import decide
    from mig_idg.charter.decision import readings_behind

    decision = decide(asked.request, world)
    if as_json:
        behind = [
            {"number": r.number, "choice": r.choice, "decision": r.decision, "since": r.since}
            for r in readings_behind(asked.request, world)
        ]
        told = {**_asked_json(asked), **decision_json(decision), "consulted": _consulted_json(decision)}
        if decision.permitted:
            told["done_by"] = _ways(asked, world)
        say_json(told | ({"readings": behind} if behind else {}))
    else:
        for line in paragraph(asked, decision, world):
            say(line)
        _show_consulted(decision)
    return 0 if decision.permitted else 1


def paragraph(asked: Asked, decision: Decision, world: Facts) -> list[str]:
    """The answer as a town clerk would read it: yes or no, the reason, what is kept back, what is due, what to do."""
    from mig_idg.charter.citations import cited
    from mig_idg.charter.decision import readings_behind

    response = t("OUI", "YES") if decision.permitted else t("NON", "NO")
    rule = t(f"règle {decision.rule}", f"rule {decision.rule}")
    lines = [f"{response}. {decision.reason.in_(lang())} [{cited(decision.article).in_(lang())} — {rule}]"]
    if decision.hidden:
        hidden = ", ".join(sorted(decision.hidden))
        lines.append(t(f"Attributs masqués : {hidden}.", f"Attributes masked: {hidden}."))
    if decision.permitted and decision.rows is not None:
        from mig_idg.charter.messages import name

        rows = ", ".join(sorted(name(world, code).alone for code in decision.rows)) or t("aucune", "none")
        lines.append(t(f"Limité aux lignes de : {rows}.", f"Limited to the rows of: {rows}."))
    if duties := _duties(decision, world):
        lines.append(t("À respecter : ", "Duties: ") + " ".join(duties))
    if decision.other:
        lines.append(t("Aussi permis par : ", "Also permitted by: ") + ", ".join(decision.other) + ".")
    if decision.remedy is not None:
        lines.append(decision.remedy.in_(lang()))
    if decision.permitted:
        lines.append(_where(asked, world))
    lines += [_reading_told(one) for one in readings_behind(asked.request, world)]
    if asked.known_at is not None:
        lines.append(
            t(f"(d'après ce que l'on savait le {asked.known_at})", f"(from what was known at {asked.known_at})")
        )
    return lines


def _ways(asked: Asked, world: Facts) -> list[dict[str, str]]:
    """Where the action is done; every service is told, since what a declaration serves is no fact of the charter."""
    from mig_idg.guard.endpoints import EVERY_SERVICE, done_by

    name = asked.collection or ""
    return done_by(asked.action, name, {*EVERY_SERVICE, world.datasets[name].kind})


def _where(asked: Asked, world: Facts) -> str:
    from mig_idg.guard.endpoints import NOWHERE

    ways = [way.get("command") or f"{way['method']} {way['href']}" for way in _ways(asked, world)]
    if not ways:
        return NOWHERE.in_(lang())
    listed = " ; ".join(ways)
    return t(f"Où (selon ce que la couche sert) : {listed}.", f"Where (by what the layer serves): {listed}.")


def _reading_told(taken: ReadingTaken) -> str:
    """A reading of the partnership that the answer rests on, with the decision that took it."""
    from mig_idg.charter.articles import readings
    from mig_idg.charter.citations import cited
    from mig_idg.charter.messages import day

    (told,) = (one for one in readings() if one.number == taken.number)
    since = day(taken.since) if taken.since else Text("toujours", "always")
    where = cited(told.text)
    return t(
        f"Selon la lecture n° {taken.number} ({where.fr}) que le partenariat a prise, « {taken.choice} », depuis le "
        f"{since.fr} (décision n° {taken.decision} du comité de pilotage).",
        f"By reading no. {taken.number} ({where.en}) that the partnership has taken, “{taken.choice}”, since "
        f"{since.en} (decision no. {taken.decision} of the steering committee).",
    )


def _duties(decision: Decision, world: Facts) -> list[str]:
    """What the obligations of a permit ask for, in sentences; whoever answers for the use comes last."""
    from mig_idg.charter.messages import answers_for
    from mig_idg.ogc.describe.entitlements import OBLIGATIONS

    duties = [OBLIGATIONS[code].in_(lang()) for code in decision.obligations if code in OBLIGATIONS]
    for code in decision.obligations:
        if code.startswith("RESPONSIBLE:"):
            duties.append(answers_for(world, code.partition(":")[2], decision.rule).in_(lang()))
    return duties


def _show_consulted(decision: Decision) -> None:
    marks = {True: "✓", False: "·", None: "!"}
    effects = {"permit": t("permet", "permits"), "forbid": t("interdit", "forbids"), "deny": t("refuse", "refuses")}
    from rich.table import Table

    from mig_idg.charter.citations import cited

    table = Table(box=None, pad_edge=False)
    for heading in (t("règle", "rule"), "article", t("effet", "effect"), "", t("pourquoi", "why")):
        table.add_column(heading, overflow="fold")
    for rule in decision.consulted:
        effect = effects.get(rule.effect, rule.effect)
        table.add_row(
            rule.rule, plain(cited(rule.article).in_(lang())), effect, marks[rule.held], plain(rule.why.in_(lang()))
        )
    say("")
    console().print(table)


def tell_visible(asked: Asked, world: Facts, as_json: bool, *, action_given: bool) -> int:
    """Every collection for which the action is permitted to the body."""
    from mig_idg.charter.questions import visible

    action = asked.action if action_given else "discover"
    found = visible(asked.who, asked.roles, world, asked.on, action)
    rows = [{"collection": id, **decision_json(decision)} for id, decision in found.items()]
    if as_json:
        say_json({**_asked_json(asked), "action": action, "visible": rows})
        return 0
    heads = {
        "collection": "collection",
        "rule": t("règle", "rule"),
        "article": "article",
        "hidden": t("masqués", "masked"),
    }
    show_table(rows, heads, as_json=False)
    return 0


def _basis_columns() -> dict[str, str]:
    return {"rule": t("règle", "rule"), "article": "article", "hidden": t("masqués", "masked")}


def tell_who_may(asked: Asked, world: Facts, names: Names, as_json: bool) -> int:
    """Every body that may, with its basis."""
    from mig_idg.charter.questions import who_may

    found = who_may(asked.collection or "", asked.action, world, asked.on, asked.roles)
    rows = [
        {"organisation": body or "public", "name": names.get(body, body), **decision_json(decision)}
        for body, decision in found.items()
    ]
    if as_json:
        say_json({**_asked_json(asked), "who_may": rows})
        return 0
    heads = {
        "name": t("organisme", "body"),
        "rule": t("règle", "rule"),
        "article": "article",
        "hidden": t("masqués", "masked"),
    }
    show_table(rows, heads, as_json=False)
    return 0


def tell_openings(asked: Asked, world: Facts, as_json: bool) -> int:
    """The single facts that would turn the refusal into a permit."""
    from mig_idg.charter import decide
    from mig_idg.charter.questions import what_would_change

    decision = decide(asked.request, world)
    what_if = what_would_change(asked.request, world)
    if as_json:
        told = [
            {"kind": o.kind, "by": o.by, "words": o.text, "outcome": o.decision.outcome, "rule": o.decision.rule}
            for o in what_if
        ]
        say_json({**_asked_json(asked), **decision_json(decision), "what_would_change": told})
        return 0 if decision.permitted else 1
    say(paragraph(asked, decision, world)[0])
    if decision.permitted:
        return 0
    say(
        t("Ouvrirait l'accès :", "Would open it:")
        if what_if
        else t("Aucun fait seul ne l'ouvrirait.", "No single fact.")
    )
    for opening in what_if:
        rule = t(f"règle {opening.decision.rule}", f"rule {opening.decision.rule}")
        say(f"  • {opening.text.in_(lang())} → {rule}")
    return 1


def tell_changes(
    asked: Asked, days: tuple[date, date], worlds: tuple[Facts, Facts], as_json: bool, *, everybody: bool
) -> int:
    """What somebody would notice between two days."""
    from mig_idg.charter.questions import all_changes_between

    bodies = None if everybody else (asked.who,)
    found = [
        difference
        for difference in all_changes_between(*worlds, days[0], days[1], bodies=bodies)
        if asked.collection in (None, difference.dataset)
    ]
    rows = [
        {
            "organisation": d.organisation or "public",
            "action": d.action,
            "collection": d.dataset,
            "direction": d.direction,
            "before": d.before.rule,
            "after": d.after.rule,
            "reason": d.after.reason,
        }
        for d in found
    ]
    if as_json:
        say_json({"between": list(days), "changes": rows})
        return 0
    from mig_idg.charter.messages import name

    words = {"gains": t("gagne", "gains"), "loses": t("perd", "loses"), "changes": t("change", "changes")}
    shown = [
        {
            **row,
            "organisation": _body(name(worlds[1], difference.organisation)),
            "direction": words[str(row["direction"])],
        }
        for row, difference in zip(rows, found, strict=True)
    ]
    heads = {
        "organisation": t("organisme", "body"),
        "direction": "",
        "action": "action",
        "collection": "collection",
        "before": t("avant", "before"),
        "after": t("après", "after"),
    }
    show_table(shown, heads, as_json=False)
    return 0


def _body(noun: Noun) -> str:
    return noun.alone if lang() == "fr" else noun.english


def _asked_json(asked: Asked) -> dict[str, Any]:
    return {
        "who": asked.who or "public",
        "roles": sorted(asked.roles),
        "action": asked.action,
        "collection": asked.collection,
        "on": asked.on,
        "known_at": asked.known_at,
    }


def decision_json(decision: Decision) -> dict[str, Any]:
    """A decision as plain values, under the keys of a scenario's answer."""
    from mig_idg.charter.scenario import as_json

    remedy = decision.remedy.in_(lang()) if decision.remedy else None
    return {**as_json(decision, lang()), "remedy": remedy, "facts": decision.facts}


def _consulted_json(decision: Decision) -> list[dict[str, Any]]:
    return [
        {"rule": c.rule, "article": c.article, "effect": c.effect, "held": c.held, "why": c.why.in_(lang())}
        for c in decision.consulted
    ]
