"""The fields of a BAL file and the columns of a table of addresses, which follow version 1.5.

`x`, `y`, `long` and `lat` are not columns: the geometry says them, and two statements of one place end up differing.
`cle_interop` left the model with 1.5; it is kept when a file brings it, since information systems still join on it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table of addresses."""

    name: str
    type: str
    comment: str


COLUMNS = (
    Column("id", "text", "clé : id_ban_adresse s'il est donné, sinon tirée de cle_interop ou de id_ban_toponyme"),
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
