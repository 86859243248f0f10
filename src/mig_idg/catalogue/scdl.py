"""The catalogue of open data as the Socle Commun des Données Locales writes it: SCDL catalogue 0.1.3, twenty columns.

A column that we know nothing for is left empty rather than made up: the SIRET of a body that has not said it.
"""

from __future__ import annotations

from collections.abc import Mapping

from mig_idg.store.collection import Collection

HEADER = (
    "COLL_NOM", "COLL_SIRET", "ID", "TITRE", "DESCRIPTION", "THEME", "PRODUCTEUR_NOM", "PRODUCTEUR_SIRET",
    "COUV_SPAT_MAILLE", "COUV_SPAT_NOM", "COUV_TEMP_DEBUT", "COUV_TEMP_FIN", "DATE_PUBL", "FREQ_MAJ", "DATE_MAJ",
    "MOTS_CLES", "LICENCE", "NOMBRE_RESSOURCES", "FORMAT_RESSOURCES", "URL",
)  # fmt: skip
LICENCES = {"LO-2.0": "Licence Ouverte-LO", "ODbL-1.0": "Open Database License-ODBL"}
FREQUENCIES = {
    "continual": "Continuelle",
    "daily": "Quotidienne ou plusieurs fois par jour",
    "weekly": "Hebdomadaire ou plusieurs fois par semaine",
    "monthly": "Mensuelle ou plusieurs fois par mois",
    "quarterly": "Trimestrielle",
    "annually": "Annuelle",
    "asNeeded": "Ponctuelle",
}


def line(one: Collection, names: Mapping[str, str], sirets: Mapping[str, str], base_url: str) -> tuple[str, ...]:
    """A dataset as a line of the catalogue."""
    owner = one.owner or ""
    producer, number = names.get(owner, one.credit("fr")), sirets.get(owner, "")
    declared = one.declared
    formats = _formats(one)
    day = (one.updated or "")[:10]
    created = str(declared.get("created") or "")[:10] or day
    return (
        producer, number, one.id, one.title.fr, one.description.fr.strip(), str(declared.get("theme") or ""), producer,
        number, _level(owner), producer, created, day, created,
        FREQUENCIES.get(str(declared.get("update_frequency")), "Inconnue"), day,
        ";".join(one.keywords), LICENCES.get(one.licence or "", "Spécifique ou autre"), str(len(formats)),
        ";".join(formats), f"{base_url}/collections/{one.id}",
    )  # fmt: skip


def _level(owner: str) -> str:
    """The grain of the body's territory, in the words of the schema."""
    if owner.isdigit() and len(owner) == 5:
        return "Communale"
    return "Infracommunale" if not owner else "Départementale" if owner.startswith("departement") else "Intercommunale"


def _formats(one: Collection) -> list[str]:
    if one.table is None:
        return ["GeoTIFF"]
    return ["CSV", "GeoJSON", "GeoPackage"] if one.table.geometry else ["CSV", "JSON"]
