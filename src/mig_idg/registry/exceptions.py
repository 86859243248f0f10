"""Exceptions to sharing (004 §3.3): a ground, a legal text, the smallest scope that carries it, a review date."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from mig_idg.charter.facts import GROUNDS
from mig_idg.charter.messages import GROUNDS as GROUND_WORDS
from mig_idg.charter.messages import day
from mig_idg.errors import Conflict, InvalidParameter, Text, UnknownWord
from mig_idg.registry import datasets, history
from mig_idg.registry.acts import Conn, Done, Record, act, open_act
from mig_idg.registry.refusals import refused
from mig_idg.registry.statements import Row, ask

PRECAUTION = timedelta(days=30)
CONFIDENTIAL_REVIEW = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Exception_:
    """What an exception says. `attributes` empty: the whole dataset. `alleged`: a precaution, thirty days at most."""

    ground: str
    legal_text: str
    author: str
    review: date
    attributes: tuple[str, ...] = ()
    objection_proved: bool = False
    law_allows: bool = False
    beneficiaries: tuple[str, ...] | None = None
    alleged: bool = False
    until: date | None = None
    extra: dict[str, Any] = field(default_factory=dict)


@act
def declare(conn: Conn, dataset: str, exception: Exception_, record: Record) -> Done:
    """Close a dataset, or some of its attributes, on a ground of §3.3, from the day of the record."""
    datasets.kind_of(conn, dataset)
    if exception.ground not in GROUNDS:
        raise UnknownWord(Text("Motif", "ground"), exception.ground, GROUNDS, closed=True)
    datasets.require_attributes(conn, dataset, exception.attributes, record.on)
    _require_review(exception, record.on)
    article = article_of(exception.ground)
    ground = GROUND_WORDS[exception.ground]
    scope = ", ".join(exception.attributes)
    words = Text(
        f"Exception {exception.ground} ({ground.fr}) sur « {dataset} » : {scope or 'toute la donnée'}.",
        f"Exception {exception.ground} ({ground.en}) on “{dataset}”: {scope or 'the whole dataset'}.",
    )
    number = open_act(conn, record, verb="exception declare", article=article, words=words)
    case = write(conn, number, dataset, exception, record.on)
    details = {"dataset": dataset, "exception": case, "ground": exception.ground, "review": exception.review}
    return Done(number, "exception declare", article, words, details)


@act
def lift(conn: Conn, exception: int, record: Record) -> Done:
    """The ground no longer holds: the exception ends on the day of the record; what it closed, it had closed."""
    row = _live(conn, exception, record.on)
    words = Text(
        f"L'exception n° {exception} ({row['ground']}) sur « {row['dataset']} » est levée le {day(record.on).fr}.",
        f"Exception {exception} ({row['ground']}) on “{row['dataset']}” is lifted on {day(record.on).en}.",
    )
    article = article_of(row["ground"])
    number = open_act(conn, record, verb="exception lift", article=article, words=words)
    history.end(conn, number, "dataset_exception", {"number": exception}, history.span(record.on))
    return Done(number, "exception lift", article, words, {"dataset": row["dataset"], "exception": exception})


@act
def review(
    conn: Conn,
    exception: int,
    until: date,
    record: Record,
    *,
    objection_proved: bool | None = None,
    law_allows: bool | None = None,
) -> Done:
    """The exception still holds and is to be looked at again by `until`; an allegation may be confirmed."""
    row = _live(conn, exception, record.on)
    if until <= record.on:
        raise InvalidParameter(
            "review",
            Text("La prochaine revue doit suivre celle-ci.", "The next review must follow this one."),
        )
    _require_within_a_year(row["ground"], until, record.on)
    words = Text(
        f"L'exception n° {exception} sur « {row['dataset']} » est maintenue ; prochaine revue le {day(until).fr}.",
        f"Exception {exception} on “{row['dataset']}” is kept; next review on {day(until).en}.",
    )
    article = article_of(row["ground"])
    number = open_act(conn, record, verb="exception review", article=article, words=words)
    memory = ("id", "act", "known", "closed_by", "valid", "number")
    said = {column: value for column, value in row.items() if column not in memory}
    facts = {"objection_proved": objection_proved, "law_allows": law_allows}
    said |= {"review_on": until, **{name: value for name, value in facts.items() if value is not None}}
    end = row["valid"].upper
    if said["state"] == "alleged":
        said["state"], end = "active", None
    history.put(conn, number, "dataset_exception", {"number": exception}, said, history.span(record.on, end))
    return Done(number, "exception review", article, words, {"exception": exception, "review": until})


def listing(conn: Conn, on: date, dataset: str | None = None) -> list[Row]:
    """The exceptions that hold on the day; `due` says that the review date has come."""
    return ask(conn, "exceptions", {"on": on, "dataset": dataset})


def write(conn: Conn, number: int, dataset: str, exception: Exception_, start: date | None) -> int:
    """Write an exception under an act; gives its case number."""
    end = exception.until
    if exception.alleged and start is not None:
        end = min(end or start + PRECAUTION, start + PRECAUTION)
    row = history.insert(
        conn,
        number,
        "dataset_exception",
        {
            "dataset": dataset,
            "ground": exception.ground,
            "legal_text": exception.legal_text,
            "attributes": list(exception.attributes) or None,
            "author": exception.author,
            "review_on": exception.review,
            "state": "alleged" if exception.alleged else "active",
            "objection_proved": exception.objection_proved,
            "law_allows": exception.law_allows,
            "beneficiaries": None if exception.beneficiaries is None else list(exception.beneficiaries),
            "valid": history.span(start, end),
            **exception.extra,
        },
    )
    (told,) = history.known(conn, "dataset_exception", {"id": row})
    return int(told["number"])


def article_of(ground: str) -> str:
    """The dash of §3.3 that a ground rests on; E0 is the general sentence."""
    dash = int(ground[1:])
    return "Charte MIG, § 3.3" if dash == 0 else f"Charte MIG, § 3.3 ({'1er' if dash == 1 else f'{dash}e'} tiret)"


def _require_review(exception: Exception_, on: date) -> None:
    if exception.review <= on:
        raise InvalidParameter(
            "review",
            Text("La date de revue doit suivre le début de l'exception.", "The review must follow the start."),
        )
    _require_within_a_year(exception.ground, exception.review, on)


def _require_within_a_year(ground: str, review: date, on: date) -> None:
    """Confidential data, which the charter leaves undefined, are looked at again every year (rules.md §7, 22)."""
    if ground == "E3" and review > on + CONFIDENTIAL_REVIEW:
        raise refused(
            article_of("E3"),
            Text(
                "Une donnée confidentielle se revoit dans les douze mois : c'est la lecture n° 22 du partenariat, que "
                "le texte ne dit pas.",
                "Confidential data are reviewed within twelve months: the partnership's reading no. 22, the text being "
                "silent.",
            ),
            remedy=Text("Avancez la date de revue.", "Bring the review date forward."),
        )


def _live(conn: Conn, exception: int, on: date) -> dict[str, Any]:
    rows = history.known(conn, "dataset_exception", {"number": exception}, on)
    if not rows:
        raise Conflict(
            Text(
                f"Aucune exception n° {exception} ne vaut le {day(on).fr}.",
                f"No exception {exception} holds on {day(on).en}.",
            ),
            remedy=Text("Voyez « exception list ».", "See “exception list”."),
        )
    return rows[0]
