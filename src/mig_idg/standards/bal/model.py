"""The fields of a BAL file, and the columns of a table of addresses, which follow version 1.5.

`x`, `y`, `long` and `lat` are not columns: the geometry says them, and two statements of one place end up differing.
`cle_interop` left the model with 1.5; it is kept when a file brings it, since information systems still join on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Version = Literal["1.3", "1.4", "1.5"]
BAN_IDS = ("id_ban_commune", "id_ban_toponyme", "id_ban_adresse")
NO_ADDRESS = 99999

# Every field of the three versions; a regional language adds `_bre`, `_eus`… to those that are names.
FIELDS = (
    "uid_adresse", *BAN_IDS, "cle_interop", "commune_insee", "commune_nom", "commune_deleguee_insee",
    "commune_deleguee_nom", "voie_nom", "toponyme", "lieudit_complement_nom", "numero", "suffixe", "position", "x", "y",
    "long", "lat", "cad_parcelles", "source", "date_der_maj", "certification_commune",
)  # fmt: skip

POSITIONS = (
    "délivrance postale", "entrée", "bâtiment", "cage d’escalier", "logement", "parcelle", "segment",
    "service technique",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table of addresses."""

    name: str
    type: str
    comment: str


COLUMNS = (
    Column(
        "id", "text", "clé : id_ban_adresse s'il est donné, sinon id_ban_toponyme (lieu sans adresse) ou cle_interop"
    ),
    Column("id_ban_commune", "text", "identifiant BAN de la commune"),
    Column("id_ban_toponyme", "text", "identifiant BAN de la voie ou du lieu-dit"),
    Column("id_ban_adresse", "text", "identifiant BAN de l'adresse ; vide pour un lieu sans adresse (numéro 99999)"),
    Column("cle_interop", "text", "clé d'interopérabilité (BAL 1.3 et 1.4)"),
    Column("commune_insee", "text", "code INSEE de la commune"),
    Column("commune_nom", "text", "nom de la commune"),
    Column("commune_deleguee_insee", "text", "code INSEE de la commune déléguée"),
    Column("commune_deleguee_nom", "text", "nom de la commune déléguée"),
    Column("toponyme", "text", "nom de la voie ou du lieu-dit (voie_nom jusqu'à la version 1.4)"),
    Column("lieudit_complement_nom", "text", "lieu-dit qui complète l'adresse"),
    Column("numero", "integer", "numéro dans la voie ; 99999 : lieu sans adresse"),
    Column("suffixe", "text", "indice de répétition : bis, ter, a…"),
    Column("position", "text", "ce que le point désigne : entrée, bâtiment, segment…"),
    Column("cad_parcelles", "text", "parcelles cadastrales, séparées par |"),
    Column("source", "text", "qui a produit l'adresse"),
    Column("date_der_maj", "date", "date de dernière mise à jour"),
    Column("certification_commune", "boolean", "certifiée par la commune"),
)


def version_of(header: tuple[str, ...]) -> Version:
    """The version a header follows: 1.3 unless the three BAN identifiers are there, then 1.5 if it says `toponyme`."""
    if not all(name in header for name in BAN_IDS):
        return "1.3"
    return "1.5" if "toponyme" in header else "1.4"


def street_field(version: Version) -> str:
    """The field that names the street: `toponyme` since 1.5, `voie_nom` before."""
    return "toponyme" if version == "1.5" else "voie_nom"
