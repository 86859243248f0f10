"""`mig-idg committee record|list`: meetings, who was there, what was put, and what came of it (004 §2.4)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import click

from mig_idg.cli import groups, messages, versions
from mig_idg.cli.acts import DAY, JSON, ON, act, read_evidence, reading, report, show_table
from mig_idg.cli.messages import lang, say, say_json, t
from mig_idg.errors import Text

if TYPE_CHECKING:
    from mig_idg.registry.acts import Conn, Done, Record
    from mig_idg.registry.committees import Item, Sitting


@click.group(
    name="committee", help=t("Séances et décisions des comités (Charte MIG, § 2.4).", "Meetings and decisions.")
)
def command() -> None:
    """Group of the verbs on committees."""


for verb in (groups.join, groups.leave, groups.facilitate, groups.list_, versions.amend):
    command.add_command(verb)


@dataclass(frozen=True, slots=True)
class Voices:
    """Who opposed and who abstained, item by item; a body named alone speaks on every item."""

    against: tuple[tuple[str | None, str], ...]
    abstained: tuple[tuple[str | None, str], ...]

    def opposed_to(self, about: str) -> list[str]:
        """The bodies against this item."""
        return [body for item, body in self.against if item in (None, about)]

    def silent_on(self, about: str) -> list[str]:
        """The bodies that abstained on this item."""
        return [body for item, body in self.abstained if item in (None, about)]


@command.command(
    help=t(
        "Consigne une séance : présents, points, votes. Une validation ou une prolongation adoptée prend effet.",
        "Records a meeting: attendance, items, votes. A validation or prolongation that is adopted takes effect.",
    )
)
@click.option("--committee", "committee_", required=True, help="steering, technical")
@ON
@click.option("--present", multiple=True, required=True, help=t("un organisme présent", "a body present"))
@click.option("--absent", multiple=True, help=t("un partenaire absent ou excusé", "a partner absent or excused"))
@click.option("--against", multiple=True, metavar=t("[OBJET=]QUI", "[ABOUT=]WHO"), help=t("s'oppose", "opposes"))
@click.option("--abstained", multiple=True, metavar=t("[OBJET=]QUI", "[ABOUT=]WHO"), help=t("s'abstient", "abstains"))
@click.option("--validate", "validated", multiple=True, metavar="COLLECTION[:VERSION]", help=t("valide", "validates"))
@click.option("--return", "returned", nargs=2, multiple=True,
              metavar=t("COLLECTION=ÉTAPE MOTIFS", "COLLECTION=STAGE REASONS"),
              help=t("rend au groupe, à une étape", "returns to the group, at a stage"))  # fmt: skip
@click.option("--reject", "rejected", nargs=2, multiple=True, metavar=t("COLLECTION MOTIFS", "COLLECTION REASONS"),
              help=t("rejette, en disant pourquoi", "rejects, with reasons"))  # fmt: skip
@click.option("--prolong", type=DAY, help=t("prolonge la charte jusqu'à ce jour, exclu", "prolongs the charter until"))
@click.option(
    "--item",
    "items",
    nargs=3,
    multiple=True,
    metavar=t("SUJET OBJET MOTION", "SUBJECT ABOUT MOTION"),
    help=t("décide d'un autre point", "decides another item"),
)
@click.option(
    "--opinion",
    "opinions",
    nargs=3,
    multiple=True,
    metavar=t("SUJET OBJET MOTION", "SUBJECT ABOUT MOTION"),
    help=t("donne un avis", "gives an opinion"),
)
@click.option("--evidence", required=True, help=t("le compte-rendu", "the minutes"))
@click.option("--author", default=messages.author, help=t("qui agit", "who acts"))
@JSON
def record(
    committee_: str,
    on: date,
    present: tuple[str, ...],
    absent: tuple[str, ...],
    against: tuple[str, ...],
    abstained: tuple[str, ...],
    validated: tuple[str, ...],
    returned: tuple[tuple[str, str], ...],
    rejected: tuple[tuple[str, str], ...],
    prolong: date | None,
    items: tuple[tuple[str, str, str], ...],
    opinions: tuple[tuple[str, str, str], ...],
    evidence: str,
    author: str,
    as_json: bool,
) -> int:
    """The result of each item is computed from attendance and votes: nobody present against."""
    from mig_idg.registry.acts import Record
    from mig_idg.registry.committees import Sitting
    from mig_idg.registry.organisations import resolve

    minutes = Record(on, author, read_evidence(evidence, on))
    with reading() as conn, conn.transaction():
        sitting = Sitting(committee_, [resolve(conn, body) for body in present], minutes.evidence.reference)
        voices = Voices(_voices(conn, against, resolve), _voices(conn, abstained, resolve))
        done = [*_plain_items(conn, sitting, items, opinions, voices, minutes)]
        away = [resolve(conn, body) for body in absent]
        done += [_validate(conn, sitting, word, voices, minutes, away) for word in validated]
        back = [(*word.partition("=")[::2], reasons) for word, reasons in returned]
        back += [(dataset, "rejected", reasons) for dataset, reasons in rejected]
        done += [_send_back(conn, sitting, one, voices, minutes, away) for one in back]
        if prolong is not None:
            done.append(_prolong(conn, sitting, prolong, voices, minutes))
        if not done:
            done.append(_meeting(conn, sitting, [], minutes))
    if as_json:
        say_json([one.as_json() for one in done])
        return 0
    for one in done:
        report(one, as_json=False)
        for decision in one.details.get("decisions", ()):
            result = t("adopté", "adopted") if decision["adopted"] else t("non adopté", "not adopted")
            say(f"  {decision['subject']} {decision['about']} : {result}")
    return 0


def _voices(
    conn: Conn, said: Collection[str], resolve: Callable[[Conn, str], str]
) -> tuple[tuple[str | None, str], ...]:
    told: list[tuple[str | None, str]] = []
    for word in said:
        about, equals, body = word.partition("=")
        told.append((about, resolve(conn, body)) if equals else (None, resolve(conn, word)))
    return tuple(told)


def _plain_items(
    conn: Conn,
    sitting: Sitting,
    items: Collection[tuple[str, str, str]],
    opinions: Collection[tuple[str, str, str]],
    voices: Voices,
    record: Record,
) -> list[Done]:
    from mig_idg.registry.committees import Item

    said = [(*item, "decision") for item in items] + [(*item, "opinion") for item in opinions]
    if not said:
        return []
    put = [
        Item(subject, about, motion, nature, voices.opposed_to(about), voices.silent_on(about))
        for subject, about, motion, nature in said
    ]
    return [_meeting(conn, sitting, put, record)]


def _meeting(conn: Conn, sitting: Sitting, items: list[Item], record: Record) -> Done:
    from mig_idg.registry import committees

    done, _ = committees.record_meeting(conn, sitting, items, record)
    return done


def _validate(conn: Conn, sitting: Sitting, word: str, voices: Voices, record: Record, absent: Collection[str]) -> Done:
    """A validation takes effect when nobody opposes it; otherwise its vote is recorded, and nothing moves."""
    from mig_idg.registry import datasets
    from mig_idg.registry.committees import Item
    from mig_idg.registry.refusals import refused

    dataset, _, version = word.partition(":")
    datasets.require_coproduced(conn, dataset)
    if sitting.committee != "technical":
        raise refused(
            "Charte MIG, § 2.4.2",
            Text("Le comité technique seul valide les données.", "Only the technical committee validates data."),
        )
    opposed = voices.opposed_to(dataset)
    if opposed:
        motion = f"Validation de « {dataset} »"
        item = Item("dataset", dataset, motion, against=opposed, abstained=voices.silent_on(dataset))
        return _meeting(conn, sitting, [item], record)
    name = version or f"{record.on.isoformat()}"

    def put(conn: Conn, dataset: str) -> None:
        from mig_idg.deposits.consolidation import adoption

        adoption.publish_waiting(conn, dataset, record.author)

    return datasets.validate(conn, dataset, datasets.Version(name), sitting, record, absent=absent, put=put)


def _send_back(
    conn: Conn, sitting: Sitting, back: tuple[str, str, str], voices: Voices, record: Record, absent: Collection[str]
) -> Done:
    from mig_idg.registry import datasets

    dataset, stage, reasons = back
    return datasets.send_back(
        conn, dataset, stage, reasons, sitting, record, against=voices.opposed_to(dataset), absent=absent
    )


def _prolong(conn: Conn, sitting: Sitting, until: date, voices: Voices, record: Record) -> Done:
    from mig_idg.registry import instruments
    from mig_idg.registry.committees import Item
    from mig_idg.registry.refusals import refused

    if sitting.committee != "steering":
        raise refused(
            "Charte MIG, § 2.7",
            Text("Le comité de pilotage statue sur la poursuite.", "The steering committee rules on continuation."),
        )
    opposed = voices.opposed_to("charter")
    if opposed:
        item = Item("continuation", instruments.CHARTER, f"Poursuite jusqu'au {until}", against=opposed)
        return _meeting(conn, sitting, [item], record)
    return instruments.prolong(conn, until, sitting, record)


@command.command(
    help=t(
        "Fait avancer une coproduction : proposed, structured, collecting, consolidated, submitted ; rejected. Sur une "
        "donnée validée, c'est sa nouvelle version qui avance.",
        "Moves a coproduction: proposed, structured, collecting, consolidated, submitted; rejected. Of validated data, "
        "their new version.",
    )
)
@click.argument("collection")
@click.argument("stage", metavar=t("ÉTAPE", "STAGE"))
@act
def stage(conn: Conn, record: Record, collection: str, stage: str) -> Done:
    """Once submitted, the technical committee reads it; `record --validate` is what validates."""
    from mig_idg.registry import datasets

    return datasets.move(conn, collection, stage, record)


@command.command(help=t("Ce que les comités ont encore à examiner.", "What the committees have still to look at."))
@ON
@JSON
def agenda(on: date, as_json: bool) -> int:
    """Withdrawals to analyse (§2.4.2); the end of the charter, when it comes near (§2.7)."""
    from mig_idg.registry import committees
    from mig_idg.registry.instruments import charter_warnings

    with reading() as conn:
        rows = committees.agenda(conn, on)
        warnings = charter_warnings(conn, on)["warnings"]
    for notice in warnings[-1:]:
        messages = t(
            f"Poursuite de la démarche : la charte prend fin après le {notice['last_day']:%d/%m/%Y} (§ 2.7).",
            f"Continuation: the charter ends after {notice['last_day']} (§ 2.7).",
        )
        rows.append({"committee": "steering", "subject": "continuation", "words": messages, "opened_on": notice["due"]})
    if as_json:
        say_json(rows)
        return 0
    told = [{**row, "committee": committees.NAMES[row["committee"]].in_(lang())} for row in rows]
    heads = {"committee": t("comité", "committee"), "opened_on": t("depuis", "since"), "words": t("objet", "about")}
    show_table(told, heads, as_json=False)
    return 0


@command.command(name="list", help=t("Les séances et leurs décisions.", "Meetings and their decisions."))
@JSON
def list_(as_json: bool) -> int:
    """Latest first."""
    from mig_idg.registry import committees

    with reading() as conn:
        rows = committees.meetings(conn)
    if as_json:
        say_json(rows)
        return 0
    for row in rows:
        say(f"{row['held_on']:%d/%m/%Y}  {committees.NAMES[row['committee']].in_(lang())}  ({row['minutes']})")
        say(t("  présents : ", "  present: ") + ", ".join(row["present"]))
        for item in row["decisions"]:
            result = t("adopté", "adopted") if item["adopted"] else t("non adopté", "not adopted")
            say(f"  {item['item']}. {item['motion']} : {result}")
    return 0
