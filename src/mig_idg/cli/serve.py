"""`mig-idg serve`: serves what is published."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import click

from mig_idg.cli.messages import database_urls, say, settings, t
from mig_idg.errors import Text
from mig_idg.settings import Settings


@click.command(name="serve", help=t("Sert ce qui est publié.", "Serves what is published."))
@click.option("--host", help=t("adresse d'écoute", "address to listen on"))
@click.option("--port", type=click.IntRange(1, 65535), help=t("port", "port"))
@click.option("--workers", type=click.IntRange(1, 64), help=t("processus", "processes"))
@click.option(
    "--watch", is_flag=True, help=t("republie quand un fichier de collections/ change", "republish on change")
)
@click.option("--collections", "folder", type=click.Path(path_type=Path), help=t("dossier surveillé", "watched folder"))
def command(host: str | None, port: int | None, workers: int | None, watch: bool, folder: Path | None) -> None:
    """Start the private cluster if need be, then serve until stopped."""
    from mig_idg.app.serve import check_port, run

    chosen = settings()
    _require_config(chosen)
    changes = {
        name: value for name, value in (("host", host), ("port", port), ("workers", workers)) if value is not None
    }
    chosen = chosen.model_copy(update=changes)
    check_port(chosen.host, chosen.port)
    with database_urls() as (owner, app):
        _require_migrated(owner)
        stop = None
        if watch:
            from mig_idg.cli.watch import start

            stop = start(folder or chosen.collections_dir, owner, chosen)
        say(
            Text(
                f"mig-idg sert sur {chosen.public_url} (Ctrl-C pour arrêter).",
                f"mig-idg serves on {chosen.public_url} (Ctrl-C to stop).",
            )
        )
        with _supervised(chosen):
            try:
                run(chosen, app)
            finally:
                if stop is not None:
                    stop()


def _supervised(chosen: Settings) -> AbstractContextManager[object]:
    """The private cluster is looked after while it serves; an existing database has its own administrators."""
    from mig_idg.app.logging import configure

    configure()
    if chosen.database_url:
        return nullcontext()
    from mig_idg.database.cluster import PrivateCluster
    from mig_idg.database.supervision import supervised

    return supervised(PrivateCluster(chosen.home.resolve()))


def _require_config(chosen: Settings) -> None:
    """Refuse a configuration file that was named and is not there: serving another service's card helps nobody."""
    from mig_idg.errors import BadRequest

    if "config_file" in chosen.model_fields_set and not chosen.config_file.is_file():
        raise BadRequest(
            Text(f"IDG_CONFIG_FILE : pas de fichier {chosen.config_file}.", f"No file {chosen.config_file}."),
            remedy=Text("Corrigez le chemin, ou ôtez le réglage.", "Correct the path, or leave the setting out."),
        )


def _require_migrated(owner: str) -> None:
    """Refuse to serve a database of another version: one sentence now instead of refusals later."""
    from mig_idg.database import connect
    from mig_idg.database.migrate import status
    from mig_idg.errors import Unavailable

    with connect(owner) as connection:
        pending = status(connection).pending
    if pending:
        raise Unavailable(
            Text(
                f"La base n'est pas à jour : {len(pending)} script(s) manquent.",
                f"The database is not up to date: {len(pending)} script(s) are missing.",
            ),
            remedy=Text("Lancez « mig-idg db migrate ».", "Run “mig-idg db migrate”."),
        )
