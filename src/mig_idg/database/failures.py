"""What PostgreSQL and the file system say when they fail, told as one sentence with the way out.

Only the cause is looked for in their words; the words themselves stay in PostgreSQL's journal.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from mig_idg.errors import Text, Unavailable

ALMOST_NOTHING = 64 * 2**20
"""Bytes. A segment of PostgreSQL's journal is 16 MiB and is written whole."""

_FREE_SPACE = Text(
    "Libérez de la place, ou choisissez un autre dossier avec IDG_HOME ; rien de ce qui était enregistré n'est perdu.",
    "Free some space, or choose another folder with IDG_HOME; nothing that was recorded is lost.",
)
_OTHER_HOME = Text(
    "Choisissez un dossier où vous pouvez écrire : IDG_HOME=/chemin ./idg …",
    "Choose a folder you may write to: IDG_HOME=/path ./idg …",
)
_CAUSES: tuple[tuple[str, Text, Text | None], ...] = (
    (
        r"No space left on device|Disk quota exceeded",
        Text("Le disque est plein ({place}).", "The disk is full ({place})."),
        _FREE_SPACE,
    ),
    (
        r"Permission denied|Operation not permitted",
        Text("On ne peut pas écrire dans {place}.", "{place} may not be written to."),
        _OTHER_HOME,
    ),
    (
        r"Read-only file system",
        Text("{place} est sur un disque en lecture seule.", "{place} is on a read-only disk."),
        _OTHER_HOME,
    ),
    (
        r"Not a directory|File exists|No such file or directory",
        Text("{place} ne peut pas être un dossier.", "{place} cannot be a folder."),
        _OTHER_HOME,
    ),
    (
        r"Cannot allocate memory|could not (?:map|resize) (?:anonymous )?shared memory",
        Text(
            "La mémoire manque pour démarrer PostgreSQL ({place}).",
            "There is not enough memory to start PostgreSQL ({place}).",
        ),
        Text(
            "Libérez de la mémoire, ou diminuez shared_buffers dans data/local.conf.",
            "Free some memory, or lower shared_buffers in data/local.conf.",
        ),
    ),
)


def explained(words: str, place: Path) -> Unavailable:
    """The failure that `words` (of PostgreSQL, or of an OSError) tell about `place`."""
    for pattern, detail, remedy in _CAUSES:
        if re.search(pattern, words):
            return Unavailable(Text(detail.fr.format(place=place), detail.en.format(place=place)), remedy=remedy)
    return Unavailable(
        Text(f"PostgreSQL n'a pas pu démarrer ({place}).", f"PostgreSQL could not start ({place})."),
        remedy=Text(f"Son journal dit pourquoi : {place}/log/.", f"Its journal says why: {place}/log/."),
    )


@contextmanager
def answered(place: Path) -> Iterator[None]:
    """What the database or the disk of `place` cannot do in this block becomes an Unavailable, without its words."""
    try:
        yield
    except psycopg.errors.InsufficientPrivilege as error:
        raise Unavailable(
            Text("Le compte de la base n'a pas les droits nécessaires.", "The account of the database lacks rights."),
            remedy=Text(
                "IDG_DATABASE_URL doit désigner le propriétaire de la base (docs/how-to/install.fr.md).",
                "IDG_DATABASE_URL must name the owner of the database (docs/how-to/install.md).",
            ),
        ) from error
    except psycopg.errors.DiskFull as error:
        raise explained("No space left on device", place) from error
    except psycopg.OperationalError as error:
        # A disk that is full under the journal stops PostgreSQL before it can say why.
        if shutil.disk_usage(place).free < ALMOST_NOTHING:
            raise explained("No space left on device", place) from error
        raise Unavailable(
            Text("La base de données s'est arrêtée en cours de route.", "The database stopped half-way."),
            remedy=Text("Relancez la même commande : ce qui est fait est gardé.", "Run again: what is done is kept."),
        ) from error
    except OSError as error:
        raise explained(str(error), place) from error
