"""What is checked before data are published to everybody (Tarn-et-Garonne convention, art. 5; CRPA, L312-1-2).

Four questions, asked once for each source: personal data, secrets, intellectual property, internal security. And what
detectors found in the cells (`open_data.scan`), to be answered column by column. An answer says who, when and why; it
holds for the source it was given for: another table, another column, and it is asked anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from mig_idg.errors import InvalidParameter, Refused, Text, UnknownWord
from mig_idg.registry import datasets, facts, history, publications
from mig_idg.registry.acts import Conn, Done, Record, act, open_act
from mig_idg.registry.organisations import name_of
from mig_idg.registry.refusals import refused
from mig_idg.standards.personal_data import DETECTORS

ARTICLE = "convention Tarn-et-Garonne, art. 5"
RULE = "open_data_are_checked"


@dataclass(frozen=True, slots=True)
class Question:
    """One of the four checks: what it is about, what is asked, and the texts it comes from."""

    word: str
    title: Text
    asks: Text
    article: str


QUESTIONS: dict[str, Question] = {
    one.word: one
    for one in (
        Question(
            "personal_data",
            Text("données personnelles", "personal data"),
            Text("Aucune personne n'y est reconnaissable, ou un texte en autorise la diffusion ?",
                 "Can nobody be recognised in them, or does a text allow it?"),
            "convention Tarn-et-Garonne, art. 5 ; CRPA, L312-1-2",
        ),
        Question(
            "secrets",
            Text("secrets protégés par la loi", "secrets that the law protects"),
            Text("Ni secret des affaires, ni secret industriel ou commercial, ni autre secret ?",
                 "No business, industrial or commercial secret, nor any other?"),
            "convention Tarn-et-Garonne, art. 5 ; CRPA, L311-6",
        ),
        Question(
            "intellectual_property",
            Text("propriété intellectuelle", "intellectual property"),
            Text("Aucun tiers n'y détient de droits, ou il y a consenti ?",
                 "Does no third party hold rights on them, or did it agree?"),
            "CRPA, L311-4",
        ),
        Question(
            "internal_security",
            Text("sécurité intérieure", "internal security"),
            Text("Rien qui nuise à la sécurité des personnes, des bâtiments, des réseaux ?",
                 "Nothing that harms the safety of people, buildings or networks?"),
            "convention Tarn-et-Garonne, art. 5 ; CRPA, L311-5",
        ),
    )
}  # fmt: skip
VERDICTS = {
    "clear": Text("rien ne s'y oppose", "nothing bars it"),
    "barred": Text("s'oppose à l'ouverture", "bars the opening"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a body answers to a question, or to what a detector found in a column."""

    question: str
    reason: str
    verdict: str = "clear"
    detector: str | None = None
    column: str | None = None


def source_of(entry: Mapping[str, Any]) -> str:
    """What a dataset is made from, as one word: its table, picture or plug-in, and its columns."""
    said = entry["declaration"]["source"]
    made = next((f"{key} {said[key]}" for key in ("table", "raster", "points", "plugin") if said.get(key)), "")
    columns = sorted(one["name"] for one in (entry.get("table") or {}).get("columns", ()))
    return hashlib.sha256("\n".join([made, *columns]).encode()).hexdigest()[:16]


@act
def answer(conn: Conn, dataset: str, by: str, said: Answer, record: Record) -> Done:
    """The owner, or a co-owner, answers one question for the source of today; a later answer replaces it."""
    _check(said)
    entry = _entry(conn, dataset)
    _require_theirs(conn, dataset, by, record.on)
    if said.detector is not None:
        found = {(one["detector"], one["column"]) for one in scan_of(conn, dataset, entry)["findings"]}
        if (said.detector, said.column) not in found:
            raise InvalidParameter(
                "column",
                Text(
                    f"Rien de tel n'a été trouvé dans « {dataset} » : {said.detector}, colonne {said.column}.",
                    f"No such thing was found in “{dataset}”: {said.detector}, column {said.column}.",
                ),
                remedy=Text(f"« open check {dataset} » dit ce qui l'a été.", f"“open check {dataset}” says what was."),
            )
    about = QUESTIONS[said.question].title
    where = Text(
        f" ({DETECTORS[said.detector].title.fr}, colonne « {said.column} »)",
        f" ({DETECTORS[said.detector].title.en}, column “{said.column}”)",
    ) if said.detector else Text("", "")  # fmt: skip
    verdict = VERDICTS[said.verdict]
    words = Text(
        f"« {dataset} », {about.fr}{where.fr} : {verdict.fr}. {said.reason.strip()} ({name_of(conn, by)})",
        f"“{dataset}”, {about.en}{where.en}: {verdict.en}. {said.reason.strip()} ({name_of(conn, by)})",
    )
    number = open_act(conn, record, verb="open answer", article=ARTICLE, words=words)
    key = {"dataset": dataset, "source": source_of(entry), "question": said.question}
    for row in history.known(conn, "opening_answer", key):
        if (row["detector"], row["field"]) == (said.detector, said.column):
            history.close(conn, number, "opening_answer", {"id": row["id"]})
    values = {"detector": said.detector, "field": said.column, "verdict": said.verdict, "organisation": by,
              "reason": said.reason.strip()}  # fmt: skip
    history.insert(conn, number, "opening_answer", key | values)
    details = {"dataset": dataset, "by": by, "question": said.question, "verdict": said.verdict}
    return Done(number, "open answer", ARTICLE, words, details)


