"""What each code means and what was expected, in French and in English, for the person who will mend the file."""

from __future__ import annotations

from mig_idg.errors import Text
from mig_idg.standards.findings import Label

_EXACT: dict[str, Label] = {
    "file.encoding.non_standard": Label(
        Text("Le fichier n'est pas en UTF-8", "The file is not in UTF-8"),
        Text("enregistrer en UTF-8, ou donner l'encodage avec --encoding", "save as UTF-8, or give --encoding"),
    ),
    "file.delimiter.non_standard": Label(
        Text("Les colonnes ne sont pas séparées par des points-virgules", "Columns are not separated by semicolons"),
        Text("séparateur ;", "separator ;"),
    ),
    "file.linebreak.non_standard": Label(
        Text("Les fins de ligne ne sont ni LF ni CRLF", "Line ends are neither LF nor CRLF"),
        Text("LF ou CRLF", "LF or CRLF"),
    ),
    "file.row.width": Label(
        Text("La ligne n'a pas autant de cellules que l'en-tête", "The line has not as many cells as the header")
    ),
    "file.row.blank": Label(Text("Ligne vide", "Blank line")),
    "file.quotes": Label(
        Text("Un guillemet ouvert n'est jamais fermé", "A quote that is opened is never closed"),
        Text("fermer ou doubler les guillemets", "close or double the quotes"),
    ),
    "file.column.duplicate": Label(Text("Deux colonnes portent le même nom", "Two columns have the same name")),
    "file.column.not_kept": Label(
        Text(
            "Colonne sans place dans le modèle 1.5 : elle n'est pas reprise", "Column without a place in 1.5: not kept"
        )
    ),
    "rows.empty": Label(Text("Le fichier n'a aucune ligne", "The file has no line")),
    "rows.multi_id_ban_commune": Label(
        Text("Le fichier porte plusieurs id_ban_commune", "The file has several id_ban_commune"),
        Text(
            "un fichier par commune, ou --aggregate pour un fichier agrégé voulu",
            "one file for each commune, or --aggregate for a file that is aggregated on purpose",
        ),
    ),
    "rows.every_line_required_id_ban": Label(
        Text("Des lignes ont des identifiants BAN, d'autres non", "Some lines have BAN identifiers, others have not"),
        Text("des identifiants sur toutes les lignes, ou sur aucune", "identifiers on every line, or on none"),
    ),
    "rows.identical_key": Label(
        Text("Plusieurs lignes pour une même adresse", "Several lines for one address"),
        Text("gardées : ce sont plusieurs positions, ou des doublons", "kept: several positions, or duplicates"),
    ),
    "row.lack_of_id_ban": Label(
        Text("Il manque des identifiants BAN à la ligne", "The line lacks BAN identifiers"),
        Text("commune, toponyme et adresse (sauf numéro 99999)", "commune, street and address (but for number 99999)"),
    ),
    "row.longlat_vides": Label(Text("long et lat sont vides", "long and lat are empty")),
    "row.longlat_invalides": Label(
        Text("long/lat est hors de France, ou incomplet", "long/lat is out of France, or incomplete"),
        Text("longitude puis latitude, en degrés WGS84", "longitude then latitude, in WGS84 degrees"),
    ),
    "row.longlat_xy_incoherents": Label(
        Text("x/y et long/lat sont à plus de 10 m l'un de l'autre", "x/y and long/lat are more than 10 m apart"),
        Text("x/y en Lambert-93 (EPSG:2154) ; c'est x/y qui est retenu", "x/y in Lambert-93; x/y is what is kept"),
    ),
    "row.xy_vides": Label(
        Text("x et y sont vides", "x and y are empty"),
        Text("le point est tiré de long et lat", "the point is taken from long and lat"),
    ),
    "row.incoherence_numero": Label(
        Text("Le numéro n'est pas celui de la clé d'interopérabilité", "The number is not that of the key")
    ),
    "row.position_manquante": Label(Text("La position n'est pas renseignée", "The position is not given")),
    "numero.type_invalide": Label(
        Text("Le numéro n'est pas un entier", "The number is not an integer"),
        Text("des chiffres seulement ; bis, ter… vont dans suffixe", "digits only; bis, ter… go to suffixe"),
    ),
    "numero.contient_prefixe": Label(
        Text("Le numéro commence par des zéros", "The number starts with zeros"), Text("sans zéro devant", "no zero")
    ),
    "numero.trop_grand": Label(
        Text("Le numéro est trop grand", "The number is too large"),
        Text("de 1 à 99998, ou 99999 pour un lieu sans adresse", "1 to 99998, or 99999 for a place without address"),
    ),
    "numero.not_to_be_zero": Label(Text("Le numéro est zéro", "The number is zero")),
    "suffixe.debut_invalide": Label(
        Text(
            "Le suffixe ne commence pas par une lettre ou un chiffre", "The suffix starts with neither letter nor digit"
        )
    ),
    "position.enum_fuzzy": Label(
        Text("La position est comprise mais mal écrite", "The position is understood but misspelt"),
        Text("une des huit valeurs, telle quelle", "one of the eight values, as written"),
    ),
    "position.valeur_invalide": Label(
        Text("La position n'est pas dans la liste", "The position is not in the list"),
        Text(
            "délivrance postale, entrée, bâtiment, cage d’escalier, logement, parcelle, segment, service technique",
            "one of the eight values of the specification",
        ),
    ),
    "date_der_maj.date_invalide": Label(
        Text("La date n'existe pas ou est mal écrite", "The date does not exist or is misspelt"),
        Text("AAAA-MM-JJ", "YYYY-MM-DD"),
    ),
    "date_der_maj.date_ancienne": Label(Text("La date est antérieure à 2010", "The date is before 2010")),
    "date_der_maj.date_future": Label(Text("La date est dans le futur", "The date is in the future")),
    "commune_insee.commune_invalide": Label(
        Text("Le code INSEE n'est pas celui d'une commune", "The INSEE code is not that of a commune"),
        Text("cinq caractères du Code officiel géographique", "five characters of the official geographical code"),
    ),
    "certification_commune.valeur_invalide": Label(
        Text("La certification n'est ni 0 ni 1", "The certification is neither 0 nor 1"), Text("0 ou 1", "0 or 1")
    ),
    "cad_parcelles.pipe_debut_fin": Label(
        Text("Une barre | commence ou finit la liste", "A | starts or ends the list")
    ),
    "cad_parcelles.valeur_invalide": Label(
        Text("Une parcelle n'a pas 14 ou 15 caractères", "A parcel has not 14 or 15 characters")
    ),
    "cle_interop.structure_invalide": Label(
        Text("La clé n'a pas ses trois parties", "The key has not its three parts"),
        Text("commune_voie_numéro[_suffixe]", "commune_street_number[_suffix]"),
    ),
    "cle_interop.casse_invalide": Label(Text("La clé n'est pas en minuscules", "The key is not in lower case")),
    "cle_interop.commune_invalide": Label(Text("La commune de la clé n'en est pas une", "The key names no commune")),
    "cle_interop.voie_invalide": Label(Text("Le code de voie de la clé est mal formé", "The street code is malformed")),
    "cle_interop.voie_non_renseignee": Label(Text("La clé n'a pas de code de voie", "The key has no street code")),
    "cle_interop.numero_invalide": Label(Text("Le numéro de la clé n'en est pas un", "The number of the key is none")),
    "cle_interop.numero_prefixe_manquant": Label(
        Text("Le numéro de la clé n'a pas cinq chiffres", "The number of the key has not five digits"),
        Text("complété par des zéros : 00012", "padded with zeros: 00012"),
    ),
}

