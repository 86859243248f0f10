"""What to write instead of a wrong value of a BAL: proposed, never applied without being asked."""

from __future__ import annotations

import re
from datetime import date, timedelta

from mig_idg.errors import Text, nearest

POSITIONS = (
    "délivrance postale",
    "entrée",
    "bâtiment",
    "cage d’escalier",
    "logement",
    "parcelle",
    "segment",
    "service technique",
)
SYNONYMS = {
    "portail": "entrée", "porte": "entrée", "entree": "entrée", "batiment": "bâtiment", "immeuble": "bâtiment",
    "cage d'escalier": "cage d’escalier", "cage d’escaliers": "cage d’escalier", "voie": "segment",
    "delivrance postale": "délivrance postale", "boite aux lettres": "délivrance postale",
}  # fmt: skip
EXCEL = date(1899, 12, 30)
SMALL = {"de", "du", "des", "la", "le", "les", "l", "d", "et", "à", "au", "aux", "en", "sur", "sous"}


def proposal(code: str, value: str | None, fix: str | None, today: date | None = None) -> Text | str | None:
    """The value proposed for one finding; `fix` is what the official validator proposes itself."""
    field, _, fault = code.partition(".")
    text = value or ""
    if fault in ("espaces_debut_fin",) or fault.endswith("espaces_debut_fin"):
        return text.strip() or None
    if code == "numero.type_invalide":
        return _number(text)
    if fault == "separateur_decimal_invalide":
        return text.strip().replace(",", ".")
    if fault.startswith("date_invalide") or code == "date_der_maj.date_invalide":
        return _day(text) or (fix if fix and fix != (today.isoformat() if today else None) else None)
    if field == "position":
        return _position(text)
    if fault == "casse_incorrecte":
        return _title(text)
    if fault == "contient_tiret_bas":
        return text.replace("_", " ")
    if fault == "casse_invalide":
        return text.lower()
    if code == "certification_commune.valeur_invalide":
        return {"oui": "1", "vrai": "1", "true": "1", "non": "0", "faux": "0", "false": "0"}.get(text.strip().lower())
    if code.startswith("row.longlat_xy_incoherents"):
        return Text(
            "vérifiez la projection de x et y (Lambert-93, pas une conique conforme)",
            "check the projection of x and y (Lambert-93, not a conformal conic zone)",
        )
    return fix if fix else _advice(code)


def _advice(code: str) -> Text | None:
    column = code.split(".")[1] if code.startswith("field.") and code.endswith(".missing") else None
    if column:
        return Text(f"ajoutez la colonne {column}", f"add the column {column}")
    if code.startswith("field.") and code.endswith(".fuzzy"):
        name = code.split(".")[1]
        return Text(f"renommez la colonne en {name}", f"rename the column to {name}")
    return ADVICE.get(code)


ADVICE: dict[str, Text] = {
    "file.encoding.non_standard": Text("réenregistrez en UTF-8", "save again in UTF-8"),
    "file.delimiter.non_standard": Text(
        "séparez les colonnes par des points-virgules", "separate columns by semicolons"
    ),
    "file.linebreak.non_standard": Text("fins de ligne LF ou CRLF", "line ends LF or CRLF"),
    "rows.multi_id_ban_commune": Text(
        "un fichier par commune ; vérifiez que le tableur n'a pas incrémenté id_ban_commune en le recopiant",
        "one file for each commune; check that the spreadsheet did not increment id_ban_commune while copying",
    ),
    "rows.every_line_required_id_ban": Text(
        "des identifiants BAN sur toutes les lignes", "BAN identifiers on every line"
    ),
    "rows.empty": Text("ajoutez au moins une adresse", "add at least one address"),
    "row.lack_of_id_ban": Text(
        "complétez id_ban_commune, id_ban_toponyme, id_ban_adresse", "fill the three BAN identifiers"
    ),
}


def _number(text: str) -> str | None:
    found = re.fullmatch(r"\s*0*(\d{1,5})\s*[-/]?\s*([a-zA-Z][a-zA-Z0-9]{0,8})\s*", text)
    if found:
        return f"numero = {found[1]} ; suffixe = {found[2].lower()}"
    found = re.fullmatch(r"\s*(\d{1,5})[.,]0+\s*", text)
    return found[1] if found else None


def _day(text: str) -> str | None:
    text = text.strip()
    for pattern, order in (
        (r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})", (3, 2, 1)),
        (r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})", (1, 2, 3)),
        (r"(\d{4})(\d{2})(\d{2})", (1, 2, 3)),
        (r"(\d{4})-(\d{2})-(\d{2})[T ].*", (1, 2, 3)),
    ):
        found = re.fullmatch(pattern, text)
        if found:
            try:
                return date(*(int(found[rank]) for rank in order)).isoformat()
            except ValueError:
                return None
    if re.fullmatch(r"\d{5}", text) and 36526 <= int(text) <= 60000:
        return (EXCEL + timedelta(days=int(text))).isoformat()
    return None


def _position(text: str) -> str | None:
    plain = text.strip().lower()
    return SYNONYMS.get(plain) or nearest(plain, POSITIONS)


def _title(text: str) -> str:
    words = text.lower().split()
    return " ".join(
        word if rank and word in SMALL else "-".join(part.capitalize() for part in word.split("-"))
        for rank, word in enumerate(words)
    )
