"""The controlled vocabularies that records speak: INSPIRE themes, ISO 19115 topics, limitations on access, licences.

Values are those of the registries (inspire.ec.europa.eu, publications.europa.eu), kept here: a record is written
without asking anybody.
"""

from __future__ import annotations

import unicodedata
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


@dataclass(frozen=True, slots=True)
class InspireTheme:
    """One of the 34 themes of the INSPIRE directive, with the ISO 19115 topic category it goes with."""

    code: str
    label: Text
    topic: str

    @property
    def uri(self) -> str:
        """Its address in the INSPIRE registry."""
        return f"http://inspire.ec.europa.eu/theme/{self.code}"


THEMES = (
    InspireTheme("rs", Text("Référentiels de coordonnées", "Coordinate reference systems"), ""),
    InspireTheme("gg", Text("Systèmes de maillage géographique", "Geographical grid systems"), ""),
    InspireTheme("gn", Text("Dénominations géographiques", "Geographical names"), "location"),
    InspireTheme("au", Text("Unités administratives", "Administrative units"), "boundaries"),
    InspireTheme("ad", Text("Adresses", "Addresses"), "location"),
    InspireTheme("cp", Text("Parcelles cadastrales", "Cadastral parcels"), "planningCadastre"),
    InspireTheme("tn", Text("Réseaux de transport", "Transport networks"), "transportation"),
    InspireTheme("hy", Text("Hydrographie", "Hydrography"), "inlandWaters"),
    InspireTheme("ps", Text("Sites protégés", "Protected sites"), "environment"),
    InspireTheme("el", Text("Altitude", "Elevation"), "elevation"),
    InspireTheme("lc", Text("Occupation des terres", "Land cover"), "imageryBaseMapsEarthCover"),
    InspireTheme("oi", Text("Ortho-imagerie", "Orthoimagery"), "imageryBaseMapsEarthCover"),
    InspireTheme("ge", Text("Géologie", "Geology"), "geoscientificInformation"),
    InspireTheme("su", Text("Unités statistiques", "Statistical units"), "boundaries"),
    InspireTheme("bu", Text("Bâtiments", "Buildings"), "structure"),
    InspireTheme("so", Text("Sols", "Soil"), "geoscientificInformation"),
    InspireTheme("lu", Text("Usage des sols", "Land use"), "planningCadastre"),
    InspireTheme("hh", Text("Santé et sécurité des personnes", "Human health and safety"), "health"),
    InspireTheme(
        "us",
        Text("Services d'utilité publique et services publics", "Utility and governmental services"),
        "utilitiesCommunication",
    ),
    InspireTheme(
        "ef", Text("Installations de suivi environnemental", "Environmental monitoring facilities"), "structure"
    ),
    InspireTheme(
        "pf", Text("Lieux de production et sites industriels", "Production and industrial facilities"), "structure"
    ),
    InspireTheme(
        "af", Text("Installations agricoles et aquacoles", "Agricultural and aquaculture facilities"), "farming"
    ),
    InspireTheme(
        "pd", Text("Répartition de la population — démographie", "Population distribution - demography"), "society"
    ),
    InspireTheme(
        "am",
        Text(
            "Zones de gestion, de restriction ou de réglementation et unités de déclaration",
            "Area management/restriction/regulation zones and reporting units",
        ),
        "planningCadastre",
    ),
    InspireTheme("nz", Text("Zones à risque naturel", "Natural risk zones"), "geoscientificInformation"),
    InspireTheme("ac", Text("Conditions atmosphériques", "Atmospheric conditions"), "climatologyMeteorologyAtmosphere"),
    InspireTheme(
        "mf",
        Text("Caractéristiques géographiques météorologiques", "Meteorological geographical features"),
        "climatologyMeteorologyAtmosphere",
    ),
    InspireTheme(
        "of", Text("Caractéristiques géographiques océanographiques", "Oceanographic geographical features"), "oceans"
    ),
    InspireTheme("sr", Text("Régions maritimes", "Sea regions"), "oceans"),
    InspireTheme("br", Text("Régions biogéographiques", "Bio-geographical regions"), "biota"),
    InspireTheme("hb", Text("Habitats et biotopes", "Habitats and biotopes"), "biota"),
    InspireTheme("sd", Text("Répartition des espèces", "Species distribution"), "biota"),
    InspireTheme("er", Text("Sources d'énergie", "Energy resources"), "economy"),
    InspireTheme("mr", Text("Ressources minérales", "Mineral resources"), "economy"),
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


def folded(text: str) -> str:
    """Lower case, without accents, apostrophes made one: how words and labels are compared."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("’", "'").replace("œ", "oe"))
    return "".join(c for c in plain if not unicodedata.combining(c))


_BY_LABEL = {folded(word): theme for theme in THEMES for word in (theme.code, theme.label.fr, theme.label.en)}


def inspire_theme(declared: str | None) -> InspireTheme | None:
    """The INSPIRE theme that a declared theme names, by its code or label; None for a theme outside INSPIRE."""
    return _BY_LABEL.get(folded(declared.strip())) if declared else None
