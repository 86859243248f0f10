"""The partnership's calendar: what is due, computed from stored dates, with its article and who has to see to it.

The charter's end and its continuation (§ 2.7), conventions and their notices, formal notices, exceptions to review
(§ 3.3), partners without a referent (§ 2.1.3), data past their update frequency (§ 1.6), standards to conform to, cases
with a deadline, and the yearly meetings and reviews that conventions ask.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from mig_idg import charter
from mig_idg.charter.deadlines import schedule
from mig_idg.charter.messages import day
from mig_idg.charter.periods import months_after
from mig_idg.errors import Lang, Text
from mig_idg.registry import conventions, facts, remarks, standard_versions
from mig_idg.registry.acts import Conn
from mig_idg.registry.case_kinds import KINDS
from mig_idg.registry.statements import ask

FREQUENCIES: dict[str, timedelta | int] = {
    "continual": timedelta(days=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": 1,
    "quarterly": 3,
    "annually": 12,
}
"""How long after an update the next one is due: a span of days, or months."""
_YEARLY = 12


@dataclass(frozen=True, slots=True)
class Deadline:
    """One thing due: its day, the article it comes from, what it is, and the body that has to see to it, if one has.

    `parties` are the only ones told of it, when it is theirs (a convention, a case).
    """

    due: date
    kind: str
    subject: str
    article: str
    words: Text
    organisation: str | None = None
    parties: frozenset[str] = frozenset()

    def concerns(self, body: str) -> bool:
        """Whether it is a body's own, or that of its conventions and cases."""
        return body == self.organisation or body in self.parties

    def told_to(self, body: str) -> bool:
        """Whether a body is told: what concerns it, and what is everybody's."""
        return self.concerns(body) or not (self.organisation or self.parties)

    def late(self, on: date) -> bool:
        """True once its day has passed."""
        return on > self.due

    def as_json(self, on: date) -> dict[str, Any]:
        """As `--json` prints it."""
        return {
            "due": self.due,
            "late": self.late(on),
            "kind": self.kind,
            "subject": self.subject,
            "organisation": self.organisation,
            "article": self.article,
            "fr": self.words.fr,
            "en": self.words.en,
        }


def deadlines(conn: Conn, on: date, *, within_months: int = 12, organisation: str | None = None) -> list[Deadline]:
    """What is late on the day, or due within so many months, soonest first; those of one body when it is named."""
    horizon = months_after(on, within_months)
    state = facts.load(conn, on)
    found = [*_charter(conn, state, on), *_conventions(conn, on), *_exceptions(conn, on), *_referents(conn, on)]
    found += [*_updates(conn, state, on), *_cases(conn, on), *_remarks(conn), *_yearly(conn, on),
              *_standards(conn, on)]  # fmt: skip
    kept = (one for one in found if one.due <= horizon and (organisation is None or one.concerns(organisation)))
    return sorted(kept, key=lambda one: (one.due, one.kind, one.subject))


def _charter(conn: Conn, state: charter.Facts, on: date) -> Iterator[Deadline]:
    span = state.charter
    if span is None or span.end is None or on >= span.end:
        return
    last = span.end - timedelta(days=1)
    article = "Charte MIG, § 2.7"
    yield Deadline(
        last, "charter-end", "charter", article,
        Text(f"Dernier jour de la charte : {day(last).fr}.", f"Last day of the charter: {day(last).en}."),
    )  # fmt: skip
    for notice in schedule(span):
        if notice.due >= on:
            yield Deadline(
                notice.due, "charter-warning", f"{notice.months}", article,
                Text(
                    f"La charte prend fin dans {notice.months} mois : le comité de pilotage statue sur la poursuite.",
                    f"The charter ends in {notice.months} months: the steering committee rules on its continuation.",
                ),
            )  # fmt: skip
    rows = ask(conn, "last_continuation", {"on": on})
    since = rows[0]["held_on"] or span.start
    if since is not None:
        yield Deadline(
            months_after(since, _YEARLY), "continuation", "charter", article,
            Text(
                "Le comité de pilotage statue régulièrement sur la poursuite : un an depuis la dernière fois.",
                "The steering committee rules regularly on going on: a year since the last time.",
            ),
        )  # fmt: skip


