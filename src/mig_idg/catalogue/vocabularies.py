"""The controlled vocabularies that records speak: limitations on public access, licences, formats, frequencies.

Values are those of the registries (inspire.ec.europa.eu, publications.europa.eu), kept here: a record is written
without asking anybody.
"""

from __future__ import annotations

from dataclasses import dataclass

from mig_idg.errors import Text

THEMES_TITLE = "GEMET - INSPIRE themes, version 1.0"
THEMES_DATE = "2008-06-01"
LIMITATIONS = "http://inspire.ec.europa.eu/metadata-codelist/LimitationsOnPublicAccess/"
REGULATION_URI = "http://data.europa.eu/eli/reg/2010/1089"
REGULATION_DATE = "2010-12-08"
REGULATION = Text(
    "RÈGLEMENT (UE) N o 1089/2010 DE LA COMMISSION du 23 novembre 2010 portant modalités d’application de la directive"
    " 2007/2/CE du Parlement européen et du Conseil en ce qui concerne l’interopérabilité des séries et des services de"
    " données géographiques",
    "COMMISSION REGULATION (EU) No 1089/2010 of 23 November 2010 implementing Directive 2007/2/EC of the European"
    " Parliament and of the Council as regards interoperability of spatial data sets and services",
)
LIMITATION_LABELS: dict[str, Text] = {
    "noLimitations": Text(
        "Pas de restriction d’accès public selon INSPIRE", "No limitation on public access (INSPIRE)"
    ),
    "INSPIRE_Directive_Article13_1a": Text(
        "L124-4-I-1 du code de l’environnement (Directive 2007/2/CE (INSPIRE), Article 13.1.a)",
        "INSPIRE Directive 2007/2/EC, Article 13.1.a",
    ),
    "INSPIRE_Directive_Article13_1b": Text(
        "L124-5-II-1 du code de l’environnement (Directive 2007/2/CE (INSPIRE), Article 13.1.b)",
        "INSPIRE Directive 2007/2/EC, Article 13.1.b",
    ),
    "INSPIRE_Directive_Article13_1c": Text(
        "L124-5-II-2 du code de l’environnement (Directive 2007/2/CE (INSPIRE), Article 13.1.c)",
        "INSPIRE Directive 2007/2/EC, Article 13.1.c",
    ),
    "INSPIRE_Directive_Article13_1d": Text(
        "L124-4-I-1 du code de l’environnement (Directive 2007/2/CE (INSPIRE), Article 13.1.d)",
        "INSPIRE Directive 2007/2/EC, Article 13.1.d",
    ),
    "INSPIRE_Directive_Article13_1e": Text(
        "L124-5-II-3 du code de l’environnement (Directive 2007/2/CE (INSPIRE), Article 13.1.e)",
        "INSPIRE Directive 2007/2/EC, Article 13.1.e",
    ),
    "INSPIRE_Directive_Article13_1f": Text(
        "L124-4-I-1 du code de l’environnement (Directive 2007/2/CE (INSPIRE), Article 13.1.f)",
        "INSPIRE Directive 2007/2/EC, Article 13.1.f",
    ),
    "INSPIRE_Directive_Article13_1g": Text(
        "L124-4-I-3 du code de l’environnement (Directive 2007/2/CE (INSPIRE), Article 13.1.g)",
        "INSPIRE Directive 2007/2/EC, Article 13.1.g",
    ),
    "INSPIRE_Directive_Article13_1h": Text(
        "L124-4-I-2 du code de l’environnement (Directive 2007/2/CE (INSPIRE), Article 13.1.h)",
        "INSPIRE Directive 2007/2/EC, Article 13.1.h",
    ),
}
NO_LIMITATION = "noLimitations"
# What a ground of exception of the charter (§ 3.3) is among the limitations of the directive (article 13.1): secrecy of
# public authorities (a), rights of who supplied it (g), intellectual property (e), personal data (f).
LIMITATION_OF_GROUND = {
    "E0": "INSPIRE_Directive_Article13_1a",
    "E1": "INSPIRE_Directive_Article13_1f",
    "E2": "INSPIRE_Directive_Article13_1a",
    "E3": "INSPIRE_Directive_Article13_1d",
    "E4": "INSPIRE_Directive_Article13_1g",
    "E5": "INSPIRE_Directive_Article13_1e",
    "E6": "INSPIRE_Directive_Article13_1e",
}
# Kept for partners by its owner's terms, without any ground of exception: the rights of who made the database.
LIMITATION_OF_TERMS = "INSPIRE_Directive_Article13_1e"


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence of reuse: its name, its text, and its SPDX identifier where it has one."""

    id: str
    name: str
    url: str
    spdx: str


LICENCES = {
    "LO-2.0": Licence(
        "LO-2.0",
        "Licence Ouverte / Open Licence version 2.0",
        "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
        "etalab-2.0",
    ),
    "ODbL-1.0": Licence(
        "ODbL-1.0",
        "Open Data Commons Open Database License (ODbL) version 1.0",
        "https://opendatacommons.org/licenses/odbl/1-0/",
        "ODbL-1.0",
    ),
}
# Name and version of a distribution format by its media type (TG 2.0.1, 2.6: both are mandatory).
FORMATS: dict[str, tuple[str, str]] = {
    "application/geo+json": ("GeoJSON", "RFC 7946"),
    "application/geo+json-seq": ("GeoJSONSeq", "RFC 8142"),
    "application/vnd.ogc.fg+json": ("JSON-FG", "1.0"),
    "text/csv": ("CSV", "RFC 4180"),
    "application/geopackage+sqlite3": ("GeoPackage", "1.3"),
    "application/flatgeobuf": ("FlatGeobuf", "3"),
    "application/vnd.apache.parquet": ("GeoParquet", "1.1"),
    "application/gml+xml": ("GML", "3.2"),
    "image/tiff": ("GeoTIFF", "1.1"),
    "image/png": ("PNG", "1.2"),
}
# What the declaration writes as ISO 19115 says it, in the frequencies of the EU authority.
FREQUENCIES = {
    "continual": "CONT",
    "daily": "DAILY",
    "weekly": "WEEKLY",
    "monthly": "MONTHLY",
    "quarterly": "QUARTERLY",
    "annually": "ANNUAL",
    "asNeeded": "IRREG",
}
