"""`mig-idg sensors …`: the measurements that the service holds."""

from __future__ import annotations

import click

from mig_idg.cli.acts import JSON, reading, show_table
from mig_idg.cli.messages import t


@click.group(name="sensors", help=t("Mesures des capteurs.", "Measurements of sensors."))
def command() -> None:
    """Group of the verbs on measurements."""


@command.command(help=t("Séries et observations de chaque donnée.", "Series and observations of each dataset."))
@click.option("--collection", "dataset", help=t("de cette collection", "of this collection"))
@JSON
def status(dataset: str | None, as_json: bool) -> int:
    """Since when, until when, how many."""
    from mig_idg.store.sensorthings.status import status as held

    with reading() as conn:
        rows = held(conn, dataset)
    heads = {
        "dataset": t("donnée", "dataset"),
        "depositor": t("déposant", "depositor"),
        "things": t("équipements", "equipment"),
        "series": t("séries", "series"),
        "observations": "observations",
        "first": t("depuis", "since"),
        "last": t("jusqu'à", "until"),
    }
    show_table(rows, heads, as_json)
    return 0
