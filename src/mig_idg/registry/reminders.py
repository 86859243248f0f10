"""What is due, told to each body once a week: one message, and none when nothing is (§ 1.6, § 2.1.3, § 2.7, § 3.3)."""

from __future__ import annotations

from datetime import date

from mig_idg.charter.citations import cited
from mig_idg.charter.messages import day
from mig_idg.errors import Text
from mig_idg.registry import desks, outbox, standard_versions
from mig_idg.registry.acts import Conn
from mig_idg.registry.deadlines import Deadline, deadlines
from mig_idg.registry.outbox import Letter

MOST = 40
STANDARDS = Text("Un standard à suivre", "A standard to follow")
SUBJECT = Text("Vos échéances du mois", "What is due this month")
LEAD = Text("Ce qui est en retard, ou dû dans le mois :", "What is late, or due within a month:")


def weekly(conn: Conn, on: date) -> int:
    """Write to each partner what is late or due within a month for it; how many bodies are newly told."""
    due = deadlines(conn, on, within_months=1)
    year, week, _ = on.isocalendar()
    told = 0
    for body in desks.adherents(conn, on):
        ours = [one for one in due if one.told_to(body)][:MOST]
        if not ours:
            continue
        words = Text("\n".join([LEAD.fr, *(_line(one, on).fr for one in ours)]),
                     "\n".join([LEAD.en, *(_line(one, on).en for one in ours)]))  # fmt: skip
        letter = Letter("deadlines", SUBJECT, words, link="/desk")
        told += bool(outbox.post(conn, f"deadlines-{year}-{week}", letter, outbox.speakers(conn, [body], on)))
    return told


def standards(conn: Conn, on: date) -> int:
    """Write to whom a dataset belongs that a standard asks to change: six, three, one month before, and once late.

    The alert reached on the day, once: what is told late is told once too. How many bodies are newly told.
    """
    told = 0
    for duty in standard_versions.duties(conn, on):
        alert, due = duty.alert(on), duty.version.due
        if alert is None or due is None:
            continue
        when = Text(f"Échéance : {day(due).fr}.", f"Due on {day(due).en}.")
        late = Text("Échéance passée.", "Overdue.") if alert == "late" else Text(
            f"Il reste {alert} mois ou moins.", f"{alert} month(s) or less are left.")  # fmt: skip
        where = cited(standard_versions.ARTICLE)
        words = Text(f"{duty.words().fr} {when.fr} {late.fr} [{where.fr}]",
                     f"{duty.words().en} {when.en} {late.en} [{where.en}]")  # fmt: skip
        letter = Letter("standards", STANDARDS, words, link="/open-data/standards")
        key = f"standard-{duty.dataset}-{duty.version.standard}-{duty.version.version}-{due}-{alert}"
        told += bool(outbox.post(conn, key, letter, outbox.speakers(conn, duty.bodies, on)))
    return told


def _line(one: Deadline, on: date) -> Text:
    late = Text(" (en retard)", " (late)") if one.late(on) else Text("", "")
    where = cited(one.article)
    return Text(f"- {day(one.due).fr}{late.fr} : {one.words.fr} [{where.fr}]",
                f"- {day(one.due).en}{late.en}: {one.words.en} [{where.en}]")  # fmt: skip
