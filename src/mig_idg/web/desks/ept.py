"""An EPT's desk: its communes, its acts, their acceptances and uses; suspending is one click and its preview."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mig_idg.registry import desks, ept
from mig_idg.registry.acts import Conn
from mig_idg.web.desks.actor import Actor
from mig_idg.web.desks.mine import twelve_months_before
from mig_idg.web.desks.sections import Link, Now, Row, Section, Told

STATES = {
    None: ("rien n'est mis à disposition", "nothing is made available"),
    "offered": ("en attente de son acceptation", "its acceptance is awaited"),
    "acknowledged": ("servie", "served"),
    "suspended": ("suspendue", "suspended"),
}


def sections(who: Actor, conn: Conn, ticket: Callable[[str], str]) -> Sequence[Section]:
    """The parts of the desk."""
    told = Told(who)
    return [_communes(told, conn, ticket), _uses(told, conn)]


def _communes(told: Told, conn: Conn, ticket: Callable[[str], str]) -> Section:
    who, t = told.who, told.t
    rows = []
    for one in ept.listing(conn, who.day):
        if one["ept"] != who.body:
            continue
        names = ", ".join(told.title(id) for id in one["datasets"] or ())
        scope = names or (t("toutes les données validées", "all validated data") if one["state"] else "—")
        rows.append(
            Row((told.name(one["commune"]), t(*STATES[one["state"]]), scope, told.day(one["acknowledged_on"]),
                 told.until(one["until"]) if one["state"] else "—"), _links(told, one["commune"], one["state"], ticket))
        )  # fmt: skip
    heads = (t("Commune", "Commune"), t("État", "State"), t("Données", "Data"), t("Acceptée le", "Accepted on"),
             t("Jusqu'au", "Until"))  # fmt: skip
    return Section("communes", t("Mes communes membres", "My member communes"), heads, rows,
                   t("Aucune commune membre à ce jour.", "No member commune today."),
                   acts=told.acts("ept-sub-distribute", "ept-suspend", "ept-resume", "ept-end"))  # fmt: skip


def _links(told: Told, commune: str, state: str | None, ticket: Callable[[str], str]) -> tuple[Link | Now, ...]:
    t = told.t
    if state is None:
        return (told.act("ept-sub-distribute", "Mettre à disposition", "Make available", commune=commune),)
    end = told.act("ept-end", "Mettre fin", "End", commune=commune)
    if state == "suspended":
        return (told.act("ept-resume", "Rétablir", "Serve again", commune=commune), end)
    reasons = t("Suspension décidée par l'EPT, qui répond de l'usage de ses communes.",
                "Suspended by the EPT, which answers for its communes' use.")  # fmt: skip
    said = {"commune": commune, "reasons": reasons}
    return (Now("ept-suspend", ticket("ept-suspend"), t("Suspendre", "Suspend"), said), end)


def _uses(told: Told, conn: Conn) -> Section:
    who, t = told.who, told.t
    communes = list(who.communes)
    rows = [
        Row((f"{one['month']:%Y-%m}", told.name(one["organisation"]), told.title(one["dataset"]), str(one["requests"])))
        for one in (desks.uses(conn, list(who.seen), twelve_months_before(who.day), communes) if communes else [])
    ]
    heads = (t("Mois", "Month"), t("Commune", "Commune"), t("Donnée", "Dataset"), t("Lectures", "Reads"))
    return Section("uses", t("Ce qu'elles lisent", "What they read"), heads, rows,
                   t("Aucune lecture depuis un an.", "No read for a year."),
                   t("D'après le journal, par commune : aucune personne n'y figure.",
                     "From the journal, by commune: no person is named."))  # fmt: skip
