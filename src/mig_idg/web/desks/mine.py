"""My desk: what awaits an answer of my body, my requests, my drafts, what was done, my tokens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from mig_idg.registry import (
    agreements,
    deadlines,
    delegations,
    desks,
    ept,
    mandates,
    proposals,
    remarks,
    tokens,
    transfers,
)
from mig_idg.registry.acts import Conn
from mig_idg.web.desks.actor import Actor
from mig_idg.web.desks.acts import ACTS
from mig_idg.web.desks.sections import Link, Row, Section, Told

STATES = {"asked": ("en attente", "waiting"), "granted": ("accordée", "granted"), "refused": ("refusée", "refused")}


def sections(who: Actor, conn: Conn, ticket: Callable[[str], str]) -> Sequence[Section]:
    """The parts of the desk, those that await something first."""
    told = Told(who)
    parts: list[Section | None] = [
        _waiting(told, conn),
        _requests(told, conn),
        _drafts(told, conn),
        deadlines_of(told, conn, who.body or None),
        _done(told, conn),
        _deposits(told),
    ]
    parts += [_tokens(told, conn), _body(told, conn), _notices(told, conn)]
    return [part for part in parts if part is not None]


def _waiting(told: Told, conn: Conn) -> Section:
    who, t = told.who, told.t
    rows = []
    ours = set(who.owned)
    for one in agreements.listing(conn, who.day):
        if one["state"] == "asked" and one["dataset"] in ours:
            words = t(f"Demande d'accès n° {one['request']}", f"Request of access no. {one['request']}")
            rows.append(Row((words, f"{told.name(one['requester'])}, {told.title(one['dataset'])}"),
                            (told.act("grant-answer", "Répondre", "Answer", number=str(one["request"])),)))  # fmt: skip
    for one in ept.listing(conn, who.day):
        if one["commune"] == who.body and one["state"] == "offered":
            rows.append(Row((t("Données mises à disposition", "Data made available"), told.name(one["ept"])),
                            (told.act("ept-acknowledge", "Accepter", "Accept", ept=one["ept"]),)))  # fmt: skip
    for one in delegations.listing(conn, who.day):
        if one["contractor"] == who.body and not one["acknowledged"]:
            rows.append(Row((t("Délégation", "Delegation"), f"{told.name(one['delegator'])}, {one['contract']}"),
                            (told.act("delegate-acknowledge", "Accepter", "Accept",
                                      number=str(one["delegation"])),)))  # fmt: skip
    for one in transfers.listing(conn, who.day):
        if one["recipient"] == who.body and not one["acknowledged"]:
            rows.append(Row((t("Donnée remise", "Data handed over"), f"{told.name(one['giver'])}, {one['dataset']}"),
                            (told.act("transfer-acknowledge", "Prendre acte", "Acknowledge",
                                      number=str(one["transfer"])),)))  # fmt: skip
    for one in remarks.listing(conn, organisation=who.body, states=remarks.OPEN) if who.body else ():
        late = t(" (en retard)", " (late)") if one["due"] < who.day else ""
        words = told.words(remarks.KINDS[one["kind"]]).capitalize() + t(f" n° {one['id']}", f" no. {one['id']}")
        about = told.title(one["dataset"]) if one["dataset"] else one["record"] or "—"
        rows.append(Row((words, t(f"{about}, avant le ", f"{about}, before ") + told.day(one["due"]) + late),
                        (Link(f"/desk/remarks/{one['id']}", t("Répondre", "Answer")),)))  # fmt: skip
    for dataset, count in _proposed(who, conn).items():
        path = f"/collections/{dataset}/proposals?f=html&state=proposed,overtaken"
        rows.append(Row((t(f"{count} changements proposés", f"{count} changes proposed"), told.title(dataset)),
                        (Link(path, t("Décider", "Decide")),)))  # fmt: skip
    return Section(
        "waiting",
        t("À faire", "To do"),
        (t("Quoi", "What"), t("De qui, sur quoi", "From whom, about what")),
        rows,
        t("Rien n'attend de réponse de votre part.", "Nothing awaits an answer from you."),
    )


def _requests(told: Told, conn: Conn) -> Section:
    who, t = told.who, told.t
    rows = [
        Row((told.title(one["dataset"]), t(*STATES[one["state"]]), one["purpose"], one["reasons"] or "—",
             told.until(one["until"])))
        for one in agreements.listing(conn, who.day)
        if who.body and one["requester"] == who.body
    ]  # fmt: skip
    return Section(
        "requests",
        t("Mes demandes d'accès", "My requests of access"),
        (t("Donnée", "Dataset"), t("État", "State"), t("Usage", "Purpose"), t("Motifs", "Reasons"),
         t("Jusqu'au", "Until")),
        rows,
        t("Votre organisme n'a rien demandé.", "Your body has asked for nothing."),
        acts=told.acts("grant-ask", "ept-acknowledge", "delegate-acknowledge", "transfer-acknowledge", "partner-apply"),
    )  # fmt: skip


def _drafts(told: Told, conn: Conn) -> Section:
    t = told.t
    rows = [
        Row((told.words(ACTS[one["act"]].title), told.day(one["saved_at"])),
            (Link(f"/desk/acts/{one['act']}", t("Reprendre", "Go on"), {"draft": one["id"]}),))
        for one in desks.drafts(conn, told.who.login)
        if one["act"] in ACTS
    ]  # fmt: skip
    heads = (t("Acte", "Act"), t("Gardé le", "Kept on"))
    return Section("drafts", t("Brouillons", "Drafts"), heads, rows, t("Aucun brouillon.", "No draft."))


def _done(told: Told, conn: Conn) -> Section:
    who, t = told.who, told.t
    rows = [
        Row((t(f"n° {one.act}", f"no. {one.act}"), told.day(one.done_at), told.words(one.words)),
            (Link(f"/desk/receipts/{one.act}", t("Reçu", "Receipt")),))
        for one in desks.receipts(conn, who.login, who.body or None)
    ]  # fmt: skip
    heads = (t("Acte", "Act"), t("Le", "On"), t("Ce qui a été fait", "What was done"))
    return Section("done", t("Actes et reçus", "Acts and receipts"), heads, rows,
                   t("Aucun acte sur ces pages.", "No act on these pages."))  # fmt: skip


def deadlines_of(told: Told, conn: Conn, body: str | None, *, everybody: bool = False) -> Section | None:
    """What is due within a year for a body, or for all of them; late ones first."""
    who, t = told.who, told.t
    if body is None and not everybody:
        return None
    rows = [
        Row((told.day(one.due) + (t(" (en retard)", " (late)") if one.late(who.day) else ""), told.words(one.words),
             told.name(one.organisation) if one.organisation else "—", one.article))
        for one in deadlines.deadlines(conn, who.day, organisation=None if everybody else body)[:40]
    ]  # fmt: skip
    heads = (t("Échéance", "Due"), t("Quoi", "What"), t("Organisme", "Body"), t("Article", "Article"))
    links = (Link("/desk/calendar", t("Dans mon agenda (iCalendar)", "In my calendar (iCalendar)")),)
    return Section("deadlines", t("Échéances", "Deadlines"), heads, rows,
                   t("Rien n'échoit dans les douze mois.", "Nothing is due within twelve months."),
                   acts=links)  # fmt: skip


def _deposits(told: Told) -> Section | None:
    who, t = told.who, told.t
    if not any(who.may("contribute", id) for id in who.seen):
        return None
    links = (
        Link("/desk/deposits", t("Déposer un fichier", "Deposit a file")),
        Link("/deposits", t("Les dépôts de mon organisme", "My body's deposits")),
    )
    note = t("Une nouvelle version de vos données : reçue, contrôlée, signée par le référent, puis publiée.",
             "A new version of your data: received, checked, signed off by the referent, then published.")  # fmt: skip
    return Section("deposits", t("Dépôts", "Deposits"), note=note, acts=links)


def _tokens(told: Told, conn: Conn) -> Section:
    t = told.t
    rows = [
        Row((one["label"] or one["id"], ", ".join(one["collections"] or ()) or t("tout", "all"),
             ", ".join(one["actions"] or ()) or t("tout", "all"), told.day(one["expires_at"])),
            (Link(f"/desk/tokens/{one['id']}", t("Révoquer", "Revoke")),))
        for one in desks.tokens_of(conn, told.who.login)
    ]  # fmt: skip
    return Section(
        "tokens",
        t("Jetons de mes applications", "Tokens of my applications"),
        (t("Nom", "Name"), t("Données", "Datasets"), t("Actions", "Actions"), t("Jusqu'au", "Until")),
        rows,
        t("Aucun jeton.", "No token."),
        t("Un jeton par application : QGIS, un site, un traitement. Le secret n'est montré qu'une fois.",
          "One token for each application: QGIS, a site, a job. The secret is shown once."),
        (Link("/desk/tokens", t("Créer un jeton", "Create a token")),),
    )  # fmt: skip


def _body(told: Told, conn: Conn) -> Section | None:
    who, t = told.who, told.t
    if not who.body:
        return None
    rows = [
        Row((told.words(mandates.ROLES[one["role"]]), one["person"], one["email"] or "—", told.day(one["since"])))
        for one in mandates.held(conn, who.body, who.day)
    ]
    standing = t("partenaire", "partner") if who.partner else t("non partenaire", "no partner")
    alert = who.partner and not any(one.cells[0] == told.words(mandates.ROLES["technical_referent"]) for one in rows)
    note = f"{who.name(who.body)} : {standing}."
    if alert:
        note += t(" Aucun référent technique n'est nommé (Charte MIG, § 2.1.3).",
                  " No technical referent is named (MIG charter, § 2.1.3).")  # fmt: skip
    heads = (t("Mandat", "Mandate"), t("Titulaire", "Holder"), t("Courriel", "E-mail"), t("Depuis", "Since"))
    return Section("body", t("Mon organisme", "My body"), heads, rows, t("Aucun mandat.", "No mandate."), note,
                   alert=alert)  # fmt: skip


def _proposed(who: Actor, conn: Conn) -> dict[str, int]:
    """By layer, the proposals that wait for my body, which facilitates its working group."""
    open_ = [
        id
        for id in who.seen
        if (known := who.snapshot.collections.get(id)) is not None
        and known.kind == "coproduced"
        and known.editing.enabled
        and who.may("contribute", id)
        and proposals.decider(conn, id, who.day) == who.body
    ]
    return proposals.waiting(conn, open_) if open_ else {}


def _notices(told: Told, conn: Conn) -> Section | None:
    who, t = told.who, told.t
    rows = [
        Row((told.day(one["at"]), one["en" if who.lang == "en" else "fr"]))
        for one in (tokens.notices(conn, who.body) if who.body else [])[:20]
    ]
    heads = (t("Le", "On"), t("Avis", "Notice"))
    links = [Link("/desk/messages", t("Mes messages", "My messages")),
             Link("/desk/remarks", t("Remarques et questions", "Remarks and questions"))]  # fmt: skip
    if who.pilot or "administrator" in who.principal.roles:
        links.append(Link("/desk/notices", t("Messagerie du service", "Mail of the service")))
    return Section("notices", t("Avis à mon organisme", "Notices to my body"), heads, rows,
                   t("Aucun avis.", "No notice."), acts=tuple(links))  # fmt: skip


def twelve_months_before(day: date) -> date:
    """The first day of the same month, a year before."""
    return date(day.year - 1, day.month, 1)
