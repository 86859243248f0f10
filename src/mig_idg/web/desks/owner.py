"""An owner's desk: requests to answer, terms, exceptions, delegations, uses by body and month."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mig_idg.charter.messages import GROUNDS
from mig_idg.publication.diff import VERBS
from mig_idg.registry import agreements, delegations, desks, exceptions, takedowns, transfers
from mig_idg.registry.acts import Conn
from mig_idg.web.desks import opening
from mig_idg.web.desks.actor import Actor
from mig_idg.web.desks.mine import STATES, twelve_months_before
from mig_idg.web.desks.sections import Link, Row, Section, Told

MODES = {
    "all_partners": ("tous les partenaires", "all partners"),
    "named": ("organismes nommés", "named bodies"),
    "on_agreement": ("sur accord", "on agreement"),
    "closed": ("fermée", "closed"),
}


def sections(who: Actor, conn: Conn, ticket: Callable[[str], str]) -> Sequence[Section]:
    """The parts of the desk."""
    told = Told(who)
    return [_requests(told, conn), _datasets(told), opening.section(told, conn), _exceptions(told, conn),
            _given(told, conn), _uses(told, conn)]  # fmt: skip


def _requests(told: Told, conn: Conn) -> Section:
    who, t = told.who, told.t
    ours = set(who.owned)
    rows = [
        Row((t(f"n° {one['request']}", f"no. {one['request']}"), told.name(one["requester"]),
             told.title(one["dataset"]), one["purpose"], t(*STATES[one["state"]])),
            (told.act("grant-answer", "Répondre", "Answer", number=str(one["request"])),)
            if one["state"] == "asked" else ())
        for one in sorted(agreements.listing(conn, who.day), key=lambda one: one["state"] != "asked")
        if one["dataset"] in ours
    ]  # fmt: skip
    heads = (
        t("Demande", "Request"),
        t("De", "From"),
        t("Donnée", "Dataset"),
        t("Usage", "Purpose"),
        t("État", "State"),
    )
    return Section("requests", t("Demandes d'accès", "Requests of access"), heads, rows,
                   t("Personne n'a demandé d'accès.", "Nobody has asked for access."))  # fmt: skip


def _datasets(told: Told) -> Section:
    who, t = told.who, told.t
    rows = []
    for id in who.owned:
        terms = who.facts.datasets[id].terms
        mode = t(*MODES[terms.mode]) if terms and terms.span.covers(who.day) else t(*MODES["closed"])
        named = ", ".join(told.name(one) for one in sorted(terms.named)) if terms else ""
        actions = ", ".join(told.words(VERBS[one]) for one in VERBS if terms and one in terms.actions)
        rows.append(
            Row((told.title(id), f"{mode}{f' : {named}' if named else ''}", actions or "—",
                 ", ".join(sorted(terms.hidden_attributes)) or "—" if terms else "—"),
                (told.act("terms-set", "Changer", "Change", dataset=id),
                 Link(f"/collections/{id}/access", t("Qui y accède", "Who has access"))))
        )  # fmt: skip
    return Section(
        "datasets",
        t("Mes données et leurs modalités", "My data and their terms"),
        (t("Donnée", "Dataset"), t("Ouverte à", "Open to"), t("Pour", "For"), t("Attributs réservés", "Kept back")),
        rows,
        t("Votre organisme n'est propriétaire d'aucune donnée.", "Your body owns no dataset."),
        acts=told.acts("terms-set", "terms-open", "terms-take-back", "takedown-request", "takedown-execute",
                       "takedown-lift", "standard-follow"),
    )  # fmt: skip


def _exceptions(told: Told, conn: Conn) -> Section:
    who, t = told.who, told.t
    facts = who.facts.datasets
    rows = [
        Row((told.title(one["dataset"]), f"{one['ground']} : {told.words(GROUNDS[one['ground']])}", one["legal_text"],
             ", ".join(one["attributes"] or ()) or t("toute la donnée", "the whole dataset"),
             told.day(one["review"]) + (t(" (à revoir)", " (due)") if one["due"] else "")),
            (told.act("exception-review", "Revoir", "Review", number=str(one["exception"])),
             told.act("exception-lift", "Lever", "Lift", number=str(one["exception"]))))
        for one in exceptions.listing(conn, who.day)
        if one["dataset"] in facts and one["dataset"] in who.seen
        and (facts[one["dataset"]].owner == who.body or who.body in facts[one["dataset"]].co_owners)
    ]  # fmt: skip
    heads = (t("Donnée", "Dataset"), t("Motif", "Ground"), t("Texte", "Text"), t("Couvre", "Covers"),
             t("Revue", "Review"))  # fmt: skip
    return Section("exceptions", t("Exceptions", "Exceptions"), heads, rows, t("Aucune exception.", "No exception."),
                   acts=told.acts("exception-declare"))  # fmt: skip


def _given(told: Told, conn: Conn) -> Section:
    who, t = told.who, told.t
    rows = [
        Row((told.name(one["contractor"]), t("délégation", "delegation"), one["contract"],
             t("acceptée", "accepted") if one["acknowledged"] else t("à accepter", "to be accepted"),
             told.until(one["until"])),
            (told.act("delegate-end", "Mettre fin", "End", number=str(one["delegation"])),))
        for one in delegations.listing(conn, who.day)
        if one["delegator"] == who.body
    ]  # fmt: skip
    rows += [
        Row((told.name(one["recipient"]), t("remise à un tiers", "handed to a third party"), told.title(one["dataset"]),
             t("acceptée", "accepted") if one["acknowledged"] else t("à accepter", "to be accepted"),
             told.until(one["until"])))
        for one in transfers.listing(conn, who.day)
        if one["giver"] == who.body
    ]  # fmt: skip
    rows += [
        Row((one["requester"], t("retrait", "takedown"), told.title(one["dataset"]), one["state"],
             told.until(one["until"])))
        for one in takedowns.listing(conn, who.day)
        if one["dataset"] in who.owned
    ]  # fmt: skip
    heads = (t("À qui", "To whom"), t("Quoi", "What"), t("Sur", "About"), t("État", "State"), t("Jusqu'au", "Until"))
    return Section("given", t("Prestataires, tiers, retraits", "Contractors, third parties, takedowns"), heads, rows,
                   t("Rien en cours.", "Nothing under way."),
                   acts=told.acts("delegate-add", "transfer-record"))  # fmt: skip


def _uses(told: Told, conn: Conn) -> Section:
    who, t = told.who, told.t
    owned = list(who.owned)
    rows = [
        Row((f"{one['month']:%Y-%m}", told.title(one["dataset"]), told.name(one["organisation"]), str(one["requests"])))
        for one in (desks.uses(conn, owned, twelve_months_before(who.day)) if owned else [])
    ]
    heads = (t("Mois", "Month"), t("Donnée", "Dataset"), t("Organisme", "Body"), t("Lectures", "Reads"))
    return Section("uses", t("Usages", "Uses"), heads, rows, t("Aucune lecture depuis un an.", "No read for a year."),
                   t("D'après le journal, par organisme : aucune personne n'y figure.",
                     "From the journal, by body: no person is named."))  # fmt: skip
