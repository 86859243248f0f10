"""The 34 themes of the INSPIRE directive (annexes I to III), with the ISO 19115 topic category each goes with.

Values are those of the registry (inspire.ec.europa.eu), kept here: a record is written without asking anybody.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from mig_idg.errors import Text


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


def folded(text: str) -> str:
    """Lower case, without accents, apostrophes made one: how words and labels are compared."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("’", "'").replace("œ", "oe"))
    return "".join(c for c in plain if not unicodedata.combining(c))


_BY_LABEL = {folded(word): theme for theme in THEMES for word in (theme.code, theme.label.fr, theme.label.en)}


def inspire_theme(declared: str | None) -> InspireTheme | None:
    """The INSPIRE theme that a declared theme names, by its code or label; None for a theme outside INSPIRE."""
    return _BY_LABEL.get(folded(declared.strip())) if declared else None