def _conventions(conn: Conn, on: date) -> Iterator[Deadline]:
    running = conventions.listing(conn, on)
    parties = {one["convention"]: frozenset(one["parties"]) for one in running}
    for one in running:
        if one["state"] != "in_force":
            continue
        text = one["text"]
        if one["end"] is not None:
            last = one["end"] - timedelta(days=1)
            words = Text(f"« {one['title']} » prend fin.", f"“{one['title']}” ends.")
            yield Deadline(last, "convention-end", one["convention"], text, words, None, parties[one["convention"]])
            continue
        if one["notice_by"] >= on:
            words = Text(
                f"Dernier jour pour dénoncer « {one['title']} » avant sa reconduction tacite.",
                f"Last day of notice on “{one['title']}” before it is tacitly renewed.",
            )
            yield Deadline(
                one["notice_by"], "convention-notice", one["convention"], text, words, None, parties[one["convention"]]
            )
        words = Text(
            f"« {one['title']} » est reconduite tacitement le lendemain.", f"“{one['title']}” is renewed next day."
        )
        yield Deadline(
            one["period_end"], "convention-renewal", one["convention"], text, words, None, parties[one["convention"]]
        )
    for row in ask(conn, "notices", {"instrument": None, "on": on}):
        if row["state"] in ("given", "answered"):
            words = Text(
                f"Mise en demeure n° {row['notice']} : fin du délai.",
                f"Formal notice no. {row['notice']}: its deadline.",
            )
            yield Deadline(
                row["deadline"],
                "formal-notice",
                row["instrument"],
                "mise en demeure",
                words,
                row["organisation"],
                parties.get(row["instrument"], frozenset()),
            )


def _exceptions(conn: Conn, on: date) -> Iterator[Deadline]:
    owners = {row["dataset"]: row["organisation"] for row in ask(conn, "owners", {"on": on})}
    for row in ask(conn, "exceptions", {"on": on, "dataset": None}):
        if row["review"] is None:
            continue
        words = Text(
            f"Exception n° {row['exception']} sur « {row['dataset']} » à revoir.",
            f"Exception no. {row['exception']} on “{row['dataset']}” to be reviewed.",
        )
        yield Deadline(
            row["review"], "exception-review", row["dataset"], "Charte MIG, § 3.3", words, owners.get(row["dataset"])
        )


def _referents(conn: Conn, on: date) -> Iterator[Deadline]:
    for row in ask(conn, "without_referent", {"on": on}):
        body = row["organisation"]
        words = Text(f"{body} n'a pas de référent technique.", f"{body} has no technical referent.")
        yield Deadline(on, "referent-missing", body, "Charte MIG, § 2.1.3", words, body)


def _updates(conn: Conn, state: charter.Facts, on: date) -> Iterator[Deadline]:
    for row in ask(conn, "update_frequencies"):
        updated, frequency = row["updated"], row["frequency"]
        if updated is None or frequency not in FREQUENCIES:
            continue
        after = FREQUENCIES[frequency]
        due = updated + after if isinstance(after, timedelta) else months_after(updated, after)
        dataset = state.datasets.get(row["dataset"])
        words = Text(
            f"« {row['dataset']} » est à mettre à jour : dernière le {day(updated).fr}.",
            f"“{row['dataset']}” is to be updated: last on {day(updated).en}.",
        )
        owner = dataset.owner if dataset else None
        yield Deadline(due, "update", row["dataset"], "Charte MIG, § 1.6, § 2.1.3", words, owner)


def _cases(conn: Conn, on: date) -> Iterator[Deadline]:
    for row in ask(conn, "cases", {"on": on, "kind": None, "organisation": None, "group": None}):
        kind = KINDS[row["kind"]]
        if row["due"] is None or kind.ended(row["state"]):
            continue
        words = Text(
            f"{kind.label.fr.capitalize()} n° {row['case']} : {row['subject']}",
            f"{kind.label.en.capitalize()} no. {row['case']}: {row['subject']}",
        )
        yield Deadline(
            row["due"],
            f"case-{kind.word}",
            str(row["case"]),
            kind.article,
            words,
            row["organisation"],
            frozenset(row["parties"]),
        )


