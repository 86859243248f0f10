"""`mig-idg collections prune`: files that no version refers to any more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from mig_idg.cli.messages import author, lang, registry_connection, say, say_json, settings, t
from mig_idg.errors import Text

if TYPE_CHECKING:
    from mig_idg.deposits.intake.rasters.prune import Pruned


@click.command(
    name="prune",
    help=t(
        "Retire du disque ou du seau S3 les fichiers d'images et de points qu'aucune version n'emploie plus : "
        "millésimes remplacés, préparations abandonnées. Les versions coproduites sont conservées "
        "(Charte MIG, § 2.3.2, § 3.4).",
        "Removes from the disk or the S3 bucket the files of pictures and points that no version uses any more: "
        "replaced vintages, preparations given up. Coproduced versions are kept (MIG charter, § 2.3.2, § 3.4).",
    ),
)
@click.argument("collections", metavar="[COLLECTION]…", nargs=-1)
@click.option(
    "--older-than",
    "days",
    type=click.IntRange(min=0),
    default=30,
    show_default=True,
    metavar=t("JOURS", "DAYS"),
    help=t("remplacés ou abandonnés depuis ce nombre de jours", "replaced or given up for that many days"),
)
@click.option("--dry-run", is_flag=True, help=t("dire ce qui partirait, sans rien retirer", "say what would go"))
@click.option("--json", "as_json", is_flag=True, help=t("réponse en JSON", "answer in JSON"))
def command(collections: tuple[str, ...], days: int, dry_run: bool, as_json: bool) -> int:
    """Exit 0, whether there was something to remove or not."""
    from mig_idg.deposits.intake.rasters import prune

    with registry_connection() as connection:
        done = prune.prune(
            connection, settings().raster_place(), now=datetime.now(UTC), older=timedelta(days=days), author=author(),
            collections=collections, dry_run=dry_run,
        )  # fmt: skip
    if as_json:
        say_json({"dry_run": dry_run, "vintages": [one.as_json(lang()) for one in done]})
    else:
        _tell(done, dry_run=dry_run)
    return 0


def _tell(done: list[Pruned], *, dry_run: bool) -> None:
    from mig_idg.deposits.intake.rasters.prune import WHY

    for one in done:
        weight = f"{one.size / 1e6:.1f}".replace(".", "," if lang() == "fr" else ".")
        what = f" : {one.files} fichier(s), {weight} Mo" if lang() == "fr" else f": {one.files} file(s), {weight} MB"
        say(f"{one.collection} {one.vintage} — {WHY[one.why].in_(lang())}{what if one.files else ''}")
    files, size = sum(one.files for one in done), sum(one.size for one in done) / 1e6
    if dry_run:
        say(Text(f"{files} fichier(s) partiraient ({size:.1f} Mo).", f"{files} file(s) would go ({size:.1f} MB)."))
    else:
        say(Text(f"{files} fichier(s) retirés ({size:.1f} Mo).", f"{files} file(s) removed ({size:.1f} MB)."))
