"""The annual report of activity, filled in from the registry and the journal, for the steering committee (§ 2.4.1).

Also the measures that the charter asks: participation (§ 2.4.3, without sanction: § 1.6), the balance of what each
partner gives and receives (§ 1.6), and the four objectives that can be measured (§ 1.5).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from mig_idg.charter.facts import OPEN_LICENCES
from mig_idg.errors import Text
from mig_idg.registry import facts
from mig_idg.registry.acts import Conn
from mig_idg.registry.statements import Row, ask

MENTION = "Mutualisation de l'Information Géographique"


@dataclass(frozen=True, slots=True)
class Section:
    """One table of the report: its title, its headings by column, its rows; `summary` is said when it has none."""

    key: str
    title: Text
    columns: dict[str, Text]
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Report:
    """The report of one year, and the decision of the steering committee that validated it, once there is one."""

    year: int
    sections: list[Section]
    objectives: dict[str, Any]
    validated: Row | None

    def as_json(self) -> dict[str, Any]:
        """As `--json` and the API give it."""
        return {
            "year": self.year,
            "mention": MENTION,
            "validated": self.validated,
            "objectives": self.objectives,
            **{section.key: section.rows for section in self.sections},
        }


def report(conn: Conn, year: int, today: date) -> Report:
    """The report of a year as known now: up to its last day, or up to today while it runs."""
    first, last = date(year, 1, 1), min(date(year, 12, 31), today)
    values = {"first": first, "last": last, "next": last + timedelta(days=1), "on": last}
    sections = [
        Section(
            "members",
            Text("Partenaires", "Partners"),
            {
                "name": Text("organisme", "body"),
                "state": Text("situation", "standing"),
                "since": Text("depuis", "since"),
                "until": Text("jusqu'au", "until"),
            },
            ask(conn, "report_members", values),
        ),
        Section(
            "datasets",
            Text("Données mutualisées et coproduites", "Shared and coproduced data"),
            {
                "dataset": Text("collection", "collection"),
                "kind": Text("nature", "kind"),
                "state": Text("état", "state"),
                "owner": Text("propriétaire", "owner"),
                "licence": Text("licence", "licence"),
            },
            ask(conn, "report_datasets", values),
        ),
        Section(
            "uses",
            Text("Usages autorisés, par collection", "Uses allowed, by collection"),
            {
                "dataset": Text("collection", "collection"),
                "bodies": Text("organismes", "bodies"),
                "requests": Text("requêtes", "requests"),
            },
            ask(conn, "report_uses", values),
        ),
        Section(
            "groups",
            Text("Groupes de travail", "Working groups"),
            {
                "group": Text("groupe", "group"),
                "members": Text("membres", "members"),
                "tasks": Text("tâches", "tasks"),
                "done": Text("faites", "done"),
            },
            ask(conn, "report_groups", values),
        ),
        Section(
            "decisions",
            Text("Décisions des comités", "Decisions of the committees"),
            {
                "held_on": Text("séance", "meeting"),
                "committee": Text("comité", "committee"),
                "subject": Text("sujet", "subject"),
                "motion": Text("motion", "motion"),
                "adopted": Text("adoptée", "adopted"),
            },
            ask(conn, "report_decisions", values),
        ),
        Section(
            "participation",
            Text("Participation, par partenaire", "Participation, by partner"),
            {
                "name": Text("organisme", "body"),
                "meetings": Text("séances suivies", "meetings attended"),
                "held": Text("séances tenues", "meetings held"),
                "groups": Text("groupes", "groups"),
            },
            participation(conn, first, last),
        ),
        Section(
            "balance",
            Text("Ce que chacun apporte et reçoit", "What each gives and receives"),
            {
                "name": Text("organisme", "body"),
                "owned": Text("données mutualisées", "shared datasets"),
                "co_owned": Text("coproductions", "coproductions"),
                "deposits": Text("dépôts", "deposits"),
                "reads_of_others": Text("lectures chez les autres", "reads of others' data"),
                "reads_by_others": Text("lectures par les autres", "reads by others"),
            },
            balance(conn, first, last),
        ),
    ]
    validated = ask(conn, "report_validated", {"year": str(year)})
    return Report(year, sections, objectives(conn, last), validated[0] if validated else None)


def participation(conn: Conn, first: date, last: date) -> list[Row]:
    """Meetings held and attended, groups joined, by partner: an indicator, which closes nothing (§ 1.6)."""
    return ask(conn, "participation", {"first": first, "last": last})


def balance(conn: Conn, first: date, last: date) -> list[Row]:
    """What each partner gives to the others and receives from them (« donnant-donnant », § 1.6)."""
    return ask(conn, "balance", {"first": first, "last": last, "next": last + timedelta(days=1)})


def objectives(conn: Conn, on: date) -> dict[str, Any]:
    """The four objectives of § 1.5 that can be measured, as shares between 0 and 1 (None when there is nothing yet).

    Sharing: partners of the day that share a published dataset or own a coproduced one. Exhaustiveness and
    reliability: data served whose updates are known and followed. Conformity: last deposit of each dataset that its
    report accepts. Open publication: data served under an open licence.
    """
    state = facts.load(conn, on)
    partners = {one.organisation for one in state.memberships if one.span.covers(on)}
    served = [one for one in state.datasets.values() if one.state in ("published", "validated")]
    sharing = {one.owner for one in served if one.owner} | {body for one in served for body in one.co_owners}
    conform = ask(conn, "conformity", {"next": on + timedelta(days=1)})
    fresh = ask(conn, "update_frequencies")
    return {
        "sharing": _share(len(sharing & partners), len(partners)),
        "exhaustiveness_and_reliability": _share(
            len([row for row in fresh if row["updated"] is not None]), len(served)
        ),
        "conformity": _share(sum(bool(row["conform"]) for row in conform), len(conform)),
        "open_publication": _share(len([one for one in served if one.licence in OPEN_LICENCES]), len(served)),
    }


def orientations(conn: Conn) -> list[Row]:
    """Each orientation with the technical committee's proposal and the steering committee's decision (§ 2.4.1)."""
    return ask(conn, "orientations")


def _share(part: int, whole: int) -> float | None:
    return round(min(part, whole) / whole, 3) if whole else None