def _remarks(conn: Conn) -> Iterator[Deadline]:
    """Answers that are due to who wrote about a dataset; what was written is on the desk of who answers."""
    for row in remarks.listing(conn, states=remarks.OPEN):
        kind, name = remarks.KINDS[row["kind"]], row["dataset"] or row["record"]
        about = f" ({name})" if name else ""
        article = remarks.REQUEST if row["kind"] == "publication" else remarks.REMARK
        words = Text(f"Répondre : {kind.fr} n° {row['id']}{about}.", f"Answer: {kind.en} no. {row['id']}{about}.")
        body = row["organisation"]
        yield Deadline(row["due"], "remark", str(row["id"]), article.fr, words, body, frozenset({body}))


def _standards(conn: Conn, on: date) -> Iterator[Deadline]:
    """Data that a standard in the register, with a deadline, is not conformed to by (000 art. 5)."""
    for one in standard_versions.duties(conn, on):
        if one.version.due is not None:
            yield of_duty(one)


def of_duty(one: standard_versions.Duty) -> Deadline:
    """A standard to conform to, as a deadline of whom the dataset belongs to; only one that has a day."""
    assert one.version.due is not None
    subject = f"{one.dataset} {one.version.standard} {one.version.version}"
    owner = one.bodies[0] if len(one.bodies) == 1 else None
    parties = frozenset(one.bodies)
    return Deadline(one.version.due, "standard", subject, standard_versions.ARTICLE, one.words(), owner, parties)


def _yearly(conn: Conn, on: date) -> Iterator[Deadline]:
    """What the OPenIG convention asks each year, while such a convention is in force."""
    running = conventions.listing(conn, on)
    if not any(one["state"] == "in_force" and one["text"] == "convention OPenIG" for one in running):
        return
    rows = ask(conn, "cases", {"on": on, "kind": None, "organisation": None, "group": None})
    councils = {row["details"]["year"] for row in rows if (row["kind"], row["state"]) == ("regional-council", "held")}
    if str(on.year) not in councils:
        yield Deadline(
            date(on.year, 12, 31), "regional-council", str(on.year), "convention OPenIG, art. 2-2",
            Text("Le conseil régional se réunit au moins une fois par an.", "The regional council meets once a year."),
        )  # fmt: skip
    roadmap = [row for row in rows if row["kind"] == "roadmap"]
    past = [r for r in roadmap if r["details"]["year"] < str(on.year) and not KINDS["roadmap"].ended(r["state"])]
    if past or not any(row["details"]["year"] == str(on.year) for row in roadmap):
        yield Deadline(
            date(on.year, 1, 31), "roadmap-review", str(on.year), "convention OPenIG, art. 4",
            Text(
                f"Bilan de la feuille de route passée ({len(past)} sans issue) et objectifs de {on.year}.",
                f"Review of the past roadmap ({len(past)} without an outcome) and objectives of {on.year}.",
            ),
        )  # fmt: skip


def calendar(found: list[Deadline], on: date, *, name: Text, lang: Lang) -> bytes:
    """The same as an iCalendar file: a day-long event each, with an alarm a week before."""
    from icalendar import Alarm, Calendar, Event

    book = Calendar()
    book.add("prodid", "-//mig-idg//FR")
    book.add("version", "2.0")
    book.add("x-wr-calname", name.in_(lang))
    for one in found:
        event = Event()
        event.add("uid", f"{one.kind}-{one.subject}-{one.due.isoformat()}@mig-idg")
        event.add("dtstamp", datetime.combine(on, time(), UTC))
        event.add("dtstart", one.due)
        event.add("dtend", one.due + timedelta(days=1))
        event.add("summary", one.words.in_(lang))
        event.add("description", one.article)
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", one.words.in_(lang))
        alarm.add("trigger", timedelta(days=-7))
        event.add_component(alarm)
        book.add_component(event)
    return bytes(book.to_ical())
