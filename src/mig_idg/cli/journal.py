"""`mig-idg journal verify|show|edits|export|seal|aggregate`: every decision on data not open, who edited features."""

from __future__ import annotations

import csv
import sys
from datetime import date, timedelta
from typing import Any

import click

from mig_idg.cli.messages import lang, registry_connection, say, say_json, t, today
from mig_idg.errors import Text

JSON = click.option("--json", "as_json", is_flag=True, help=t("réponse en JSON", "answer in JSON"))
DAY = click.DateTime(["%Y-%m-%d"])


@click.group(
    name="journal", help=t("Journal des décisions, chaîné et scellé.", "Journal of decisions, chained, sealed.")
)
def command() -> None:
    """Group of the verbs on the journal."""


@command.command(help=t("Vérifie la chaîne, ligne à ligne (1 si elle est rompue).", "Verifies the chain, row by row."))
@JSON
def verify(as_json: bool) -> int:
    """Exit 0 when every link holds, 1 otherwise."""
    from mig_idg.registry import journal

    with registry_connection() as connection:
        verdict = journal.verify(connection)
    if as_json:
        say_json({"whole": verdict.whole, "rows": verdict.rows, "head": verdict.head, "broken_at": verdict.broken_at})
    elif verdict.whole:
        say(
            Text(f"{verdict.rows} ligne(s), chaîne intacte, tête {verdict.head[:16]}…",
                 f"{verdict.rows} row(s), chain whole, head {verdict.head[:16]}…")
        )  # fmt: skip
    else:
        reason = verdict.reason.in_(lang()) if verdict.reason else ""
        say(Text(f"Rompue à la ligne {verdict.broken_at} : {reason}.", f"Broken at row {verdict.broken_at}: {reason}."))
    return 0 if verdict.whole else 1


@command.command(help=t("Montre les dernières décisions.", "Shows the last decisions."))
@click.option("--collection", help=t("d'une collection", "of a collection"))
@click.option("--organisation", help=t("d'un organisme", "of a body"))
@click.option("--since", type=DAY, help=t("depuis ce jour", "since this day"))
@click.option("--until", type=DAY, help=t("jusqu'à la veille de ce jour", "until the day before"))
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, help=t("au plus", "at most"))
@JSON
def show(collection: str | None, organisation: str | None, since: Any, until: Any, limit: int, as_json: bool) -> int:
    """The last decisions that match, oldest first."""
    from mig_idg.registry import journal

    with registry_connection() as connection:
        rows = list(
            journal.show(
                connection, dataset=collection, organisation=organisation,
                since=_day(since), until=_day(until), limit=limit,
            )
        )  # fmt: skip
    if as_json:
        say_json([_plain(row) for row in rows])
        return 0
    for row in rows:
        who = row["login"] or t("public", "public")
        click.echo(
            f"{row['number']:>8}  {row['at']:%Y-%m-%d %H:%M:%S}  {who:<16} {row['organisation'] or '—':<16}"
            f" {row['action']:<10} {row['dataset']:<20} {row['outcome']:<6} {row['rule']:<4} ×{row['requests']}"
        )
    return 0


@command.command(help=t("Qui a modifié des entités en ligne.", "Who changed features on line."))
@click.argument("collection", metavar="COLLECTION")
@click.option("--feature", metavar=t("IDENTIFIANT", "ID"), help=t("d'une entité", "of one feature"))
@click.option("--limit", type=click.IntRange(1, 100_000), default=200, help=t("au plus", "at most"))
@JSON
def edits(collection: str, feature: str | None, limit: int, as_json: bool) -> int:
    """Each write with its account, body, day and attributes; the last one first."""
    from mig_idg.registry import datasets
    from mig_idg.registry import edits as written

    with registry_connection() as connection:
        datasets.kind_of(connection, collection)
        rows = written.listing(connection, collection, feature, limit)
    if as_json:
        say_json([_plain(row) for row in rows])
        return 0
    for row in rows:
        what = written.ACTIONS[row["action"]].in_(lang())
        names = [*row["attributes"], *([t("géométrie", "geometry")] if row["moved"] else [])]
        click.echo(
            f"{row['at']:%Y-%m-%d %H:%M:%S}  {row['login'] or '—':<16} {row['organisation'] or '—':<16}"
            f" {what:<12} {row['feature']:<20} {', '.join(map(str, names))}"
        )
    return 0


@command.command(help=t("Exporte en CSV sur la sortie standard.", "Exports as CSV on standard output."))
@click.option("--since", type=DAY, help=t("depuis ce jour", "since this day"))
@click.option("--until", type=DAY, help=t("jusqu'à la veille de ce jour", "until the day before"))
def export(since: Any, until: Any) -> int:
    """All decisions of a period, with their hashes."""
    from mig_idg.registry import journal

    writer = csv.DictWriter(sys.stdout, journal.COLUMNS)
    writer.writeheader()
    with registry_connection() as connection:
        for row in journal.show(connection, since=_day(since), until=_day(until), limit=None):
            writer.writerow(_plain(row))
    return 0


@command.command(help=t("Scelle un jour terminé et dit la tête de chaîne.", "Seals a finished day, tells the head."))
@click.option("--day", type=DAY, help=t("par défaut hier", "default yesterday"))
@JSON
def seal(day: Any, as_json: bool) -> int:
    """The head of the chain at the end of a day, to be sent to two partners."""
    from mig_idg.registry import journal

    wanted = _day(day) or today() - timedelta(days=1)
    with registry_connection() as connection:
        head = journal.seal(connection, wanted)
    if as_json:
        say_json({"day": wanted, "head": head})
    elif head is None:
        say(Text("Rien à sceller.", "Nothing to seal."))
    else:
        say(Text(f"{wanted} : {head}", f"{wanted}: {head}"))
    return 0


@command.command(help=t("Agrège les lectures au-delà de la rétention.", "Aggregates reads past the retention."))
@click.option("--before", type=DAY, help=t("par défaut : il y a un an", "default: a year ago"))
def aggregate(before: Any) -> int:
    """Decisions older than the retention become counts without persons."""
    from mig_idg.registry import journal

    limit = _day(before) or today() - timedelta(days=365)
    with registry_connection() as connection:
        gone = journal.aggregate(connection, limit)
    say(Text(f"{gone} ligne(s) agrégée(s) avant le {limit}.", f"{gone} row(s) aggregated before {limit}."))
    return 0


def _day(value: Any) -> date | None:
    return value.date() if value is not None else None


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.hex() if isinstance(value, bytes) else value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in row.items()
    }
