"""On an owner's desk: what its data have been checked for before everybody reads them, and what is left to answer."""

from __future__ import annotations

from mig_idg.charter.facts import OPEN_LICENCES
from mig_idg.errors import Text
from mig_idg.registry import openings
from mig_idg.registry.acts import Conn
from mig_idg.standards.personal_data import DETECTORS
from mig_idg.web.desks.sections import Link, Row, Section, Told


def section(told: Told, conn: Conn) -> Section:
    """The data that the body owns or co-owns, open ones first."""
    who, t = told.who, told.t
    facts = who.facts.datasets
    ours = [id for id in who.seen if id in facts and who.body in {facts[id].owner, *facts[id].co_owners}]
    ours.sort(key=lambda id: (facts[id].licence not in OPEN_LICENCES, id))
    rows = []
    for id in ours:
        standing = openings.standing(conn, id)
        left = [f"{told.words(openings.QUESTIONS[one['question']].title)}{t(' ?', '?')}"
                for one in standing["questions"] if one["verdict"] != "clear"]  # fmt: skip
        found = [_finding(told, one) for one in standing["findings"] if one["needs_answer"]]
        is_open = facts[id].licence in OPEN_LICENCES
        rows.append(
            Row((told.title(id), t("oui", "yes") if is_open else t("non", "no"),
                 " ".join(left) or t("répondu", "answered"),
                 " ; ".join(found) or _nothing(told, standing["scan"]["state"])),
                (told.act("open-answer", "Répondre", "Answer", dataset=id),
                 Link(f"/collections/{id}/opening", t("Détail", "Detail"))))
        )  # fmt: skip
    heads = (t("Donnée", "Dataset"), t("Ouverte à tous", "Open to all"), t("Contrôles", "Checks"),
             t("Dans les lignes", "In the rows"))  # fmt: skip
    return Section(
        "opening", t("Contrôles avant l'ouverture à tous", "Checks before opening to all"), heads, rows,
        t("Votre organisme n'est propriétaire d'aucune donnée.", "Your body owns no dataset."),
        t("Données personnelles, secrets, propriété intellectuelle, sécurité intérieure : une fois par source.",
          "Personal data, secrets, intellectual property, internal security: once for each source."),
        acts=told.acts("open-answer", "open-body"),
    )  # fmt: skip


def _finding(told: Told, one: dict[str, object]) -> str:
    title = told.words(DETECTORS[str(one["detector"])].title)
    verdict = openings.VERDICTS.get(str(one["verdict"]), Text("sans réponse", "unanswered"))
    state = told.words(verdict)
    return told.t(f"{title}, colonne « {one['column']} » ({one['count']}) : {state}",
                  f"{title}, column “{one['column']}” ({one['count']}): {state}")  # fmt: skip


def _nothing(told: Told, state: str) -> str:
    if state in ("none", "stale"):
        return told.t("à lire : « open check »", "to be read: “open check”")
    return told.t("rien", "nothing")
