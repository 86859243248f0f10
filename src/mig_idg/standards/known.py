"""The standards that files are checked against: names, versions, how one is recognised, the schemas each needs.

Schemas belong to other bodies and are no part of this repository: `schemas.csv` knows each by its place in a standards
folder, its SHA-256 and its official address.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

from mig_idg.errors import Text


@dataclass(frozen=True, slots=True)
class Standard:
    """One standard; the first version is the one in force, which is also what is checked when none is told."""

    name: str
    title: Text
    versions: tuple[str, ...]
    columns: frozenset[str] = frozenset()
    """Columns that only its files have, for those that are tables."""
    words: tuple[str, ...] = ()
    """Words of a file's name, when nothing in it can be read."""


def _names(written: str) -> frozenset[str]:
    return frozenset(written.split())


STANDARDS: dict[str, Standard] = {
    one.name: one
    for one in (
        Standard(
            "bal",
            Text("Base Adresse Locale (AITF)", "Base Adresse Locale (AITF)"),
            ("1.5", "1.4", "1.3"),
            _names(
                "id_ban_commune id_ban_toponyme id_ban_adresse uid_adresse cle_interop commune_insee commune_nom "
                "voie_nom "
                "toponyme numero suffixe position x y long lat lieudit_complement_nom cad_parcelles date_der_maj "
                "certification_commune commune_deleguee_insee commune_deleguee_nom source"
            ),
            ("bal", "adresse", "adresses"),
        ),
        Standard(
            "scdl-deliberations",
            Text("SCDL, délibérations", "SCDL, council decisions"),
            ("2.1.5",),
            _names(
                "COLL_NOM COLL_SIRET DELIB_ID DELIB_DATE DELIB_MATIERE_CODE DELIB_MATIERE_NOM DELIB_OBJET BUDGET_ANNEE "
                "BUDGET_NOM PREF_ID PREF_DATE VOTE_EFFECTIF VOTE_REEL VOTE_POUR VOTE_CONTRE VOTE_ABSTENTION DELIB_URL"
            ),
            ("deliberation", "deliberations"),
        ),
        Standard(
            "scdl-subventions",
            Text("SCDL, subventions", "SCDL, grants"),
            ("2.1.1",),
            _names(
                "nomAttribuant idAttribuant dateConvention referenceDecision nomBeneficiaire idBeneficiaire "
                "rnaBeneficiaire objet montant nature conditionsVersement datesPeriodeVersement idRAE notificationUE "
                "pourcentageSubvention dispositifAide"
            ),
            ("subvention", "subventions"),
        ),
        Standard(
            "scdl-equipements",
            Text("SCDL, équipements", "SCDL, public facilities"),
            ("0.1.5",),
            _names(
                "COLL_NOM COLL_SIRET EQUIP_UID EQUIP_THEME EQUIP_CODE EQUIP_TYPE EQUIP_NOM ADR_NUMERO ADR_NOMVOIE "
                "ADR_CODEPOSTAL ADR_COMMUNE ADR_CLE_INTEROP ERP_ID ERP_TYPE ERP_CATEGORIE EQUIP_LAT EQUIP_LONG "
                "EQUIP_OUVERTURE EQUIP_TEL EQUIP_EMAIL EQUIP_WEB"
            ),
            ("equipement", "equipements"),
        ),
        Standard(
            "scdl-prenoms",
            Text("SCDL, prénoms des nouveau-nés", "SCDL, first names"),
            ("1.1.6",),
            _names("COMMUNE_NOM COLL_INSEE ENFANT_SEXE ENFANT_PRENOM NOMBRE_OCCURRENCES ANNEE"),
            ("prenom", "prenoms"),
        ),
        Standard(
            "scdl-catalogue",
            Text("SCDL, catalogue", "SCDL, catalogue"),
            ("0.1.3",),
            _names(
                "COLL_NOM COLL_SIRET ID TITRE DESCRIPTION THEME PRODUCTEUR_NOM PRODUCTEUR_SIRET COUV_SPAT_MAILLE "
                "COUV_SPAT_NOM COUV_TEMP_DEBUT COUV_TEMP_FIN DATE_PUBL FREQ_MAJ DATE_MAJ MOTS_CLES LICENCE "
                "NOMBRE_RESSOURCES FORMAT_RESSOURCES URL"
            ),
            ("catalogue",),
        ),
        Standard(
            "scdl-budget",
            Text("SCDL, budget", "SCDL, budget"),
            ("0.8.3",),
            _names(
                "BGT_NATDEC BGT_ANNEE BGT_SIRET BGT_NOM BGT_CONTNAT BGT_CONTNAT_LABEL BGT_NATURE BGT_NATURE_LABEL "
                "BGT_FONCTION"
            ),
            ("budget",),
        ),
        Standard(
            "acceslibre",
            Text("Accessibilité des établissements (acceslibre)", "Accessibility of premises (acceslibre)"),
            ("0.0.20",),
            _names(
                "id name postal_code commune numero voie lieu_dit code_insee siret contact_url site_internet longitude "
                "latitude activite transport_station_presence stationnement_presence stationnement_pmr "
                "stationnement_ext_presence stationnement_ext_pmr cheminement_ext_presence"
            ),
            ("acceslibre", "erp"),
        ),
        Standard(
            "decp",
            Text("Données essentielles de la commande publique", "Essential data of public procurement"),
            ("2.0.3", "2.0.2"),
            words=("decp", "marches"),
        ),
        Standard(
            "pcrs", Text("Plan de corps de rue simplifié (CNIG)", "PCRS street plan (CNIG)"), ("2.0",), words=("pcrs",)
        ),
        Standard(
            "iso19139",
            Text("Métadonnées ISO 19139", "ISO 19139 metadata"),
            ("2007-04-17", "2006-05-04"),
            words=("iso19139",),
        ),
        Standard("iso19115-3", Text("Métadonnées ISO 19115-3", "ISO 19115-3 metadata"), ("2.0",)),
        Standard(
            "ocs-ge",
            Text("OCS GE nouvelle génération (IGN)", "OCS GE land cover (IGN)"),
            ("NG",),
            words=("ocsge", "ocs-ge", "ocs_ge"),
        ),
    )
}
BAL_OWN = _names("cle_interop voie_nom id_ban_commune id_ban_toponyme id_ban_adresse uid_adresse certification_commune")
TABLES = tuple(name for name, one in STANDARDS.items() if one.columns)