# Codes made of a field and one of these ends.
_ENDS: dict[str, Label] = {
    "missing": Label(Text("La colonne {field} manque", "Column {field} is missing")),
    "espaces_debut_fin": Label(
        Text("Espaces au début ou à la fin de {field}", "Spaces around the value of {field}"),
        Text("la valeur sans espaces est retenue", "the value without spaces is kept"),
    ),
    "valeur_manquante": Label(Text("{field} est vide", "{field} is empty")),
    "type_invalide": Label(
        Text("{field} n'est pas un identifiant valide", "{field} is not a valid identifier"),
        Text("UUID version 4", "UUID version 4"),
    ),
    "separateur_decimal_invalide": Label(
        Text("{field} a une virgule décimale", "{field} has a decimal comma"), Text("un point", "a point")
    ),
    "valeur_invalide": Label(Text("{field} n'est pas un nombre", "{field} is not a number")),
    "trop_court": Label(Text("{field} est trop court", "{field} is too short"), Text("3 caractères", "3 characters")),
    "trop_long": Label(
        Text("{field} est trop long", "{field} is too long"),
        Text("200 caractères ; suffixe : 9", "200 characters; suffix: 9"),
    ),
    "caractere_invalide": Label(Text("{field} contient un caractère inattendu", "{field} has an odd character")),
    "casse_incorrecte": Label(Text("{field} est en majuscules", "{field} is in capitals")),
    "contient_tiret_bas": Label(Text("{field} contient un tiret bas", "{field} has an underscore")),
}


def label(code: str) -> Label:
    """What a code means; a code without words of its own is given as it is."""
    if code in _EXACT:
        return _EXACT[code]
    parts = code.split(".")
    known = _ENDS.get(parts[-1])
    if known is None:
        return Label(Text(code, code))
    field = parts[-2]
    return Label(Text(known.means.fr.format(field=field), known.means.en.format(field=field)), known.expected)
