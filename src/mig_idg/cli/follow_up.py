"""What follows a publication or an import, once it is in force: nobody waits for it, and it may be stopped."""

from __future__ import annotations

from typing import Any

from mig_idg.cli.messages import say, t
from mig_idg.database import Connection
from mig_idg.errors import Text


def finish(connection: Connection[Any], *, quiet: bool = False) -> None:
    """Commit; then tidy the copies for their first readers, and draw the tiles that a map asks for first.

    Ctrl-C stops the drawing: tiles that are missing are drawn when they are asked for.
    """
    from rich.console import Console

    from mig_idg.ogc.tiles.seeding import draw_ahead
    from mig_idg.store.prepare import settle

    settle(connection)
    console = Console(stderr=True, quiet=quiet)
    try:
        with console.status("") as status:
            draw_ahead(
                connection,
                lambda collection, drawn: status.update(
                    t(f"Tuiles de {collection} : {drawn}", f"Tiles of {collection}: {drawn}")
                ),
            )
    except KeyboardInterrupt:
        say(
            Text(
                "Publié. Les tuiles qui manquent seront dessinées à la demande.",
                "Published. The tiles that are missing will be drawn when they are asked for.",
            ),
            err=True,
        )
