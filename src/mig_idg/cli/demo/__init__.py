"""`mig-idg demo`: the demonstration partnership, from nothing to a served map; again, and it is there in seconds.

What each step does belongs to others; here is only their order, said as it goes.
"""

from __future__ import annotations

import logging
import os
import signal
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from mig_idg.cli import messages
from mig_idg.cli.demo.steps import Steps
from mig_idg.cli.messages import say, t
from mig_idg.errors import Text

if TYPE_CHECKING:
    from datetime import date

    from mig_idg.database import Connection
    from mig_idg.settings import Settings

AUTHOR = "mig-idg demo"


@click.command(name="demo", help=t("La démonstration, chargée puis servie.", "The demonstration, loaded and served."))
@click.option("--host", help=t("adresse d'écoute (127.0.0.1)", "address to listen on (127.0.0.1)"))
@click.option("--port", type=click.IntRange(1, 65535), help=t("port (5000)", "port (5000)"))
@click.option("--workers", type=click.IntRange(1, 64), help=t("processus (2)", "processes (2)"))
@click.option("--home", type=click.Path(path_type=Path, file_okay=False), help=t("dossier d'accueil", "home folder"))
@click.option(
    "--scale", type=click.IntRange(1, 1000), default=1, help=t("multiplie les données", "multiplies the data")
)
@click.option("--no-serve", is_flag=True, help=t("charge seulement", "loads only"))
def command(
    host: str | None, port: int | None, workers: int | None, home: Path | None, scale: int, no_serve: bool
) -> int:
    """Cluster, migrations, data, adhesions, publication, accounts; then the server, until Ctrl-C."""
    chosen = _settings(home, host=host, port=port, workers=workers)
    if not no_serve:
        from mig_idg.app.serve import check_port

        check_port(chosen.host, chosen.port)
    signal.signal(signal.SIGTERM, _leave)
    logging.getLogger("psycopg").setLevel(logging.CRITICAL)  # what goes wrong below is told once, by us
    steps = Steps()
    from mig_idg.database.failures import answered

    with steps.first(Text("base de données", "database"), messages.database_urls()) as (owner, application):
        with answered(chosen.home):
            _prepare(owner, chosen, scale, steps)
        if not no_serve:
            _serve(chosen, application, steps)
    return 0


def _settings(home: Path | None, **told: Any) -> Settings:
    if home is not None:  # every command finds its cluster by this variable
        os.environ["IDG_HOME"] = str(home)
        messages.settings.cache_clear()
    return messages.settings().model_copy(update={name: value for name, value in told.items() if value is not None})


def _prepare(owner: str, chosen: Settings, scale: int, steps: Steps) -> None:
    """All that is missing of the demonstration; what is there, and was perhaps changed, is left alone."""
    from mig_idg import demonstration as data
    from mig_idg.cli.demo import accounts
    from mig_idg.database import connect
    from mig_idg.database.migrate import migrate
    from mig_idg.demonstration import adhesion as partnership
    from mig_idg.ogc.tiles.seeding import draw_ahead
    from mig_idg.registry.publications import latest
    from mig_idg.store.prepare import settle

    today = messages.today()
    with connect(owner) as connection:
        with steps(Text("structure de la base", "structure of the database")):
            changed = migrate(connection)
        with steps(Text("données fictives sur de vraies communes", "fictitious data on real communes")) as told:
            loaded = data.load(connection, chosen.home, scale=scale, progress=told)
            connection.commit()
        steps.detail(_rows(loaded.written))
        with steps(Text("adhésions, inventées", "adhesions, invented")):
            partnership.adopt(connection, today)
            connection.commit()
        if changed or not latest(connection).number:  # what a new version serves is made by publishing again
            with steps(Text("publication des collections", "publication of the collections")):
                _publish(connection, chosen, today, steps)
                settle(connection)
            with steps(Text("tuiles dessinées d'avance", "tiles drawn ahead")):
                draw_ahead(connection, lambda collection, drawn: steps.tell(f"{collection} {drawn}"))
        with steps(Text("comptes", "accounts")):
            cast = accounts.open_all(connection, chosen.home, author=AUTHOR)
            connection.commit()
    accounts.show(cast, chosen)


def _publish(connection: Connection[Any], chosen: Settings, today: date, steps: Steps) -> None:
    from mig_idg.publication.publish import publish

    publish(
        connection, chosen.collections_dir, author=AUTHOR, on=today, rasters=chosen.home / "rasters",
        progress=steps.tell, modules=chosen.plugin_modules,
    )  # fmt: skip


def _serve(chosen: Settings, application: str, steps: Steps) -> None:
    from mig_idg.app.serve import run

    steps.end(
        Text(
            f"Prêt : {chosen.public_url} (Ctrl-C arrête le serveur et la base).",
            f"Ready: {chosen.public_url} (Ctrl-C stops the server and the database).",
        )
    )
    try:
        run(chosen, application)
    except KeyboardInterrupt:
        say(Text("Arrêté.", "Stopped."), err=True)


def _rows(written: dict[str, int]) -> Text | None:
    if not written:
        return None
    told = ", ".join(f"{collection} {rows:_}".replace("_", " ") for collection, rows in written.items())
    return Text(told, told)


def _leave(number: int, frame: FrameType | None) -> None:
    """SIGTERM ends as Ctrl-C does: server, then cluster."""
    raise KeyboardInterrupt
