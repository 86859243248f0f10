"""`mig-idg backup create|restore|verify|status`: the whole service in a folder, and back."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mig_idg.cli.messages import database_urls, say, say_json, settings, t
from mig_idg.errors import Text

if TYPE_CHECKING:
    from mig_idg.database.backup import Sources

FOLDER = click.argument("folder", type=click.Path(path_type=Path), metavar=t("DOSSIER", "FOLDER"))
JSON = click.option("--json", "as_json", is_flag=True, help=t("réponse en JSON", "answer in JSON"))


@click.group(
    name="backup", help=t("Sauvegarde et restauration du service entier.", "The whole service, saved and back.")
)
def command() -> None:
    """Group of four verbs."""


@command.command(
    help=t(
        "Sauvegarde base, rasters, dépôts, déclarations et réglages dans DOSSIER, pendant le service.",
        "Saves database, rasters, deposits, declarations and settings in FOLDER, while it serves.",
    )
)
@FOLDER
@click.option("--keep", type=click.IntRange(1), help=t("n'en garde que tant", "keeps only so many"))
@JSON
def create(folder: Path, keep: int | None, as_json: bool) -> None:
    """A new backup in the folder."""
    from mig_idg.database import backup
    from mig_idg.database.failures import answered

    with database_urls() as (owner, _), answered(folder):
        made = backup.create(_sources(owner), folder, now=datetime.now(UTC), progress=_silent, keep=keep)
    size = next(one.size for one in backup.listed(folder) if one.folder == made)
    bucket = settings().s3_bucket
    if as_json:
        say_json({"folder": str(made), "size": size, "rasters_in": bucket})
        return
    say(Text(f"{made} : {_megabytes(size)} Mo.", f"{made}: {_megabytes(size)} MB."))
    if bucket:
        say(
            Text(
                f"Les rasters sont dans le seau {bucket} et n'y sont pas : le stockage a ses propres copies.",
                f"Rasters are in bucket {bucket}, not in it: the storage has copies of its own.",
            ),
            err=True,
        )


@command.command(
    help=t(
        "Restaure une sauvegarde (ou la dernière de DOSSIER) dans IDG_HOME, même sur une machine sans rien.",
        "Restores a backup (or the newest of FOLDER) into IDG_HOME, even on a machine with nothing.",
    )
)
@FOLDER
@click.option("--force", is_flag=True, help=t("remplace ce qui est déjà là", "replaces what is there"))
@JSON
def restore(folder: Path, force: bool, as_json: bool) -> None:
    """Verify, then restore."""
    from mig_idg.database import backup
    from mig_idg.database.failures import answered

    found = backup.chosen(folder)
    backup.verify(found)
    with database_urls() as (owner, _), answered(settings().home):
        manifest = backup.restore(found, _sources(owner), force=force, progress=_silent)
    if as_json:
        say_json({"folder": str(found), "made_at": manifest["made_at"], "publication": manifest["publication"]})
        return
    then = settings().home / "restored.env"
    say(
        Text(
            f"Restauré de {found} ({manifest['made_at']}) : publication {manifest['publication']}, "
            f"{manifest['acts']} actes. Les variables d'alors sont dans {then}.",
            f"Restored from {found} ({manifest['made_at']}): publication {manifest['publication']}, "
            f"{manifest['acts']} acts. The variables of that time are in {then}.",
        )
    )
    beside = settings().home / "restored"
    if beside.is_dir():
        say(
            Text(
                f"D'autres déclarations ou réglages étaient là et sont restés : les sauvegardés sont dans {beside}.",
                f"Other declarations or settings were there and stayed: those of the backup are in {beside}.",
            ),
            err=True,
        )


@command.command(
    help=t(
        "Vérifie chaque fichier d'une sauvegarde (ou de la dernière de DOSSIER) par son SHA-256.",
        "Checks each file of a backup (or of the newest of FOLDER) by its SHA-256.",
    )
)
@FOLDER
@JSON
def verify(folder: Path, as_json: bool) -> int:
    """0 when whole, 1 when damaged."""
    from mig_idg.database import backup
    from mig_idg.errors import Unprocessable

    found = backup.chosen(folder)
    try:
        manifest = backup.verify(found)
    except Unprocessable as error:
        if as_json:
            say_json({"folder": str(found), "whole": False, "detail": error.detail})
        else:
            say(Text(error.text("fr"), error.text("en")), err=True)
        return 1
    if as_json:
        say_json({"folder": str(found), "whole": True, "made_at": manifest["made_at"]})
    else:
        say(Text(f"{found} est intacte.", f"{found} is whole."))
    return 0


@command.command(
    help=t("Liste les sauvegardes de DOSSIER (1 s'il n'y en a pas).", "Lists the backups of FOLDER (1 when none).")
)
@FOLDER
@JSON
def status(folder: Path, as_json: bool) -> int:
    """One line a backup."""
    from mig_idg.database import backup

    found = backup.listed(folder) if folder.is_dir() else []
    if as_json:
        say_json([one.as_json() for one in found])
    for one in found if not as_json else ():
        state = t("complète", "whole") if one.complete else t("inachevée", "cut short")
        click.echo(
            f"  {one.folder.name:<26} {_megabytes(one.size):>8} {t('Mo', 'MB')}  {one.version or '—':<8} {state}"
        )
    if not any(one.complete for one in found):
        say(Text(f"Aucune sauvegarde complète dans {folder}.", f"No whole backup in {folder}."), err=True)
        return 1
    return 0


def _sources(owner: str) -> Sources:
    from mig_idg.database.backup import Sources

    chosen = settings()
    return Sources(
        url=owner,
        home=chosen.home.resolve(),
        collections=chosen.collections_dir,
        config_file=chosen.config_file,
        environment={name: value for name, value in os.environ.items() if name.startswith("IDG_")},
        bucket=chosen.s3_bucket,
        existing=chosen.database_url is not None,
        beside={"processes": chosen.processes_dir, "recipes": chosen.recipes_dir, "harvest": chosen.harvest_dir},
    )


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f}"


def _silent(_: Text) -> None:
    """One command, one sentence at its end."""
