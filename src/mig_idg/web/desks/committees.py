"""The committees' desk: what is submitted and to be looked at, applications, and what was decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mig_idg.deposits.consolidation import runs
from mig_idg.registry import committees, datasets, membership_status
from mig_idg.registry.acts import Conn
from mig_idg.web.desks.actor import Actor
from mig_idg.web.desks.acts.committees import STAGE_WORDS
from mig_idg.web.desks.sections import Link, Row, Section, Told

AWAITED = ("opinion_pending", "decision_pending")


def sections(who: Actor, conn: Conn, ticket: Callable[[str], str]) -> Sequence[Section]:
    """The parts of the desk."""
    told = Told(who)
    return [
        _submissions(told, conn),
        _consolidations(told, conn),
        _agenda(told, conn),
        _admissions(told, conn),
        _meetings(told, conn),
    ]


def _submissions(told: Told, conn: Conn) -> Section:
    who, t = told.who, told.t
    rows = []
    for id in who.seen:
        known = who.facts.datasets.get(id)
        if known is None or known.kind != "coproduced":
            continue
        stage = datasets.stage_of(conn, id, who.day) or known.state
        links: list[Link] = [Link(f"/collections/{id}", t("Voir", "See"))]
        if who.pilot:
            links.append(told.act("committee-stage", "Faire avancer", "Move", dataset=id))
        if who.pilot and stage == "submitted":
            links.append(told.act("committee-validate", "Consigner la validation", "Record the validation", dataset=id))
        rows.append(Row((told.title(id), told.words(STAGE_WORDS[stage])), tuple(links)))
    heads = (t("Donnée coproduite", "Coproduced dataset"), t("Étape", "Stage"))
    return Section("submissions", t("Coproductions", "Coproductions"), heads, rows,
                   t("Aucune coproduction.", "No coproduction."), acts=told.acts("committee-stage"))  # fmt: skip


def _consolidations(told: Told, conn: Conn) -> Section:
    """The runs of the coproductions that the person contributes to, with what is left to decide."""
    t = told.t
    rows = [
        Row((told.title(one["dataset"]), str(one["run"]), str(one["rows"]), told.day(one["finished_at"].date()),
             t("adoptée", "adopted") if one["adopted_at"] else t("en cours", "under way")),
            (Link(f"/desk/consolidation/{one['run']}", t("Rapport et conflits", "Report and conflicts")),))
        for one in runs.listing(conn)
        if told.who.pilot or told.who.may("contribute", one["dataset"])
    ]  # fmt: skip
    heads = (t("Donnée coproduite", "Coproduced dataset"), t("N°", "No."), t("Entités", "Features"), t("Le", "On"),
             t("État", "State"))  # fmt: skip
    return Section("consolidations", t("Consolidations", "Consolidations"), heads, rows,
                   t("Aucune consolidation.", "No consolidation."))  # fmt: skip


def _agenda(told: Told, conn: Conn) -> Section:
    t = told.t
    rows = [
        Row((one["words"], told.words(committees.NAMES[one["committee"]]), told.day(one["opened_on"])))
        for one in committees.agenda(conn, told.who.day)
    ]
    heads = (t("Objet", "About"), t("Comité", "Committee"), t("Depuis", "Since"))
    return Section("agenda", t("À examiner", "To be looked at"), heads, rows,
                   t("Rien n'attend les comités.", "Nothing awaits the committees."))  # fmt: skip


def _admissions(told: Told, conn: Conn) -> Section:
    who, t = told.who, told.t
    rows = []
    for one in membership_status.standings(conn, who.day):
        if one["state"] not in AWAITED:
            continue
        act = "partner-opinion" if one["state"] == "opinion_pending" else "partner-decide"
        links = (told.act(act, "Consigner", "Record", who=one["organisation"]),) if who.pilot else ()
        rows.append(
            Row((one["name"], told.words(membership_status.STATES[one["state"]]), told.day(one["since"])), links)
        )
    heads = (t("Organisme", "Body"), t("Attend", "Awaits"), t("Depuis", "Since"))
    return Section("admissions", t("Candidatures", "Applications"), heads, rows,
                   t("Aucune candidature n'attend de décision.", "No application awaits a decision."))  # fmt: skip


def _meetings(told: Told, conn: Conn) -> Section:
    t = told.t
    rows = []
    for one in committees.meetings(conn)[:50]:
        results = "; ".join(
            f"{item['motion']} : {t('adopté', 'adopted') if item['adopted'] else t('non adopté', 'not adopted')}"
            for item in one["decisions"]
        )
        present = ", ".join(told.name(body) for body in one["present"])
        rows.append(Row((told.day(one["held_on"]), told.words(committees.NAMES[one["committee"]]), present,
                         results or "—", one["minutes"])))  # fmt: skip
    heads = (t("Séance", "Meeting"), t("Comité", "Committee"), t("Présents", "Present"), t("Décisions", "Decisions"),
             t("Compte-rendu", "Minutes"))  # fmt: skip
    return Section("meetings", t("Séances et décisions", "Meetings and decisions"), heads, rows,
                   t("Aucune séance.", "No meeting."),
                   t("Le résultat est calculé : une motion est adoptée si aucun présent ne s'y oppose.",
                     "The result is computed: a motion is adopted when nobody present opposes it."),
                   (Link(f"/desk/report/{told.who.day.year}", t("Bilan d'activité", "Report of activity")),
                    Link(f"/desk/report/{told.who.day.year}/pdf", t("Bilan en PDF", "Report as PDF")),
                    *told.acts("committee-record", "committee-validate", "committee-prolong", "partner-opinion",
                             "partner-decide", "group-facilitate")))  # fmt: skip