def keep_scan(
    conn: Conn, dataset: str, entry: Mapping[str, Any], rows: int, findings: Iterable[Mapping[str, Any]]
) -> None:
    """What a scan of the cells found, in place of the one before. By the owner of the tables."""
    conn.execute(
        "insert into open_data.scan (dataset, source, version, rows, findings) values (%s, %s, %s, %s, %s)"
        " on conflict (dataset) do update set at = now(), source = excluded.source, version = excluded.version,"
        " rows = excluded.rows, findings = excluded.findings",
        (dataset, source_of(entry), version_of(conn, dataset), rows, Jsonb(list(findings))),
    )


def scan_of(conn: Conn, dataset: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    """The last scan of a dataset: `state` is `none`, `stale` (rows or source changed since), `done`, `no_table`."""
    if not entry.get("table"):
        return {"state": "no_table", "at": None, "rows": None, "findings": []}
    with conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute("select * from open_data.scan where dataset = %s", (dataset,)).fetchone()
    if row is None:
        return {"state": "none", "at": None, "rows": None, "findings": []}
    fresh = (row["source"], row["version"]) == (source_of(entry), version_of(conn, dataset))
    return {"state": "done" if fresh else "stale", "at": row["at"], "rows": row["rows"], "findings": row["findings"]}


def standing(conn: Conn, dataset: str) -> dict[str, Any]:
    """Where a published dataset stands: each question with its answer, each finding with its own, and `ready`."""
    return standing_of(conn, dataset, _entry(conn, dataset))


def standing_of(conn: Conn, dataset: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    """The same for an entry, published or about to be."""
    given = _answers(conn, dataset, source_of(entry))
    scan = scan_of(conn, dataset, entry)
    questions = [{"question": word, **_told(given.get((word, None, None)))} for word in QUESTIONS]
    findings = [
        one | {"needs_answer": DETECTORS[one["detector"]].answered,
               **_told(given.get(("personal_data", one["detector"], one["column"])))}
        for one in scan["findings"]
    ]  # fmt: skip
    asked = [*questions, *(one for one in findings if one["needs_answer"])]
    ready = scan["state"] in ("done", "no_table") and all(one["verdict"] == "clear" for one in asked)
    return {"dataset": dataset, "licence": entry["declaration"].get("licence"), "ready": ready,
            "source": source_of(entry), "scan": {key: scan[key] for key in ("state", "at", "rows")},
            "questions": questions, "findings": findings}  # fmt: skip


def require_checked(conn: Conn, dataset: str) -> None:
    """Refused unless the four questions and every finding are answered for the rows of today, and none bars.

    A dataset that no publication holds yet passes: its publication asks the same (`publication.open_gate`).
    """
    entry = publications.latest(conn).collections.get(dataset)
    if entry is None:
        return
    told = standing_of(conn, dataset, entry)
    if told["ready"]:
        return
    if told["scan"]["state"] in ("none", "stale"):
        raise _not_read(dataset)
    raise refusal(dataset, told)


def refusal(dataset: str, told: Mapping[str, Any]) -> Refused:
    """What is not answered, or bars, in one refusal: each with its article, its lines and columns."""
    left = [one for one in told["questions"] if one["verdict"] != "clear"]
    found = [one for one in told["findings"] if one["needs_answer"] and one["verdict"] != "clear"]
    fr = [_question(one).fr for one in left] + [_finding(one).fr for one in found]
    en = [_question(one).en for one in left] + [_finding(one).en for one in found]
    return refused(
        ARTICLE,
        Text(
            f"« {dataset} » ne s'ouvre pas encore : {' ; '.join(fr)}", f"“{dataset}” may not open yet: {'; '.join(en)}"
        ),
        remedy=Text(
            f"Répondez, avec la raison : « mig-idg open answer {dataset} --check … --reason … », ou au bureau « Mes "
            "données » ; ce qui désigne une personne s'ôte ou s'anonymise d'abord.",
            f"Answer, with the reason: “mig-idg open answer {dataset} --check … --reason …”, or on the desk “My data”;"
            " what tells a person is removed or anonymised first.",
        ),
        rule=RULE,
    )


def _question(one: Mapping[str, Any]) -> Text:
    known = QUESTIONS[one["question"]]
    if one["verdict"] == "barred":
        return Text(f"{known.title.fr} : {one['reason']} ({known.article})",
                    f"{known.title.en}: {one['reason']} ({known.article})")  # fmt: skip
    return Text(f"{known.title.fr}, sans réponse ({known.article})", f"{known.title.en}, unanswered ({known.article})")


def _finding(one: Mapping[str, Any]) -> Text:
    lines = ", ".join(str(place["line"]) for place in one["places"])
    more = Text(f" et {one['count'] - len(one['places'])} autres", f" and {one['count'] - len(one['places'])} more")
    rest = more if one["count"] > len(one["places"]) else Text("", "")
    title = DETECTORS[one["detector"]].title
    return Text(
        f"{title.fr}, colonne « {one['column']} », lignes {lines}{rest.fr}",
        f"{title.en}, column “{one['column']}”, lines {lines}{rest.en}",
    )


def _not_read(dataset: str) -> Refused:
    return refused(
        ARTICLE,
        Text(
            f"Les lignes d'aujourd'hui de « {dataset} » n'ont pas été contrôlées.",
            f"The rows of “{dataset}” as they are today were not checked.",
        ),
        remedy=Text(f"« mig-idg open check {dataset} » les lit.", f"“mig-idg open check {dataset}” reads them."),
        rule=RULE,
    )


def _check(said: Answer) -> None:
    if said.question not in QUESTIONS:
        raise UnknownWord(Text("Contrôle", "check"), said.question, QUESTIONS, closed=True)
    if said.verdict not in VERDICTS:
        raise UnknownWord(Text("Verdict", "verdict"), said.verdict, VERDICTS, closed=True)
    if len(said.reason.strip()) < 3:
        raise InvalidParameter("reason", Text("Dites pourquoi.", "Say why."))
    if (said.detector is None) != (said.column is None):
        raise InvalidParameter(
            "column", Text("Un détecteur et sa colonne vont ensemble.", "A detector and its column go together.")
        )
    if said.detector is not None and said.detector not in DETECTORS:
        raise UnknownWord(Text("Détecteur", "detector"), said.detector, DETECTORS, closed=True)
    if said.detector is not None and said.question != "personal_data":
        raise InvalidParameter(
            "check", Text("Un détecteur cherche des données personnelles.", "A detector looks for personal data.")
        )


def _require_theirs(conn: Conn, dataset: str, by: str, on: date) -> None:
    known = facts.load(conn, on).datasets.get(dataset)
    if known is not None and by in {known.owner, *known.co_owners}:
        return
    owner = known.owner if known else None
    raise refused(
        ARTICLE,
        Text(
            f"C'est au propriétaire de « {dataset} », ou à un copropriétaire, de répondre.",
            f"The owner of “{dataset}”, or a co-owner, answers.",
        ),
        remedy=Text(f"Adressez-vous à {name_of(conn, owner)}.", f"Ask {name_of(conn, owner)}.") if owner else None,
        rule="the_owner_answers_before_opening",
    )


def _entry(conn: Conn, dataset: str) -> Mapping[str, Any]:
    """The published entry of a dataset. Raises UnknownWord, with the nearest."""
    entries = publications.latest(conn).collections
    if dataset not in entries:
        raise UnknownWord(datasets.DATASET, dataset, entries)
    return entries[dataset]


def _answers(conn: Conn, dataset: str, source: str) -> dict[tuple[str, str | None, str | None], dict[str, Any]]:
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            "select o.question, o.detector, o.field, o.verdict, o.organisation, o.reason, a.effective as answered_on,"
            " a.author from registry.opening_answer o join registry.act a on a.id = o.act"
            " where o.dataset = %s and o.source = %s and o.closed_by is null",
            (dataset, source),
        ).fetchall()
    return {(row["question"], row["detector"], row["field"]): row for row in rows}


def _told(row: Mapping[str, Any] | None) -> dict[str, Any]:
    keys = ("verdict", "organisation", "author", "answered_on", "reason")
    return {key: row[key] if row else None for key in keys}


def version_of(conn: Conn, dataset: str) -> int:
    """The number that moves with the rows of a dataset; 0 before it was published."""
    row = conn.execute("select number from registry.data_version where collection = %s", (dataset,)).fetchone()
    return int(row[0]) if row else 0
