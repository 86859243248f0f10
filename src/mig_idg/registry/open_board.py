"""Where each body stands with open data: the legal duty, and the six sets of the Socle Commun des Données Locales.

Haute-Garonne offer: since 7 October 2018, collectivities of more than 3,500 inhabitants and more than 50 agents publish
their data (CRPA, L312-1-1); six sets come first, others may follow.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from psycopg.rows import dict_row
from stdnum.fr import siret

from mig_idg.charter.facts import OPEN_LICENCES, Dataset
from mig_idg.charter.periods import months_after
from mig_idg.errors import InvalidParameter, Text
from mig_idg.registry import desks, facts, history, openings, publications, standard_versions
from mig_idg.registry.acts import Conn, Done, Record, act, open_act
from mig_idg.registry.deadlines import FREQUENCIES
from mig_idg.registry.organisations import everyone, name_of
from mig_idg.registry.statements import ask
from mig_idg.standards.known import by_columns
from mig_idg.standards.verdict import Verdict

ARTICLE = "offre open data de la Haute-Garonne ; CRPA, L312-1-1"
SINCE = date(2018, 10, 7)
INHABITANTS, AGENTS = 3500, 50
"""A body has more than both to be obliged."""
SETS: dict[str, tuple[str, Text]] = {
    "deliberations": ("scdl-deliberations", Text("délibérations", "council decisions")),
    "subventions": ("scdl-subventions", Text("subventions", "grants")),
    "marches": ("decp", Text("marchés publics", "public contracts")),
    "adresses": ("bal", Text("base adresse locale", "local address base")),
    "equipements": ("scdl-equipements", Text("équipements publics", "public facilities")),
    "prenoms": ("scdl-prenoms", Text("prénoms des nouveau-nés", "first names")),
}
"""The six sets that come first: the standard of each, and its name."""
DUTIES = {
    "obliged": Text("doit publier", "has to publish"),
    "free": Text("n'y est pas tenu", "is not obliged"),
    "unknown": Text("effectifs non connus", "size not known"),
    "not_yet": Text("pas encore en vigueur", "not in force yet"),
}


def duty(inhabitants: int | None, agents: int | None, on: date) -> str:
    """The legal duty of a collectivity on a day: one number at or below its threshold is enough to be free."""
    if on < SINCE:
        return "not_yet"
    if (inhabitants is not None and inhabitants <= INHABITANTS) or (agents is not None and agents <= AGENTS):
        return "free"
    return "unknown" if inhabitants is None or agents is None else "obliged"


@dataclass(frozen=True, slots=True)
class Published:
    """A dataset that is one of a body's sets: open or not, valid or not, dated, fresh or not. None: not known."""

    dataset: str
    standard: str
    open: bool
    licence: str | None
    valid: bool | None
    errors: int | None
    updated: date | None
    due: date | None
    fresh: bool | None

    @property
    def good(self) -> bool:
        """Open, valid, and not past its update."""
        return self.open and bool(self.valid) and self.fresh is not False

    def as_json(self) -> dict[str, Any]:
        """As the board tells it."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(frozen=True, slots=True)
class Standing:
    """A body on the board: its size, its duty, its sets (several datasets may make one), what it opens beyond."""

    organisation: str
    name: str
    inhabitants: int | None
    agents: int | None
    duty: str
    sets: Mapping[str, tuple[Published, ...]]
    beyond: tuple[str, ...]

    def done(self) -> int:
        """How many of the six sets are open, valid and fresh enough."""
        return sum(
            any(one.open and one.valid and one.fresh is not False for one in ones) for ones in self.sets.values()
        )


@dataclass(frozen=True, slots=True)
class Figures:
    """What the duty and the SCDL files need to know of a body; None leaves what was known."""

    inhabitants: int | None = None
    agents: int | None = None
    siret: str | None = None


@act
def describe(conn: Conn, organisation: str, said: Figures, record: Record) -> Done:
    """From the day, a body has so many inhabitants, so many agents, this SIRET: its duty follows."""
    _check(said)
    before = history.known(conn, "body_figures", {"organisation": organisation}, record.on)
    figures = {
        word: getattr(said, word) if getattr(said, word) is not None else before[-1][word] if before else None
        for word in Figures.__dataclass_fields__
    }
    state = duty(figures["inhabitants"], figures["agents"], record.on)
    shown = {word: "?" if many is None else many for word, many in figures.items()}
    name = name_of(conn, organisation)
    words = Text(
        f"{name} : {shown['inhabitants']} habitants, {shown['agents']} agents ; {DUTIES[state].fr}.",
        f"{name}: {shown['inhabitants']} inhabitants, {shown['agents']} agents; {DUTIES[state].en}.",
    )
    number = open_act(conn, record, verb="open body", article=ARTICLE, words=words)
    history.put(conn, number, "body_figures", {"organisation": organisation}, figures, history.span(record.on))
    return Done(number, "open body", ARTICLE, words, {"organisation": organisation, "duty": state, **figures})


def _check(said: Figures) -> None:
    for name, value in (("inhabitants", said.inhabitants), ("agents", said.agents)):
        if value is not None and value < 0:
            raise InvalidParameter(name, Text("Un nombre positif est attendu.", "A positive number is expected."))
    if said.siret is not None and not siret.is_valid(said.siret):
        raise InvalidParameter(
            "siret",
            Text(f"« {said.siret} » n'est pas un SIRET : 14 chiffres, clé juste.",
                 f"“{said.siret}” is no SIRET: 14 digits, with the right key."),
        )  # fmt: skip
    if said == Figures():
        raise InvalidParameter(
            "inhabitants", Text("Dites les habitants, les agents ou le SIRET.", "Say inhabitants, agents or SIRET.")
        )


def sirets(conn: Conn, on: date) -> dict[str, str]:
    """The SIRET of each body that said it."""
    rows = history.known(conn, "body_figures", {}, on)
    return {row["organisation"]: row["siret"] for row in rows if row["siret"]}


def keep_validation(conn: Conn, dataset: str, entry: Mapping[str, Any], verdict: Verdict) -> None:
    """The verdict of the validator on a set, in place of the one before. By the owner of the tables."""
    conn.execute(
        "insert into open_data.validation (dataset, source, version, standard, standard_version, valid, errors,"
        " warnings) values (%s, %s, %s, %s, %s, %s, %s, %s) on conflict (dataset) do update set at = now(),"
        " source = excluded.source, version = excluded.version, standard = excluded.standard,"
        " standard_version = excluded.standard_version, valid = excluded.valid, errors = excluded.errors,"
        " warnings = excluded.warnings",
        (dataset, openings.source_of(entry), openings.version_of(conn, dataset), verdict.standard, verdict.version,
         bool(verdict.valid), verdict.at("error"), verdict.at("warning")),
    )  # fmt: skip


def set_of(entry: Mapping[str, Any], followed: Collection[str] = ()) -> str | None:
    """Which of the six sets a dataset is: by the standard that it follows, else by its columns."""
    standard = next((one for one, _ in SETS.values() if one in followed), None)
    if standard is None:
        columns = (entry.get("table") or {}).get("columns", ())
        standard = by_columns(tuple(one["name"] for one in columns)) if columns else None
    return next((word for word, (known, _) in SETS.items() if known == standard), None)


def board(conn: Conn, on: date, seen: Collection[str] | None = None) -> list[Standing]:
    """Every partner of the day, with what the caller may know of (`seen`, or all); what is hidden counts as absent."""
    entries = publications.latest(conn).collections
    state = facts.load(conn, on).datasets
    followed = standard_versions.followed(conn, on)
    sizes = {row["organisation"]: row for row in history.known(conn, "body_figures", {}, on)}
    checked, dated = _validations(conn), {row["dataset"]: row for row in ask(conn, "update_frequencies")}
    bodies, found = everyone(conn), []
    for body in desks.adherents(conn, on):
        sets: dict[str, list[Published]] = {word: [] for word in SETS}
        beyond = []
        for id, dataset in sorted(state.items()):
            if dataset.owner != body or id not in entries or (seen is not None and id not in seen):
                continue
            word = set_of(entries[id], followed.get(id, {}))
            if word is not None:
                verdict = _of_today(conn, id, entries[id], checked.get(id))
                sets[word].append(_published(dataset, SETS[word][0], entries[id], verdict, dated.get(id), on))
            elif _is_open(dataset):
                beyond.append(id)
        size = sizes.get(body, {"inhabitants": None, "agents": None})
        found.append(
            Standing(body, bodies[body].name, size["inhabitants"], size["agents"],
                     duty(size["inhabitants"], size["agents"], on),
                     {word: tuple(ones) for word, ones in sets.items()}, tuple(beyond))
        )  # fmt: skip
    return sorted(found, key=lambda one: one.name)


def _is_open(dataset: Dataset) -> bool:
    return dataset.licence in OPEN_LICENCES and dataset.takedown is None


def _published(
    dataset: Dataset, standard: str, entry: Mapping[str, Any], verdict: Mapping[str, Any] | None,
    dated: Mapping[str, Any] | None, on: date,
) -> Published:  # fmt: skip
    told = [date.fromisoformat(entry["updated"][:10])] if entry.get("updated") else []
    told += [dated["updated"]] if dated and dated["updated"] else []
    updated = max(told, default=None)
    after = FREQUENCIES.get(entry["declaration"].get("update_frequency") or "")
    due = None
    if updated is not None and after is not None:
        due = updated + after if isinstance(after, timedelta) else months_after(updated, after)
    return Published(
        dataset.id, standard, _is_open(dataset), dataset.licence,
        verdict["valid"] if verdict else None, verdict["errors"] if verdict else None,
        updated, due, on <= due if due else None,
    )  # fmt: skip


def _validations(conn: Conn) -> dict[str, dict[str, Any]]:
    with conn.cursor(row_factory=dict_row) as cursor:
        return {row["dataset"]: row for row in cursor.execute("select * from open_data.validation")}


def _of_today(
    conn: Conn, dataset: str, entry: Mapping[str, Any], verdict: Mapping[str, Any] | None
) -> Mapping[str, Any] | None:
    """The verdict, when it is that of the rows as they are today."""
    if verdict is None:
        return None
    now = (openings.source_of(entry), openings.version_of(conn, dataset))
    return verdict if (verdict["source"], verdict["version"]) == now else None


HEADER = (
    "organisme", "nom", "habitants", "agents", "obligation", "jeu", "donnee", "standard", "ouverte", "licence",
    "valide", "erreurs", "mise_a_jour", "prochaine_mise_a_jour", "a_jour",
)  # fmt: skip


def lines(standings: Collection[Standing]) -> list[tuple[str, ...]]:
    """The board as a table, its header first: a line for each dataset of a set, one for each set that is missing."""
    told: list[tuple[str, ...]] = [HEADER]
    for body in standings:
        who = (body.organisation, body.name, _cell(body.inhabitants), _cell(body.agents), body.duty)
        for word, (standard, _) in SETS.items():
            for one in body.sets[word]:
                told.append((*who, word, one.dataset, standard, _cell(one.open), one.licence or "", _cell(one.valid),
                             _cell(one.errors), _cell(one.updated), _cell(one.due), _cell(one.fresh)))  # fmt: skip
            if not body.sets[word]:
                told.append((*who, word, "", standard, *("",) * 7))
    return told


def _cell(value: bool | int | date | None) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)
