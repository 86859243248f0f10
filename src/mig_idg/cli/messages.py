"""What commands say, and how: the language of the terminal, errors as one sentence, connections to the registry."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from mig_idg.errors import Lang, Problem, Text, answer_for

if TYPE_CHECKING:
    from mig_idg.database import Connection
    from mig_idg.settings import Settings

PARIS = ZoneInfo("Europe/Paris")


def lang() -> Lang:
    """French, unless LC_ALL, LC_MESSAGES or LANG asks for English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "en" if value.lower().startswith("en") else "fr"
    return "fr"


def t(fr: str, en: str) -> str:
    """The sentence in the terminal's language; for help texts, read once when a command module loads."""
    return Text(fr, en).in_(lang())


def say(text: Text | str, *, err: bool = False) -> None:
    """Print one sentence."""
    click.echo(text if isinstance(text, str) else text.in_(lang()), err=err)


def say_json(value: Any) -> None:
    """Print a value as JSON: dates in ISO, texts in the terminal's language, keys as they are."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Text):
        return value.in_(lang())
    if isinstance(value, set | frozenset | tuple):
        return sorted(value) if isinstance(value, set | frozenset) else list(value)
    raise TypeError(type(value).__name__)


def today() -> date:
    """The legal day: Europe/Paris. Only the routes ask what day it is."""
    return datetime.now(PARIS).date()


def author() -> str:
    """Who acts when `--author` is absent: the login of this session."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "mig-idg"


@cache
def settings() -> Settings:
    """The settings of this process; an unusable variable is a sentence and exit 2, not a trace."""
    from pydantic import ValidationError

    from mig_idg.errors import BadRequest
    from mig_idg.settings import Settings

    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "IDG_" + "_".join(str(part) for part in first["loc"]).upper()
        raise BadRequest(
            Text(
                f"Le réglage {name} est inutilisable : {first['msg']}.",
                f"Setting {name} cannot be used: {first['msg']}.",
            )
        ) from None


@contextmanager
def database_urls() -> Iterator[tuple[str, str]]:
    """The owner's and the application's URL; starts the private cluster for as long as needed."""
    chosen = settings()
    if chosen.database_url:
        owner = chosen.database_url.get_secret_value()
        from mig_idg.database import as_application

        app = chosen.database_app_url.get_secret_value() if chosen.database_app_url else as_application(owner)
        yield owner, app
        return
    from mig_idg.database.cluster import APPLICATION, DATABASE, OWNER, PrivateCluster

    cluster = PrivateCluster(chosen.home.resolve(), notice=lambda text: say(text, err=True))
    with cluster.in_use():
        yield cluster.url(role=OWNER, database=DATABASE), cluster.url(role=APPLICATION, database=DATABASE)


@contextmanager
def registry_connection() -> Iterator[Connection[tuple[Any, ...]]]:
    """A connection with the owner's rights, committed when the block ends well, rolled back otherwise."""
    from mig_idg.database import connect
    from mig_idg.database.failures import answered

    with database_urls() as (owner, _), answered(settings().home), connect(owner) as connection:
        yield connection


def guarded(main: click.Command, args: list[str] | None = None) -> int:
    """Run a command; whatever goes wrong becomes one sentence on stderr and the exit code of the contract."""
    try:
        result = main.main(args=args, prog_name="mig-idg", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except Problem as error:
        click.echo(error.text(lang()), err=True)
        return answer_for(error).exit
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.Abort:
        click.echo(t("Interrompu.", "Interrupted."), err=True)
        return 130
    except click.ClickException as error:
        from mig_idg.cli import usage_errors

        click.echo(usage_errors.told(error).in_(lang()), err=True)
        return 2
    except KeyboardInterrupt:
        click.echo(t("Interrompu.", "Interrupted."), err=True)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except OSError as error:
        what = error.strerror or str(error) or type(error).__name__  # an HTTP error has no strerror
        click.echo(
            t(
                f"Lecture ou écriture impossible : {what} ({error.filename}).",
                f"Cannot read or write: {what} ({error.filename}).",
            ),
            err=True,
        )
        return 3
