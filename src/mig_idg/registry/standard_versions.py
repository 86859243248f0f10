"""The register of standards, and when each dataset has to conform (Tarn-et-Garonne convention, art. 5).

A national standard that is new, or changes, has the deadline that a decree fixes, if one does; a territorial one gives
each partner a year from its publication; a de facto standard is only advised. A dataset follows a standard, and
conforms to one of its versions: whatever was published after that one is a duty, with its day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg.rows import dict_row

from mig_idg.charter.deadlines import months_before
from mig_idg.charter.messages import day
from mig_idg.charter.periods import months_after
from mig_idg.errors import InvalidParameter, Text, UnknownWord
from mig_idg.registry import datasets, facts, history
from mig_idg.registry.acts import Conn, Done, Record, act, open_act
from mig_idg.registry.organisations import name_of
from mig_idg.registry.refusals import refused

ARTICLE = "convention Tarn-et-Garonne, art. 5"
TERRITORIAL_MONTHS = 12
ALERTS = (6, 3, 1)
"""How many months before its deadline a duty is told of; once more when it is late."""
SCOPES = {
    "national": Text("national", "national"),
    "territorial": Text("territorial", "territorial"),
    "de_facto": Text("de fait", "de facto"),
}


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a standard, as the register describes it."""

    standard: str
    version: str
    scope: str
    title: str
    published_on: date
    decree: str | None = None
    deadline: date | None = None
    url: str | None = None

    @property
    def due(self) -> date | None:
        """The last day to conform: the decree's, a year after its publication when territorial, or none."""
        return months_after(self.published_on, TERRITORIAL_MONTHS) if self.scope == "territorial" else self.deadline

    def as_json(self) -> dict[str, Any]:
        """As listings tell it."""
        return {
            "standard": self.standard, "version": self.version, "scope": self.scope, "title": self.title,
            "published_on": self.published_on, "decree": self.decree, "due": self.due, "url": self.url,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Duty:
    """A dataset that does not conform to a version of a standard that it follows."""

    dataset: str
    version: Version
    conforms_to: str | None
    bodies: tuple[str, ...]
    """Whose it is: its owner, or its co-owners."""

    def days_left(self, on: date) -> int | None:
        """How many days are left, less than none when it is late; None without a deadline."""
        return (self.version.due - on).days if self.version.due else None

    def state(self, on: date) -> str:
        """`advised` (no deadline), `due` or `late`."""
        return "advised" if self.version.due is None else "late" if on > self.version.due else "due"

    def alert(self, on: date) -> str | None:
        """The alert reached on the day: `late`, or the months left (`6`, `3`, `1`); None before the first."""
        due = self.version.due
        if due is None:
            return None
        if on > due:
            return "late"
        return next((str(months) for months in sorted(ALERTS) if on >= months_before(due, months)), None)

    def words(self) -> Text:
        """What has to be done, by when and why."""
        one = self.version
        has = Text(f"conforme à {self.conforms_to}", f"conforms to {self.conforms_to}") if self.conforms_to else Text(
            "à mettre en conformité", "to be made to conform")  # fmt: skip
        why = {
            "national": Text(one.decree or "standard national", one.decree or "national standard"),
            "territorial": Text(f"un an après sa publication, le {day(one.published_on).fr}",
                                f"a year after its publication, on {day(one.published_on).en}"),
            "de_facto": Text("standard de fait, conseillé", "de facto standard, advised"),
        }[one.scope]  # fmt: skip
        return Text(
            f"« {self.dataset} » doit suivre {one.title} {one.version} ({has.fr} ; {why.fr}).",
            f"“{self.dataset}” has to follow {one.title} {one.version} ({has.en}; {why.en}).",
        )

    def as_json(self, on: date) -> dict[str, Any]:
        """As listings tell it."""
        return {
            "dataset": self.dataset, "standard": self.version.standard, "version": self.version.version,
            "scope": self.version.scope, "conforms_to": self.conforms_to, "due": self.version.due,
            "days_left": self.days_left(on), "state": self.state(on), "decree": self.version.decree,
            "bodies": list(self.bodies), "fr": self.words().fr, "en": self.words().en,
        }  # fmt: skip


@act
def register(conn: Conn, said: Version, record: Record) -> Done:
    """A version of a standard enters the register, or is described anew."""
    _check(said)
    due = said.due
    until = (
        Text(f" Conformité au plus tard le {day(due).fr}.", f" To conform by {day(due).en}.") if due else Text("", "")
    )
    words = Text(
        f"{said.title} {said.version}, standard {SCOPES[said.scope].fr}, publié le {day(said.published_on).fr}."
        f"{until.fr}",
        f"{said.title} {said.version}, {SCOPES[said.scope].en} standard, published on {day(said.published_on).en}."
        f"{until.en}",
    )
    number = open_act(conn, record, verb="standards register", article=ARTICLE, words=words)
    key = {"standard": said.standard, "version": said.version}
    history.close(conn, number, "standard_version", key)
    values = {"scope": said.scope, "title": said.title.strip(), "published_on": said.published_on,
              "decree": said.decree, "deadline": said.deadline, "url": said.url}  # fmt: skip
    history.insert(conn, number, "standard_version", key | values)
    details = {"standard": said.standard, "version": said.version, "due": due}
    return Done(number, "standards register", ARTICLE, words, details)


@act
def follow(conn: Conn, dataset: str, standard: str, version: str | None, by: str, record: Record) -> Done:
    """From the day, a dataset follows a standard and conforms to that version of it, or to none yet.

    By its owner, a co-owner, or the pilot who keeps the register.
    """
    datasets.kind_of(conn, dataset)
    known = {one.version: one for one in versions(conn) if one.standard == standard}
    if not known:
        raise UnknownWord(Text("Standard", "standard"), standard, {one.standard for one in versions(conn)})
    if version is not None and version not in known:
        raise UnknownWord(Text("Version", "version"), version, known)
    _require_theirs(conn, dataset, by, record.on)
    title = next(iter(known.values())).title
    words = Text(
        f"« {dataset} » suit {title}"
        + (f" : conforme à la version {version}." if version else ", sans y être conforme."),
        f"“{dataset}” follows {title}" + (f": conforms to version {version}." if version else ", not conforming yet."),
    )
    number = open_act(conn, record, verb="standards follow", article=ARTICLE, words=words)
    key, values = {"dataset": dataset, "standard": standard}, {"version": version}
    history.put(conn, number, "dataset_standard", key, values, history.span(record.on))
    details = {"dataset": dataset, "standard": standard, "version": version, "by": by}
    return Done(number, "standards follow", ARTICLE, words, details)


def versions(conn: Conn) -> list[Version]:
    """The register: by standard, the latest version first."""
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            "select standard, version, scope, title, published_on, decree, deadline, url from registry.standard_version"
            " where closed_by is null order by standard, published_on desc, id desc"
        ).fetchall()
    return [Version(**row) for row in rows]


