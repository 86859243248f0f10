"""The rule book told to people: as plain text, as JSON, and as the reference page of the documentation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mig_idg.charter.citations import cited
from mig_idg.charter.facts import ACTIONS, READ
from mig_idg.charter.nouns import common
from mig_idg.charter.rulebook import RULEBOOK, Rule
from mig_idg.errors import Lang, Text

VIEWS = {
    "owners_terms": Text(
        "moins les attributs que les modalités masquent, dans les lignes qu'elles laissent",
        "less the attributes the terms hide, in the rows they leave",
    ),
    "epts_act": Text("dans les lignes que l'acte de l'EPT laisse", "in the rows the EPT's act leaves"),
    "epts_act_within_the_terms": Text(
        "moins les attributs que les modalités masquent, dans les lignes qu'elles et l'acte de l'EPT laissent",
        "less the attributes the terms hide, in the rows they and the EPT's act leave",
    ),
    "delegators_view": Text("moins ce qui est masqué au délégant", "less what is hidden from the delegator"),
}
EFFECTS = {"permit": Text("permet", "permits"), "forbid": Text("refuse", "refuses")}


BODIES = {  # what fills a sentence when nobody in particular asks
    "body": common("l'", "organisme", "the body"),
    "owner": common("le ", "propriétaire", "the owner"),
    "ept": common("l'", "EPT", "the EPT"),
    "delegator": common("le ", "délégant", "the delegator"),
}
OTHERS = {
    "dataset": Text("ce jeu", "this dataset"),
    "licence": Text("Licence Ouverte ou ODbL", "Licence Ouverte or ODbL"),
    "act": Text("faire ce qu'il demande", "do what it asks"),
}


def all_rules() -> tuple[Rule, ...]:
    """Every rule in its order, silence last."""
    return (*RULEBOOK.rules, RULEBOOK.silence)


def as_json(rule: Rule) -> dict[str, Any]:
    """One rule as plain values; `actions` null is whatever is asked."""
    return {
        "id": rule.id,
        "article": rule.article,
        "effect": rule.effect,
        "actions": None if rule.actions is None else sorted(rule.actions),
        "when": [condition.__name__ for condition in rule.when],
        "any": [condition.__name__ for condition in rule.any],
        "unless": list(rule.unless),
        "view": None if rule.view is None else rule.view.__name__,
        "obligations": sorted(rule.obligations),
        "obligations_for_action": {k: sorted(v) for k, v in rule.obligations_for_action.items()},
        "obligations_for_licence": {k: sorted(v) for k, v in rule.obligations_for_licence.items()},
        "fr": rule.sentence.fr,
        "en": rule.sentence.en,
    }


def actions_of(rule: Rule, lang: Lang) -> str:
    """The actions a rule speaks of, READ said in one word."""
    if rule.actions is None:
        return Text("toute action", "any action").in_(lang)
    if rule.actions == ACTIONS:
        return Text("toute action connue", "any known action").in_(lang)
    others = sorted(rule.actions - READ)
    reading = [Text("lire", "read").in_(lang)] if rule.actions >= READ else []
    return ", ".join([*reading, *others])


def sentence_of(rule: Rule, lang: Lang) -> str:
    """The sentence of a rule, said of anybody."""
    bodies = {key: body if lang == "fr" else body.english for key, body in BODIES.items()}
    unnamed = rule.sentence.in_(lang).replace("« {dataset} »", "{dataset}").replace("“{dataset}”", "{dataset}")
    told = unnamed.format(**bodies, **{key: text.in_(lang) for key, text in OTHERS.items()})
    return told[0].upper() + told[1:]


def conditions_of(rule: Rule, lang: Lang) -> Iterator[str]:
    """The conditions of a rule, one sentence each."""
    for condition in rule.when:
        yield RULEBOOK.words[condition.__name__].in_(lang)
    if rule.any:
        either = Text(" ; ou ", "; or ").in_(lang).join(RULEBOOK.words[c.__name__].in_(lang) for c in rule.any)
        yield either
    for earlier in rule.unless:
        yield Text("sauf si vaut déjà : ", "unless already held: ").in_(lang) + earlier


def view_of(rule: Rule, lang: Lang) -> str:
    """What a permit shows, when it is not everything; empty otherwise."""
    told = None if rule.view is None else VIEWS.get(rule.view.__name__)
    return told.in_(lang) if told else ""


def obligations_of(rule: Rule, lang: Lang) -> str:
    """The obligations of a rule, with those that depend on the action or the licence."""
    told = sorted(rule.obligations)
    for key, codes in (*rule.obligations_for_action.items(), *rule.obligations_for_licence.items()):
        told.append(f"{key}: {' '.join(sorted(codes))}")
    if rule.responsible == "ept":
        told.append("RESPONSIBLE:EPT")
    elif rule.responsible == "delegator":
        told.append(Text("RESPONSIBLE:délégant", "RESPONSIBLE:delegator").in_(lang))
    return ", ".join(told)


def plain(lang: Lang) -> str:
    """The rule book for a terminal."""
    blocks = []
    for rule in all_rules():
        lines = [
            f"{rule.id}  {EFFECTS[rule.effect].in_(lang)}  ({cited(rule.article).in_(lang)})",
            f"    {sentence_of(rule, lang)}",
        ]
        lines.append(Text("    actions : ", "    actions: ").in_(lang) + actions_of(rule, lang))
        lines += [f"    - {sentence}" for sentence in conditions_of(rule, lang)]
        if told := view_of(rule, lang):
            lines.append(Text("    montre : tout, ", "    shows: everything, ").in_(lang) + told)
        if told := obligations_of(rule, lang):
            lines.append(Text("    obligations : ", "    obligations: ").in_(lang) + told)
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def page() -> str:
    """`docs/reference/charter.md`, whole: French first, English below."""
    return "\n".join([*_part("fr"), "", *_part("en")]) + "\n"


def _part(lang: Lang) -> Iterator[str]:
    if lang == "fr":
        yield "# Le livre des règles"
        yield ""
        yield "Page engendrée par `mig-idg charter rules --page` depuis `rulebook.yml` ; ne pas l'écrire à la main."
    else:
        yield "# The rule book"
        yield ""
        yield "Generated by `mig-idg charter rules --page` from `rulebook.yml`; do not edit."
    for rule in all_rules():
        yield ""
        article = cited(rule.article).in_(lang)
        yield f"## {rule.id} : {article}" if lang == "fr" else f"## {rule.id}: {article}"
        yield ""
        yield sentence_of(rule, lang)
        yield ""
        yield f"- {Text('effet', 'effect').in_(lang)} : {EFFECTS[rule.effect].in_(lang)}"
        yield f"- actions : {actions_of(rule, lang)}"
        for sentence in conditions_of(rule, lang):
            yield f"- condition : {sentence}"
        if told := view_of(rule, lang):
            yield Text("- montre : tout, ", "- shows: everything, ").in_(lang) + told
        if told := obligations_of(rule, lang):
            yield f"- obligations : {told}"
