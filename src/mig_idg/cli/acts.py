"""What every act typed on the command line has in common: its day, its piece of evidence, its author, its report."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from mig_idg.cli import messages
from mig_idg.cli.messages import PARIS, say, say_json, t, today
from mig_idg.errors import InvalidParameter, Text, did_you_mean

if TYPE_CHECKING:
    from mig_idg.registry.acts import Conn, Done, Evidence

FIRST_YEAR, LAST_YEAR = 1900, 2999
"""A day outside of these years is a slip of the keyboard."""

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_FRENCH = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


class Day(click.ParamType):  # type: ignore[type-arg]
    """A legal day: `2026-03-10` or `10/03/2026`; an impossible one is refused with the nearest."""

    name = "AAAA-MM-JJ"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day, or InvalidParameter."""
        if isinstance(value, date):
            return value
        return read_day(str(value), param.opts[0] if param else "--on")


class Instant(click.ParamType):  # type: ignore[type-arg]
    """When something was known: `2026-03-12` (the end of that day, in Paris) or `2026-03-12T14:00[+01:00]`."""

    name = "INSTANT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The instant, aware, or InvalidParameter."""
        if isinstance(value, datetime):
            return value
        word, option = str(value).strip(), param.opts[0] if param else "--known-at"
        if "T" not in word and " " not in word:
            return datetime.combine(read_day(word, option) + timedelta(days=1), time(), PARIS)
        try:
            found = datetime.fromisoformat(word)
        except ValueError:
            raise InvalidParameter(
                option,
                Text(f"« {word} » n'est pas un instant.", f"“{word}” is not an instant."),
                remedy=Text("Exemple : 2026-03-12T14:00.", "Example: 2026-03-12T14:00."),
            ) from None
        return found if found.tzinfo else found.replace(tzinfo=PARIS)


def read_day(word: str, option: str) -> date:
    """The day written `2026-03-10` or `10/03/2026`; InvalidParameter, with the nearest day, when there is none."""
    shape = _ISO.fullmatch(word.strip())
    french = _FRENCH.fullmatch(word.strip())
    parts = [int(p) for p in shape.groups()] if shape else [int(p) for p in french.groups()][::-1] if french else []
    try:
        found = date(*parts)
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise ValueError(word)
        return found
    except (TypeError, ValueError):
        raise InvalidParameter(
            option,
            Text(f"« {word} » n'est pas une date.", f"“{word}” is not a date."),
            remedy=_nearest_day(parts) or Text("Écrivez AAAA-MM-JJ.", "Write YYYY-MM-DD."),
        ) from None


def _nearest_day(parts: Sequence[int]) -> Text | None:
    if len(parts) != 3 or parts[2] < 1:
        return None
    year, month = min(max(parts[0], FIRST_YEAR), LAST_YEAR), min(max(parts[1], 1), 12)
    return did_you_mean(f"{year:04}-{month:02}-{min(parts[2], calendar.monthrange(year, month)[1]):02}")


DAY = Day()
ON = click.option("--on", type=DAY, default=today, help=t("le jour (défaut : aujourd'hui)", "the day (default: today)"))
UNTIL = click.option("--until", type=DAY, help=t("dernier jour, exclu", "the end, excluded"))
KNOWN_AT = click.option("--known-at", type=Instant(), help=t("ce que l'on savait alors", "what was known then"))
JSON = click.option("--json", "as_json", is_flag=True, help=t("réponse en JSON", "answer in JSON"))


_EVIDENCE = click.option(
    "--evidence",
    required=True,
    metavar=t("PIÈCE", "PIECE"),
    help=t("la pièce : « courrier recommandé : 1A 234 »", "the piece: “registered letter: 1A 234”"),
)
_EVIDENCE_DATE = click.option("--evidence-date", type=DAY, help=t("date de la pièce", "date of the piece"))
_AUTHOR = click.option("--author", default=messages.author, help=t("qui agit", "who acts"))


def act(function: Callable[..., Done]) -> Callable[..., int]:
    """The options of every act: --on, --evidence, --evidence-date, --author, --json. The function returns its `Done`.

    It is called with `conn` and `record` in front of its own parameters, inside one transaction: all or nothing.
    """

    @ON
    @_EVIDENCE
    @_EVIDENCE_DATE
    @_AUTHOR
    @JSON
    @wraps(function)
    def run(
        *args: Any, on: date, evidence: str, evidence_date: date | None, author: str, as_json: bool, **kwargs: Any
    ) -> int:
        from mig_idg.registry.acts import Record

        record = Record(on, author, read_evidence(evidence, evidence_date or on))
        with reading() as connection:
            done = function(connection, record, *args, **kwargs)
        report(done, as_json)
        return 0

    return run


def read_evidence(word: str, dated: date) -> Evidence:
    """`kind: reference`, or a bare reference; an empty one is refused."""
    from mig_idg.registry.acts import Evidence

    kind, colon, reference = (part.strip() for part in word.partition(":"))
    if not colon:
        kind, reference = "pièce", kind
    if not kind or not reference:
        raise InvalidParameter(
            "--evidence",
            Text("Chaque acte repose sur une pièce : nommez-la.", "Every act rests on a piece: name it."),
        )
    return Evidence(kind, reference, dated)


def report(done: Done, as_json: bool) -> None:
    """Say what an act did and under which article."""
    if as_json:
        say_json(done.as_json())
    else:
        from mig_idg.charter.citations import cited

        where = cited(done.article)
        say(Text(f"{done.words.fr} [{where.fr}]", f"{done.words.en} [{where.en}]"))
        numbers = {k: v for k, v in done.details.items() if k in NUMBERED}
        for kind, number in numbers.items():
            say(f"  {t(NUMBERED[kind].fr, NUMBERED[kind].en)} : {number}")


NUMBERED = {
    "exception": Text("numéro de l'exception", "number of the exception"),
    "delegation": Text("numéro de la délégation", "number of the delegation"),
    "transfer": Text("numéro de la mise à disposition", "number of the transfer"),
    "takedown": Text("numéro du retrait", "number of the takedown"),
    "request": Text("numéro de la demande", "number of the request"),
    "case": Text("numéro du dossier", "number of the case"),
    "line": Text("numéro de la ligne", "number of the line"),
    "intervention": Text("numéro de l'intervention", "number of the intervention"),
    "notice": Text("numéro de la notification", "number of the notice"),
    "missing": Text("pièces manquantes", "missing pieces"),
}


def show_table(rows: Sequence[dict[str, Any]], columns: dict[str, str], as_json: bool) -> None:
    """A listing: JSON as it is, or a table of these columns (key: heading); says so when there is nothing."""
    if as_json:
        say_json(list(rows))
        return
    if not rows:
        say(t("Rien à cette date.", "Nothing at that date."))
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in columns.values():
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(plain(row.get(column)) for column in columns))
    console().print(table)


def plain(value: Any) -> str:
    """A value as a cell of a table."""
    from rich.markup import escape

    if value is None:
        return "—"
    if isinstance(value, bool):
        return t("oui", "yes") if value else t("non", "no")
    if isinstance(value, list | tuple | set | frozenset):
        return escape(", ".join(sorted(map(str, value))))
    return escape(str(value))


def console() -> Any:
    """A console as wide as the terminal, or 140 columns when nobody watches."""
    import sys

    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else 140)


@contextmanager
def reading() -> Iterator[Conn]:
    """A connection to the registry; what goes wrong below is told as one sentence."""
    from mig_idg.registry.refusals import answering

    with answering(), messages.registry_connection() as connection:
        yield connection
