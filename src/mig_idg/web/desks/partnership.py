"""The partnership's desk: what is due, conventions, cases, connected equipment, work on supports, the annual report."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mig_idg.registry import activity, conventions, deadlines, equipment, follow_up, interventions
from mig_idg.registry.acts import Conn
from mig_idg.registry.case_kinds import KINDS
from mig_idg.web.activity import OBJECTIVES
from mig_idg.web.desks.actor import Actor
from mig_idg.web.desks.sections import Link, Row, Section, Told

CONVENTION_STATES = {
    "signed": ("signée", "signed"),
    "in_force": ("en vigueur", "in force"),
    "ended": ("terminée", "ended"),
}


def sections(who: Actor, conn: Conn, ticket: Callable[[str], str]) -> Sequence[Section]:
    """The parts of the desk: of one's own body, and of everybody for the pilot."""
    told = Told(who)
    return [_due(told, conn), _cases(told, conn), _conventions(told, conn), _work(told, conn), _equipment(told, conn),
            _objectives(told, conn), _orientations(told, conn)]  # fmt: skip


def _own(who: Actor) -> str | None:
    return None if who.pilot else who.body


def _due(told: Told, conn: Conn) -> Section:
    who, t = told.who, told.t
    found = deadlines.deadlines(conn, who.day)
    shown = [one for one in found if who.pilot or one.told_to(who.body)]
    rows = [
        Row((told.day(one.due), told.words(one.words), told.name(one.organisation) if one.organisation else "—",
             t("en retard", "late") if one.late(who.day) else ""))
        for one in shown
    ]  # fmt: skip
    heads = (t("Échéance", "Due"), t("Quoi", "What"), t("Organisme", "Body"), "")
    return Section("due", t("Ce qui est dû", "What is due"), heads, rows, t("Rien n'est dû.", "Nothing is due."),
                   t("Calculé des dates du registre : charte, conventions, revues, mises à jour, dossiers.",
                     "Computed from the registry's dates: charter, conventions, reviews, updates, cases."),
                   alert=any(one.late(who.day) for one in shown))  # fmt: skip


def _cases(told: Told, conn: Conn) -> Section:
    who, t = told.who, told.t
    rows = []
    for one in follow_up.listing(conn, who.day, organisation=_own(who)):
        kind = KINDS[one["kind"]]
        links = tuple(
            told.act("case-move", f"→ {follow_up.label(state).fr}", f"→ {follow_up.label(state).en}",
                     move=f"{one['case']}:{state}")
            for state in kind.moves[one["state"]]
        )  # fmt: skip
        state, body = told.words(follow_up.label(one["state"])), one["organisation"]
        rows.append(Row((str(one["case"]), told.words(kind.label), one["subject"], state,
                         told.name(body) if body else "—", told.day(one["due"])), links))  # fmt: skip
    heads = (t("N°", "No."), t("Genre", "Kind"), t("Objet", "Subject"), t("État", "State"), t("Organisme", "Body"),
             t("Échéance", "Due"))  # fmt: skip
    return Section("cases", t("Dossiers", "Cases"), heads, rows, t("Aucun dossier ouvert.", "No open case."),
                   acts=told.acts(*(f"case-open-{word}" for word in KINDS)))  # fmt: skip


def _conventions(told: Told, conn: Conn) -> Section:
    who, t = told.who, told.t
    rows = []
    for one in conventions.listing(conn, who.day):
        if not (who.pilot or who.body in one["parties"]):
            continue
        rows.append(Row((one["title"], one["text"], t(*CONVENTION_STATES[one["state"]]),
                         ", ".join(told.name(body) for body in one["parties"]), told.day(one["period_end"]),
                         told.day(one["notice_by"]))))  # fmt: skip
    heads = (t("Convention", "Convention"), t("Texte", "Text"), t("État", "State"), t("Parties", "Parties"),
             t("Fin de période", "End of period"), t("À dénoncer avant", "Notice by"))  # fmt: skip
    acts = told.acts("convention-sign", "convention-notice", "convention-formal-notice", "convention-answer",
                     "convention-accept")  # fmt: skip
    return Section("conventions", t("Conventions", "Conventions"), heads, rows,
                   t("Aucune convention.", "No convention."), acts=acts)  # fmt: skip


def _work(told: Told, conn: Conn) -> Section:
    who, t = told.who, told.t
    rows = []
    for one in interventions.listing(conn, who.day, organisation=_own(who)):
        links: list[Link] = []
        if one["host"] == who.body and one["state"] == "asked":
            number = str(one["intervention"])
            links += [told.act("intervention-agree", "Accorder", "Agree", number=number),
                      told.act("intervention-refuse", "Refuser", "Refuse", number=number)]  # fmt: skip
        if one["depositor"] == who.body and one["state"] == "agreed":
            links.append(told.act("intervention-done", "Faite", "Done", number=str(one["intervention"])))
        state = told.words(interventions.STATES[one["state"]])
        rows.append(Row((one["support"], told.name(one["depositor"]), told.name(one["host"]),
                         told.day(one["starts_on"]), state, one["conditions"] or ""), tuple(links)))  # fmt: skip
    heads = (t("Support", "Support"), t("Déposant", "Depositor"), t("Accueillant", "Host"), t("À partir du", "From"),
             t("État", "State"), t("Conditions", "Conditions"))  # fmt: skip
    return Section("interventions", t("Interventions", "Interventions"), heads, rows,
                   t("Aucune intervention.", "No intervention."),
                   acts=told.acts("intervention-ask", "intervention-stop", "intervention-remove"))  # fmt: skip


def _equipment(told: Told, conn: Conn) -> Section:
    who, t = told.who, told.t
    rows = [
        Row((one["asset"] or one["dataset"], one["type"] or one["annex"], one["address"] or "—", told.name(one["host"]),
             told.name(one["depositor"])))
        for one in equipment.lines(conn, who.day, organisation=_own(who))
    ]  # fmt: skip
    heads = (
        t("Objet", "Object"),
        t("Type", "Type"),
        t("Adresse", "Address"),
        t("Accueil", "Host"),
        t("Dépôt", "Depositor"),
    )
    return Section("equipment", t("Équipements en annexe", "Equipment in annexes"), heads, rows,
                   t("Aucune ligne d'annexe.", "No annex line."), acts=told.acts("equipment-register"))  # fmt: skip


def _objectives(told: Told, conn: Conn) -> Section:
    t = told.t
    measured = activity.objectives(conn, told.who.day)
    rows = [
        Row((told.words(OBJECTIVES[name]), "—" if share is None else f"{share:.0%}".replace("%", t(" %", "%"))))
        for name, share in measured.items()
    ]
    heads = (t("Objectif (§ 1.5)", "Objective (§ 1.5)"), t("Mesure", "Measure"))
    return Section("objectives", t("Objectifs mesurés", "Objectives measured"), heads, rows)


def _orientations(told: Told, conn: Conn) -> Section:
    t = told.t
    rows = [
        Row((one["motion"], told.day(one["proposed_on"]), told.day(one["decided_on"]),
             t("adoptée", "adopted") if one["adopted"] else "—"))
        for one in activity.orientations(conn)
    ]  # fmt: skip
    heads = (t("Orientation", "Orientation"), t("Proposée le", "Proposed on"), t("Décidée le", "Decided on"), "")
    return Section("orientations", t("Orientations (§ 2.4.1)", "Orientations (§ 2.4.1)"), heads, rows,
                   t("Aucune orientation.", "No orientation."))  # fmt: skip
