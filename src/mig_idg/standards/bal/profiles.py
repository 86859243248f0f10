"""How severe each finding is, for each version: errors refuse the file, warnings and infos are told.

The levels are those of the official validator for the codes it knows (3.5, profiles 1.3, 1.4 and 1.5); codes that are
ours say so. A code that is not listed for a version does not exist in it. Those that only repeat another one of the
same line (`row.adresse_incomplete` after `numero.type_invalide`) are left out.
"""

from __future__ import annotations

from mig_idg.standards.bal.model import BAN_IDS, Version
from mig_idg.standards.findings import Level

_ALWAYS: dict[str, Level] = {
    # the file
    "file.encoding.non_standard": "error",
    "file.delimiter.non_standard": "error",
    "file.linebreak.non_standard": "error",
    "file.row.width": "error",  # ours: a line with too many or too few cells
    "file.row.blank": "warning",  # ours
    "file.quotes": "error",  # ours
    "file.column.duplicate": "error",  # ours
    "file.column.not_kept": "warning",  # ours: a column that the model of 1.5 has no place for
    "rows.empty": "error",
    # columns
    "field.commune_insee.missing": "error",
    "field.numero.missing": "error",
    "field.long.missing": "error",
    "field.lat.missing": "error",
    "field.commune_nom.missing": "info",
    "field.suffixe.missing": "warning",
    "field.position.missing": "warning",
    "field.x.missing": "warning",
    "field.y.missing": "warning",
    "field.source.missing": "warning",
    "field.date_der_maj.missing": "warning",
    "field.certification_commune.missing": "warning",
    "field.cad_parcelles.missing": "info",
    "field.lieudit_complement_nom.missing": "info",
    "field.commune_deleguee_insee.missing": "info",
    "field.commune_deleguee_nom.missing": "info",
    # values
    "commune_insee.valeur_manquante": "error",
    "commune_insee.commune_invalide": "error",
    "commune_insee.espaces_debut_fin": "error",
    "commune_nom.valeur_manquante": "info",
    "commune_nom.espaces_debut_fin": "warning",
    "commune_deleguee_insee.espaces_debut_fin": "warning",
    "commune_deleguee_nom.espaces_debut_fin": "warning",
    "lieudit_complement_nom.espaces_debut_fin": "warning",
    "numero.valeur_manquante": "error",
    "numero.type_invalide": "error",
    "numero.contient_prefixe": "error",
    "numero.trop_grand": "error",
    "numero.not_to_be_zero": "warning",
    "numero.espaces_debut_fin": "warning",
    "suffixe.debut_invalide": "error",
    "suffixe.trop_long": "error",
    "suffixe.espaces_debut_fin": "error",
    "suffixe.caractere_invalide": "warning",
    "position.enum_fuzzy": "warning",
    "position.valeur_invalide": "warning",
    "position.espaces_debut_fin": "warning",
    "row.position_manquante": "warning",
    "x.separateur_decimal_invalide": "error",
    "x.valeur_invalide": "error",
    "x.espaces_debut_fin": "warning",
    "y.separateur_decimal_invalide": "error",
    "y.valeur_invalide": "error",
    "y.espaces_debut_fin": "warning",
    "long.separateur_decimal_invalide": "error",
    "long.valeur_invalide": "error",
    "long.espaces_debut_fin": "warning",
    "lat.separateur_decimal_invalide": "error",
    "lat.valeur_invalide": "error",
    "lat.espaces_debut_fin": "warning",
    "cad_parcelles.pipe_debut_fin": "warning",
    "cad_parcelles.valeur_invalide": "warning",
    "cad_parcelles.espaces_debut_fin": "warning",
    "source.valeur_manquante": "warning",
    "source.espaces_debut_fin": "warning",
    "date_der_maj.valeur_manquante": "warning",
    "date_der_maj.date_invalide": "error",
    "date_der_maj.date_ancienne": "warning",
    "date_der_maj.date_future": "warning",
    "date_der_maj.espaces_debut_fin": "warning",
    "certification_commune.valeur_invalide": "warning",
    "certification_commune.espaces_debut_fin": "info",
    # lines, and all of them together
    "row.longlat_vides": "error",
    "row.longlat_invalides": "error",
    "row.longlat_xy_incoherents": "warning",
    "row.xy_vides": "info",  # ours: the point is taken from long and lat
    "rows.identical_key": "warning",  # ours: several positions of one address, or the same line twice
}

_STREET: dict[str, Level] = {
    "caractere_invalide": "error",
    "trop_court": "error",
    "trop_long": "error",
    "valeur_manquante": "error",
    "casse_incorrecte": "warning",
    "contient_tiret_bas": "warning",
}

_KEY: dict[str, Level] = {
    "cle_interop.valeur_manquante": "error",
    "cle_interop.structure_invalide": "error",
    "cle_interop.casse_invalide": "error",
    "cle_interop.commune_invalide": "error",
    "cle_interop.numero_invalide": "error",
    "cle_interop.numero_prefixe_manquant": "error",
    "cle_interop.espaces_debut_fin": "warning",
    "cle_interop.voie_invalide": "warning",
    "cle_interop.voie_non_renseignee": "info",
    "field.cle_interop.missing": "warning",
    "row.incoherence_numero": "error",
}


def _street(field: str, spaces: Level) -> dict[str, Level]:
    return {f"field.{field}.missing": "error", f"{field}.espaces_debut_fin": spaces} | {
        f"{field}.{code}": level for code, level in _STREET.items()
    }


def _identifiers(missing: Level | None, wrong: Level) -> dict[str, Level]:
    levels: dict[str, Level] = {
        "row.lack_of_id_ban": wrong,
        "rows.every_line_required_id_ban": wrong,
        "rows.multi_id_ban_commune": wrong,
    }
    for field in BAN_IDS:
        if missing:
            levels |= {f"field.{field}.missing": missing, f"{field}.type_invalide": wrong}
            levels |= {f"{field}.espaces_debut_fin": "info"}
    return levels


LEVELS: dict[Version, dict[str, Level]] = {
    "1.3": _ALWAYS
    | _KEY
    | _street("voie_nom", "warning")
    | _identifiers(None, "info")
    | {"field.uid_adresse.missing": "info", "uid_adresse.type_invalide": "warning"},
    "1.4": _ALWAYS | _KEY | _street("voie_nom", "warning") | _identifiers("warning", "error"),
    "1.5": _ALWAYS | _street("toponyme", "info") | _identifiers("error", "error"),
}