def duties(conn: Conn, on: date, *, body: str | None = None) -> list[Duty]:
    """What does not conform on the day, soonest first, what is only advised last; of one body when it is named."""
    register_of: dict[str, list[Version]] = {}
    for one in versions(conn):
        if one.published_on <= on:
            register_of.setdefault(one.standard, []).append(one)
    state = facts.load(conn, on).datasets
    found = []
    for row in history.known(conn, "dataset_standard", {}, on):
        dataset = state.get(row["dataset"])
        owners = {dataset.owner, *dataset.co_owners} - {None} if dataset else set()
        bodies = tuple(sorted(one for one in owners if one))
        if body is None or body in bodies:
            for one in _missed(register_of.get(row["standard"], []), row["version"]):
                found.append(Duty(row["dataset"], one, row["version"], bodies))
    return sorted(found, key=lambda one: (one.version.due or date.max, one.dataset, one.version.standard))


def followed(conn: Conn, on: date) -> dict[str, dict[str, str | None]]:
    """Which standards each dataset follows on the day, and the version that it conforms to."""
    told: dict[str, dict[str, str | None]] = {}
    for row in history.known(conn, "dataset_standard", {}, on):
        told.setdefault(row["dataset"], {})[row["standard"]] = row["version"]
    return told


def _missed(known: Collection[Version], conforms_to: str | None) -> Iterator[Version]:
    """The versions after the one conformed to; all of them when there is none."""
    reached = next((one.published_on for one in known if one.version == conforms_to), date.min)
    return (one for one in known if one.published_on > reached and one.version != conforms_to)


def _check(said: Version) -> None:
    if said.scope not in SCOPES:
        raise UnknownWord(Text("Portée", "scope"), said.scope, SCOPES, closed=True)
    if said.deadline is not None and said.scope != "national":
        raise InvalidParameter(
            "deadline",
            Text("Seul un standard national a une échéance fixée par décret.", "Only a decree on a national standard "
                 "fixes a deadline."),
            remedy=Text("Un standard territorial laisse un an, compté de lui-même.",
                        "A territorial standard gives a year, counted by itself."),
        )  # fmt: skip
    if said.deadline is not None and not (said.decree or "").strip():
        raise InvalidParameter("decree", Text("Citez le décret qui fixe l'échéance.", "Cite the decree that fixes it."))
    if said.deadline is not None and said.deadline < said.published_on:
        raise InvalidParameter(
            "deadline", Text("L'échéance précède la publication.", "The deadline is before the publication.")
        )


def _require_theirs(conn: Conn, dataset: str, by: str, on: date) -> None:
    known = facts.load(conn, on).datasets.get(dataset)
    if known is not None and by in {known.owner, *known.co_owners}:
        return
    if history.known(conn, "pilotage", {"organisation": by}, on):
        return
    owner = known.owner if known else None
    raise refused(
        ARTICLE,
        Text(
            f"C'est au propriétaire de « {dataset} », à un copropriétaire ou au pilote de le dire.",
            f"The owner of “{dataset}”, a co-owner or the pilot says so.",
        ),
        remedy=Text(f"Adressez-vous à {name_of(conn, owner)}.", f"Ask {name_of(conn, owner)}.") if owner else None,
        rule="the_owner_says_what_conforms",
    )
