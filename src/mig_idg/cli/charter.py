"""`mig-idg charter check|prove|rules|articles|readings|take-reading`: the law asked, proved, read."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mig_idg.charter import reference
from mig_idg.charter.messages import day
from mig_idg.charter.rulebook import RULEBOOK
from mig_idg.charter.scenario import Question, Scenario, answer, differences, parse
from mig_idg.cli.acts import DAY, JSON, KNOWN_AT, act, reading
from mig_idg.cli.messages import lang, say, say_json, t
from mig_idg.errors import InvalidDeclaration, Text, Unavailable, UnknownWord

if TYPE_CHECKING:
    from rich.console import Console

    from mig_idg.registry.acts import Conn, Done, Record

Response = dict[str, Any]


@click.group(
    name="charter", help=t("La charte : ses règles, et ce qui les éprouve.", "The charter: its rules, and their tests.")
)
def command() -> None:
    """Group of verbs; only what the partnership has read needs a database."""


@command.command(
    help=t(
        "Répond aux questions de fichiers de scénario et compare avec ce qui est attendu. "
        "Sortie : 0 tout est conforme, 1 une attente est démentie, 2 un fichier n'est pas compris.",
        "Answers the questions of scenario files and compares with what is expected. "
        "Exit: 0 as expected, 1 an expectation fails, 2 a file is not understood.",
    )
)
@click.argument("files", metavar=t("FICHIER…", "FILE…"), nargs=-1, required=True)
@JSON
def check(files: tuple[str, ...], as_json: bool) -> int:
    """Every file is read, even after one that is not understood: one run tells all there is to mend."""
    answered: dict[str, list[Response]] = {}
    not_understood = False
    for file in files:
        try:
            scenario = parse(_text(file), file)
        except InvalidDeclaration as error:
            say(error.text(lang()), err=True)
            not_understood = True
            continue
        for remark in scenario.remarks:
            say(f"{remark.file}:{remark.line}: {remark.text.in_(lang())}", err=True)
        answered[file] = [answer(question, scenario.facts, lang=lang()) for question in scenario.questions]
        if not as_json:
            _show(file, scenario, answered[file])
    if as_json:
        say_json(answered)
    failed = any(told["ok"] is False for answers in answered.values() for told in answers)
    return 2 if not_understood else 1 if failed else 0


def _text(file: str) -> str:
    """The text of a file, `-` being the standard input; InvalidDeclaration when it cannot be read as text."""
    path = Path(file)
    if file != "-" and path.is_dir():
        raise _unread(
            file,
            "c'est un dossier ; donnez les fichiers, par exemple " + str(path / "*.yml"),
            "is a directory; give its files, like " + str(path / "*.yml"),
        )
    try:
        return (sys.stdin.buffer.read() if file == "-" else path.read_bytes()).decode("utf-8-sig")
    except FileNotFoundError:
        raise _unread(file, "ce fichier n'existe pas", "there is no such file") from None
    except OSError as error:
        raise _unread(file, f"illisible : {error.strerror}", f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise _unread(file, "ce fichier n'est pas du texte en UTF-8", "this file is not UTF-8 text") from None


def _unread(file: str, fr: str, en: str) -> InvalidDeclaration:
    return InvalidDeclaration(file, None, Text(f"{fr}.", f"{en}."))


def _show(file: str, scenario: Scenario, answers: list[Response]) -> None:
    """The table of one file, then each expectation that failed, with its line and its reason."""
    from rich.table import Table

    table = Table(title=file, title_justify="left", box=None, pad_edge=False)
    for heading in ("", t("question", "question"), t("réponse", "answer"), t("règle", "rule"), t("article", "article")):
        table.add_column(heading, overflow="fold")
    for told in answers:
        outcome = t("oui", "yes") if told["outcome"] == "permit" else t("non", "no")
        mark = {True: "[green]✓[/]", False: "[red]✗[/]", None: "·"}[told["ok"]]
        table.add_row(mark, _plain(told["name"]), outcome, told["rule"], told["article"])
    console = _console()
    console.print(table)
    for question, told in zip(scenario.questions, answers, strict=True):
        if told["ok"] is False:
            for line in _disagreement(file, question, told):
                console.print(line, markup=False, highlight=False, soft_wrap=True)
    failed = sum(told["ok"] is False for told in answers)
    asked = len(answers)
    console.print(t(f"{asked} question(s), {failed} démentie(s).", f"{asked} question(s), {failed} failed."), "")


def _disagreement(file: str, question: Question, told: Response) -> list[str]:
    expect = question.expect or {}
    lines = [f"{file}:{question.line}: {question.name}"]
    for key in differences(expect, told):
        wanted, got = _value(expect[key]), _value(told.get(key))
        lines.append(t(f"  {key} : attendu {wanted}, obtenu {got}", f"  {key}: expected {wanted}, got {got}"))
    return [*lines, f"  {told['reason']}"]


def _value(value: Any) -> str:
    return "[" + ", ".join(sorted(value)) + "]" if isinstance(value, list | tuple) else str(value)


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(text)


def _console() -> Console:
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else 140)


@command.command(
    help=t(
        "Prouve le livre des règles : chaque propriété vaut dans tous les mondes, ou le plus petit monde qui la "
        "dément est montré, comme un fichier de scénario que « charter check » sait lire. "
        "Sortie : 0 tout est prouvé, 1 une propriété ne l'est pas, 3 z3-solver n'est pas installé.",
        "Proves the rule book: each property holds in all worlds, or the smallest world that denies it is shown, "
        "as a scenario file that “charter check” reads. "
        "Exit: 0 all is proved, 1 a property is not, 3 z3-solver is not installed.",
    )
)
@click.argument("properties", metavar=t("PROPRIÉTÉ", "PROPERTY"), nargs=-1)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help=t("le dossier où écrire les contre-exemples", "the folder where counterexamples are written"),
)
@JSON
def prove(properties: tuple[str, ...], out: Path | None, as_json: bool) -> int:
    """One line for each property as it is proved; a counterexample is printed whole, or written."""
    from importlib.util import find_spec

    if find_spec("z3") is None:
        raise Unavailable(
            Text("z3-solver n'est pas installé.", "z3-solver is not installed."),
            remedy=Text("Installez-le : pip install z3-solver", "Install it: pip install z3-solver"),
        )
    from mig_idg.charter.proofs.properties import PROPERTIES
    from mig_idg.charter.proofs.run import prove as verdicts

    known = {one.id: one for one in PROPERTIES}
    for asked in properties:
        if asked not in known:
            raise UnknownWord(Text("propriété", "property"), asked, known, closed=True)
    told = []
    for verdict in verdicts(properties=[known[id] for id in properties or known]):
        files = dict(verdict.scenarios())
        told.append({**verdict.as_json(lang()), "scenarios": files})
        if not as_json:
            say(f"{'✓' if verdict.proved else '✗'} {verdict.property.id} : {verdict.sentence().in_(lang())}")
        _keep(files, out, show=not as_json)
    if as_json:
        say_json(told)
    return 0 if all(one["proved"] for one in told) else 1


def _keep(files: dict[str, str], out: Path | None, *, show: bool) -> None:
    """Write the scenario files of a counterexample, or show them."""
    for name, text in files.items():
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            (out / name).write_text(text, "utf-8")
        if show:
            say(f"  → {out / name}" if out is not None else f"\n# {name}\n{text}")


@command.command(help=t("Le livre des règles, dans l'ordre où il est consulté.", "The rule book, in its order."))
@JSON
@click.option("--page", is_flag=True, help=t("la page de référence, en Markdown", "the reference page, in Markdown"))
def rules(as_json: bool, page: bool) -> None:
    """Print the rule book: for people, for programs, or as the page of the documentation."""
    if page:
        click.echo(reference.page(), nl=False)
    elif as_json:
        say_json([reference.as_json(rule) for rule in (*RULEBOOK.rules, RULEBOOK.silence)])
    else:
        click.echo(reference.plain(lang()))


@command.command(help=t("Chaque article des textes : ses règles, ou pourquoi aucune.", "Every article, coded or not."))
@JSON
def articles(as_json: bool) -> None:
    """Print every article with the rules that code it, or the reason."""
    from mig_idg.charter.articles import articles as all_articles

    told = all_articles()
    if as_json:
        say_json([{"text": a.text, "id": a.id, "rules": a.rules, "why": a.why, "elsewhere": a.elsewhere} for a in told])
        return
    for article in told:
        rules = ", ".join(article.rules) or "—"
        click.echo(f"{article.text}, {article.id}  [{rules}]  {article.why.in_(lang())}")


@command.command(help=t("Les ambiguïtés des textes et la lecture retenue.", "The texts' ambiguities, our readings."))
@click.option(
    "--on",
    type=DAY,
    help=t("les lectures que le partenariat a prises, ce jour-là", "the readings the partnership has taken, that day"),
)
@KNOWN_AT
@JSON
def readings(on: date | None, known_at: datetime | None, as_json: bool) -> None:
    """Print every ambiguity with the reading taken and the setting that changes it; with `--on`, what was decided."""
    from mig_idg.charter.articles import readings as all_readings

    taken = {} if on is None else _taken(on, known_at)
    told = all_readings()
    if as_json:
        say_json(
            [
                {
                    "number": r.number,
                    "text": r.text,
                    "words": r.words,
                    "setting": r.setting,
                    "choices": r.choices,
                    **({} if on is None else {"taken": taken.get(r.number)}),
                }
                for r in told
            ]
        )
        return
    for one in told:
        where = f"{one.setting} = {' | '.join(one.choices)}" if one.setting else one.held_by
        click.echo(f"{one.number:>2}  {one.text}: {one.words.in_(lang())}  [{where}]")
        if decided := taken.get(one.number):
            since = day(decided["since"]).in_(lang())
            click.echo(
                t(
                    f"      → « {decided['choice']} » depuis le {since}, décision n° {decided['decision']}",
                    f"      → “{decided['choice']}” since {since}, decision no. {decided['decision']}",
                )
            )


def _taken(on: date, known_at: datetime | None) -> dict[int, dict[str, Any]]:
    from mig_idg.registry import readings as registry_readings

    with reading() as conn:
        return {int(row["number"]): dict(row) for row in registry_readings.taken(conn, on, known_at)}


@command.command(
    name="take-reading",
    help=t(
        "Le partenariat prend une lecture d'un texte ambigu, décidée par le comité de pilotage, à compter de --on.",
        "The partnership takes a reading of an ambiguous text, by a decision of the steering committee, from --on.",
    ),
)
@click.argument("number", type=int, metavar=t("NUMÉRO", "NUMBER"))
@click.argument("choice", metavar=t("LECTURE", "READING"))
@click.option("--decision", type=int, required=True, help=t("la décision citée", "the decision cited"))
@click.option("--days", type=int, default=0, help=t("jours de délai (18)", "days of grace (18)"))
@act
def take_reading(conn: Conn, record: Record, number: int, choice: str, decision: int, days: int) -> Done:
    """`retained` confirms a reading that has no other choice."""
    from mig_idg.registry import readings as registry_readings

    return registry_readings.take(conn, number, choice, record, decision=decision, days=days)
