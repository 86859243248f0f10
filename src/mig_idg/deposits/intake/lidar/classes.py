"""What a point was classified as: the ASPRS codes (LAS 1.4 R15, table 17), and those that LiDAR HD adds."""

from __future__ import annotations

from collections.abc import Mapping

from mig_idg.errors import Text

NAMES: Mapping[int, Text] = {
    0: Text("jamais classé", "never classified"),
    1: Text("non classé", "unclassified"),
    2: Text("sol", "ground"),
    3: Text("végétation basse", "low vegetation"),
    4: Text("végétation moyenne", "medium vegetation"),
    5: Text("végétation haute", "high vegetation"),
    6: Text("bâtiment", "building"),
    7: Text("point bas (bruit)", "low point (noise)"),
    8: Text("point clé du modèle", "model key point"),
    9: Text("eau", "water"),
    10: Text("voie ferrée", "rail"),
    11: Text("surface de route", "road surface"),
    12: Text("recouvrement", "overlap"),
    13: Text("câble de garde", "wire guard"),
    14: Text("câble conducteur", "wire conductor"),
    15: Text("pylône", "transmission tower"),
    16: Text("isolateur", "wire-structure connector"),
    17: Text("tablier de pont", "bridge deck"),
    18: Text("point haut (bruit)", "high noise"),
    19: Text("structure en surplomb", "overhead structure"),
    20: Text("sol ignoré", "ignored ground"),
    21: Text("neige", "snow"),
    22: Text("exclu (changement)", "temporal exclusion"),
    64: Text("sursol pérenne", "permanent above-ground"),
    65: Text("artefact", "artefact"),
    66: Text("point virtuel", "virtual point"),
    67: Text("divers bâti", "miscellaneous built"),
}


def name(code: int) -> Text:
    """The name of a class; a code that nobody named says so."""
    return NAMES.get(code) or Text(f"classe {code}", f"class {code}")
