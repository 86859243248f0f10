"""`mig-idg deposit FILE --dataset ID`, `deposit list|show|check|certify|sign|withdraw`: a file, up to publication.

On the server itself, with its rights: the same steps as `/deposits`, done in place, so that no worker is needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import click

from mig_idg.cli.acts import JSON, ON, show_table
from mig_idg.cli.messages import author, lang, registry_connection, say, say_json, settings, t, today
from mig_idg.errors import BadRequest, Text

STATES = ("receiving", "draft", "refused", "checked", "signed_off", "published", "archived", "withdrawn")
DEPOSIT = click.argument("deposit", metavar=t("DÉPÔT", "DEPOSIT"))
RECEIVE = "receive"


class FileOrVerb(click.Group):
    """A first word that is no verb is a file: `mig-idg deposit voies.gpkg --dataset voies`."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The verb, or the deposit of a file."""
        if args and args[0] not in self.commands:
            return RECEIVE, self.commands[RECEIVE], args
        return super().resolve_command(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs that are told."""
        return [name for name in self.commands if name != RECEIVE]


@click.group(
    name="deposit",
    cls=FileOrVerb,
    context_settings={"ignore_unknown_options": True},
    help=t(
        "Dépose un fichier : mig-idg deposit FILE --dataset ID. Reçu, contrôlé, signé par le référent technique, "
        "il est publié (§ 2.1.3, § 3.5.1).",
        "Deposits a file: mig-idg deposit FILE --dataset ID. It is received, checked, signed off by the technical "
        "referent, then published (§ 2.1.3, § 3.5.1).",
    ),
)
def command() -> None:
    """Group of the verbs on deposits."""


def _certifying(function: Any) -> Any:
    """The options by which the depositor certifies and answers."""
    for option in (
        click.option("--checklist", help=t("réponses du § 3.3 : none, ou E1:no,E2:yes,…", "§ 3.3: none, or E1:no,…")),
        click.option("--validity", help=t("période de validité, AAAA-MM-JJ/..", "validity period, YYYY-MM-DD/..")),
        click.option("--production", help=t("période de production, début/fin", "production period, start/end")),
        click.option("--legal-conformity", is_flag=True, help=t("conformité juridique contrôlée", "legal conformity")),
        click.option("--same-files", is_flag=True, help=t("ceux que le déposant utilise", "those the depositor uses")),
    ):
        function = option(function)
    return function


@command.command(name=RECEIVE, hidden=True, help=t("Dépose un fichier et le contrôle.", "Deposits and checks a file."))
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--dataset", required=True, help=t("le jeu de données visé", "the dataset"))
@click.option("--depositor", default=author, help=t("qui dépose", "who deposits"))
@_certifying
@JSON
def receive(file: Path, dataset: str, depositor: str, as_json: bool, **certified: Any) -> int:
    """Exit 1 when the check refuses it."""
    from mig_idg.deposits import certification, work
    from mig_idg.deposits.receive import file_name

    if not file.is_file():
        raise BadRequest(Text(f"{file} n'est pas un fichier.", f"{file} is not a file."))
    certificate, answers = certification.read(_words(certified))
    tools = _tools()
    with _owner() as connection:
        with connection.transaction():
            body, kind = work.answerable(connection, dataset, today())
        received = tools.quarantine.bring(file)
        given = {
            "id": received.id,
            "dataset": dataset,
            "kind": kind,
            "organisation": body,
            "depositor": depositor,
            "file": file_name(file.name),
            "size": received.size,
            "sha256": received.sha256,
            "state": "draft",
            "certification": certificate,
            "checklist": answers,
        }
        with connection.transaction():
            found, made = work.take(connection, given, {"who": depositor})
        if not made:
            tools.quarantine.discard(received.id)
        found = work.check(connection, found.id, tools, today())
        return _told(connection, found.id, as_json, made=made)


@command.command(name="list", help=t("Les dépôts, du plus récent au plus ancien.", "Deposits, newest first."))
@click.option("--dataset", help=t("de ce jeu de données", "of this dataset"))
@click.option("--state", type=click.Choice(STATES), help=t("dans cet état", "in this state"))
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, help=t("au plus", "at most"))
@JSON
def list_(dataset: str | None, state: str | None, limit: int, as_json: bool) -> int:
    """Those of every body: the command is the server's."""
    from mig_idg.deposits import work
    from mig_idg.deposits.lifecycle import STATES as WORDS

    with _owner() as connection, connection.transaction():
        found = work.listing(connection, dataset, state, limit)
    rows = [
        {
            "id": one.id,
            "dataset": one.dataset,
            "organisation": one.organisation,
            "file": one.file,
            "state": one.state if as_json else WORDS[one.state].in_(lang()),  # type: ignore[index]
            "created": one.created.isoformat(timespec="seconds"),
        }
        for one in found
    ]
    heads = {
        "id": t("dépôt", "deposit"),
        "dataset": t("jeu de données", "dataset"),
        "organisation": t("organisme", "body"),
        "file": t("fichier", "file"),
        "state": t("état", "state"),
        "created": t("déposé", "deposited"),
    }
    show_table(rows, heads, as_json)
    return 0


@command.command(
    help=t("Un dépôt : son état, son rapport, qui peut quoi ensuite.", "One deposit, and what can follow.")
)
@DEPOSIT
@JSON
def show(deposit: str, as_json: bool) -> int:
    """Exit 1 when the check refused it."""
    with _owner() as connection:
        return _told(connection, deposit, as_json)


@command.command(help=t("Contrôle un dépôt à nouveau.", "Checks a deposit again."))
@DEPOSIT
@JSON
def check(deposit: str, as_json: bool) -> int:
    """Exit 1 when the check refuses it."""
    from mig_idg.deposits import work

    with _owner() as connection:
        with connection.transaction():
            work.step(connection, work.find(connection, deposit), "check", {"who": author()})
        work.check(connection, deposit, _tools(), today())
        return _told(connection, deposit, as_json)


@command.command(help=t("Certifie un dépôt, répond au questionnaire du § 3.3.", "Certifies a deposit."))
@DEPOSIT
@_certifying
@JSON
def certify(deposit: str, as_json: bool, **certified: Any) -> int:
    """Before it is signed."""
    from mig_idg.deposits import certification, work

    certificate, answers = certification.read(_words(certified))
    said = {name: value for name, value in (("certification", certificate), ("checklist", answers)) if value}
    if not said:
        raise BadRequest(
            Text("Rien à certifier.", "Nothing to certify."),
            remedy=Text("Voir --help.", "See --help."),
        )
    with _owner() as connection:
        with connection.transaction():
            work.step(connection, work.find(connection, deposit), "certify", {"who": author()}, said)
        return _told(connection, deposit, as_json)


@command.command(
    help=t(
        "Signe un dépôt contrôlé au nom du référent technique ; une donnée mutualisée est alors publiée.",
        "Signs a checked deposit off for the technical referent; mutualised data are then published.",
    )
)
@DEPOSIT
@click.option("--by", "person", required=True, help=t("le référent, ou son suppléant", "the referent, or the deputy"))
@click.option("--accept-removal", is_flag=True, help=t("accepter une suppression massive", "accept a mass removal"))
@ON
@JSON
def sign(deposit: str, person: str, accept_removal: bool, on: date, as_json: bool) -> int:
    """Exit 1 when the person holds no mandate, something is missing, or the publication is refused."""
    from mig_idg.deposits import work

    tools = _tools()
    with _owner() as connection:
        with connection.transaction():
            work.sign(connection, deposit, person, on, accept_removal=accept_removal)
        work.publish(connection, deposit, tools, today())
        return _told(connection, deposit, as_json)


@command.command(help=t("Publie un dépôt signé dont la publication a échoué.", "Publishes a signed deposit again."))
@DEPOSIT
@JSON
def publish(deposit: str, as_json: bool) -> int:
    """As after `sign`."""
    from mig_idg.deposits import work
    from mig_idg.deposits.lifecycle import move

    with _owner() as connection:
        with connection.transaction():
            found = work.find(connection, deposit)
            move("retry", found.state, found.kind)
        work.publish(connection, deposit, _tools(), today())
        return _told(connection, deposit, as_json)


@command.command(help=t("Retire un dépôt qui n'est pas publié ; son fichier est détruit.", "Withdraws a deposit."))
@DEPOSIT
@JSON
def withdraw(deposit: str, as_json: bool) -> int:
    """What is published is taken down by `takedown`."""
    from mig_idg.deposits import work

    with _owner() as connection:
        with connection.transaction():
            work.step(connection, work.find(connection, deposit), "withdraw", {"who": author()})
        _tools().quarantine.discard(deposit)
        return _told(connection, deposit, as_json)


def _told(connection: Any, id: str, as_json: bool, *, made: bool = True) -> int:
    from mig_idg.deposits import documents, work

    with connection.transaction():
        deposit, events = work.find(connection, id), work.events(connection, id)
    document = documents.deposit_document(deposit, lambda path: path, lang(), None, events)
    report = documents.report_of(deposit, lang())
    if as_json:
        say_json({**document, "made": made, "findings": (report or {}).get("findings", [])})
    else:
        _say(document, report, made)
    return 1 if deposit.state == "refused" else 0


def _say(document: dict[str, Any], report: dict[str, Any] | None, made: bool) -> None:
    from mig_idg.deposits import documents

    if not made:
        say(Text("Ce fichier était déjà déposé.", "This file was already deposited."))
    say(f"{document['id']}  {document['dataset']}  {document['file']} : {document['stateLabel']}")
    if report is not None and not report["accepted"]:
        say(" ".join(filter(None, (report["detail"], report["remedy"]))))
    for line in documents.lines(report or {})[:20]:
        place = " ".join(str(line[name]) for name in ("line", "column", "field", "value") if line[name] is not None)
        say(f"  {line['level']:<8} {place} — {line['message']}{f' ({line["proposal"]})' if line['proposal'] else ''}")
    if (changed := document["difference"]) is not None:
        say(Text(
            f"{changed['added']} lignes ajoutées, {changed['changed']} modifiées, {changed['removed']} supprimées.",
            f"{changed['added']} rows added, {changed['changed']} changed, {changed['removed']} removed.",
        ))  # fmt: skip
    for one in document["lacks"]:
        say(Text(f"La fiche n'a pas {one}.", f"The record lacks {one}."))
    for one in document["next"]:
        say(f"→ {one['whoLabel']} : {one['what']}")


def _words(certified: dict[str, Any]) -> dict[str, str]:
    return {name.replace("_", "-"): "yes" if value is True else value for name, value in certified.items() if value}


def _tools() -> Any:
    from mig_idg.deposits.routes import workshop

    return workshop(settings())


@contextmanager
def _owner() -> Iterator[Any]:
    """The owner's connection; each step is a transaction of its own, kept when it ends."""
    with registry_connection() as connection:
        connection.autocommit = True
        yield connection