@dataclass(frozen=True, slots=True)
class SchemaFile:
    """One file of a standards folder; `address` None when it only comes from a folder (paths made relative)."""

    path: str
    sha256: str
    standards: tuple[str, ...]
    address: str | None


@cache
def schema_files() -> dict[str, SchemaFile]:
    """All known files, by path."""
    text = resources.files("mig_idg.standards").joinpath("schemas.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter=";")
    return {
        row["path"]: SchemaFile(row["path"], row["sha256"], tuple(row["standard"].split()), row["address"] or None)
        for row in rows
    }


def by_columns(header: tuple[str, ...]) -> str | None:
    """The standard whose columns a header has: at least four of them, or half; whatever their case and order."""
    read = {_plain(name) for name in header}
    best: tuple[float, str] | None = None
    for name in TABLES:
        wanted = {_plain(one) for one in STANDARDS[name].columns}
        found = len(wanted & read)
        if found < min(3, len(wanted)) or found / max(len(wanted), 1) < 0.15:
            continue
        score = found + found / len(wanted)
        if name == "acceslibre" and not {"activite", "name", "postal_code"} & read:
            continue
        if best is None or score > best[0]:
            best = (score, name)
    if best is None and read & BAL_OWN:
        return "bal"
    return best[1] if best else None


def by_name(file: str) -> str | None:
    """The standard that the name of a file tells, `20260105_bal_219200508_nanterre.csv`."""
    words = set(re.split(r"[^a-z0-9]+", file.lower()))
    for name, one in STANDARDS.items():
        if words & set(one.words) or any(len(word) > 5 and word in file.lower() for word in one.words):
            return name
    return None


def _plain(name: str) -> str:
    return name.strip().strip('"').lower()
