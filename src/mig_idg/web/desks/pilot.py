"""The pilot's desk: bodies and their files, mandates and their gaps, groups, the charter and its clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mig_idg.registry import desks as records
from mig_idg.registry import groups, instruments, mandates, membership_status, versions
from mig_idg.registry.acts import Conn
from mig_idg.registry.membership_status import ON_THE_WAY, PIECES, STATES
from mig_idg.web.desks.actor import Actor
from mig_idg.web.desks.mine import deadlines_of
from mig_idg.web.desks.sections import Link, Row, Section, Told


def sections(who: Actor, conn: Conn, ticket: Callable[[str], str]) -> Sequence[Section]:
    """The parts of the desk, the charter's clock first."""
    told = Told(who)
    due = deadlines_of(told, conn, None, everybody=True)
    parts = [_charter(told, conn), due, _files(told, conn), _bodies(told, conn), _mandates(told, conn),
             _groups(told, conn), _collections(told)]  # fmt: skip
    return [part for part in parts if part is not None]


def _charter(told: Told, conn: Conn) -> Section:
    who, t = told.who, told.t
    clock = instruments.charter_warnings(conn, who.day)
    note = (
        t(f"En vigueur jusqu'au {told.day(clock['to'])} exclu.", f"In force until {told.day(clock['to'])} excluded.")
        if clock["in_force"]
        else t("La charte n'est pas en vigueur aujourd'hui (§ 2.7).", "The charter is not in force today (§ 2.7).")
    )
    if clock["warnings"]:
        months = clock["warnings"][-1]["months"]
        note += t(f" Elle prend fin dans {months} mois au plus : le comité de pilotage doit statuer.",
                  f" It ends within {months} month(s): the steering committee must rule.")  # fmt: skip
    rows = [
        Row((str(one["version"]), str(one["title"] or "—"), told.day(one["since"]), str(len(one["binds"])),
             ", ".join(told.name(body) for body in one["awaited"]) or "—"))
        for one in versions.listing(conn, who.day)
    ]  # fmt: skip
    heads = (t("Version", "Version"), t("Titre", "Title"), t("Depuis", "Since"), t("Engage", "Binds"),
             t("Approbations attendues", "Approvals awaited"))  # fmt: skip
    return Section("charter", t("La charte", "The charter"), heads, rows, "", note,
                   told.acts("committee-prolong", "charter-amend", "charter-accept"),
                   alert=bool(clock["warnings"]) or not clock["in_force"])  # fmt: skip


def _files(told: Told, conn: Conn) -> Section:
    who, t = told.who, told.t
    rows = []
    for one in membership_status.standings(conn, who.day):
        if one["state"] not in ON_THE_WAY:
            continue
        body = one["organisation"]
        missing = membership_status.file_of(conn, body, who.day)["missing"]
        lacks = ", ".join(told.words(PIECES[kind]) for kind in missing)
        links: list[Link] = []
        if missing:
            links.append(told.act("partner-piece", "Verser une pièce", "File a piece", who=body, kind=missing[0]))
        else:
            links.append(told.act("partner-admit", "Constater l'adhésion", "Admit", who=body))
        rows.append(Row((one["name"], told.words(STATES[one["state"]]), lacks or t("dossier complet", "complete"),
                         told.day(one["since"])), tuple(links)))  # fmt: skip
    heads = (t("Organisme", "Body"), t("Étape", "Step"), t("Pièces manquantes", "Missing pieces"), t("Depuis", "Since"))
    return Section("files", t("Adhésions en cours", "Adhesions under way"), heads, rows,
                   t("Aucun dossier en cours.", "No file under way."),
                   acts=told.acts("partner-apply", "partner-piece", "partner-admit", "partner-register"))  # fmt: skip


def _bodies(told: Told, conn: Conn) -> Section:
    who, t = told.who, told.t
    rows = [
        Row((one["name"], told.words(STATES[one["state"]]), told.day(one["since"]), told.until(one["until"])),
            (told.act("partner-mandate", "Mandat", "Mandate", who=one["organisation"]),
             told.act("partner-withdraw", "Retrait", "Withdrawal", who=one["organisation"]))
            if one["state"] == "adherent" else ())
        for one in membership_status.standings(conn, who.day)
        if one["state"] not in ON_THE_WAY
    ]  # fmt: skip
    heads = (t("Organisme", "Body"), t("Situation", "Standing"), t("Depuis", "Since"), t("Jusqu'au", "Until"))
    return Section("bodies", t("Partenaires", "Partners"), heads, rows, t("Aucun partenaire.", "No partner."),
                   acts=told.acts("partner-withdraw", "ept-add-commune", "ept-remove-commune"))  # fmt: skip


def _mandates(told: Told, conn: Conn) -> Section:
    who, t = told.who, told.t
    unspoken = mandates.without_referent(conn, who.day)
    rows = [
        Row((told.name(one["organisation"]), told.words(mandates.ROLES[one["role"]]), one["person"],
             told.day(one["since"]), told.until(one["until"])))
        for one in records.mandates_of(conn)
    ]  # fmt: skip
    note = ""
    if unspoken:
        names = ", ".join(told.name(body) for body in unspoken)
        note = t(f"Sans référent technique (Charte MIG, § 2.1.3) : {names}.",
                 f"Without a technical referent (MIG charter, § 2.1.3): {names}.")  # fmt: skip
    heads = (t("Organisme", "Body"), t("Mandat", "Mandate"), t("Titulaire", "Holder"), t("Depuis", "Since"),
             t("Jusqu'au", "Until"))  # fmt: skip
    return Section("mandates", t("Mandats", "Mandates"), heads, rows, t("Aucun mandat.", "No mandate."), note,
                   told.acts("partner-mandate"), alert=bool(unspoken))  # fmt: skip


def _groups(told: Told, conn: Conn) -> Section:
    t = told.t
    rows = [
        Row((told.title(one["dataset"]) if one["dataset"] else "—", told.name(one["organisation"]),
             t("animateur", "facilitator") if one["facilitator"] else
             t("invité", "guest") if one["guest"] else t("membre", "member"), told.until(one["until"])))
        for one in groups.listing(conn, told.who.day)
    ]  # fmt: skip
    heads = (t("Groupe", "Group"), t("Organisme", "Body"), t("Part", "Part"), t("Jusqu'au", "Until"))
    return Section("groups", t("Groupes de travail", "Working groups"), heads, rows, t("Aucun groupe.", "No group."),
                   acts=told.acts("group-join", "group-leave", "group-facilitate"))  # fmt: skip


def _collections(told: Told) -> Section:
    who, t = told.who, told.t
    rows = [
        Row((told.title(id), known.kind, known.state, told.name(known.owner) if known.owner else "—"),
            (Link(f"/collections/{id}/access", t("Qui y accède", "Who has access")),))
        for id in who.seen
        if (known := who.facts.datasets.get(id)) is not None
    ]  # fmt: skip
    heads = (t("Donnée", "Dataset"), t("Nature", "Kind"), t("État", "State"), t("Propriétaire", "Owner"))
    return Section("collections", t("Collections", "Collections"), heads, rows, t("Aucune.", "None."),
                   acts=told.acts("standard-register", "standard-follow"))  # fmt: skip
