"""Public procurement (DECP): JSON by its JSON Schema, with the check of the root that it lacks; XML by its XSD."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mig_idg.errors import Text, nearest
from mig_idg.standards.verdict import Remark, Verdict, ordered
from mig_idg.validators.library import Library

SIZE = 300_000_000
DEPTH = 200
ERRORS = 20_000
SCHEMA = "scdl/decp/schema_decp_v2.0.3.json"
Path_ = Sequence[str | int]


def check(path: Path, name: str, library: Library) -> Verdict:
    """The verdict of the JSON Schema 2.0.3 (draft 7)."""
    from jsonschema import Draft7Validator

    schema = json.loads(library.path(SCHEMA).read_text("utf-8"))
    read = read_json(path)
    if isinstance(read, Remark):
        return Verdict(name, "decp", "2.0.3", False, (read,), "jsonschema (draft 7)", None, {read.code: 1})
    document, text = read
    remarks: list[Remark] = []
    if not isinstance(document, dict):
        remarks.append(
            Remark(
                "decp.root",
                "error",
                Text("La racine doit être un objet", "The root must be an object"),
                1,
                "$",
                proposal='{"marches": {"marche": [], "contrat-concession": []}}',
            )
        )
    else:
        lines = Lines(text)
        for error in _first(Draft7Validator(schema).iter_errors(document)):
            remarks.append(_told(error, lines))
        remarks.extend(_beyond(document, lines))
    kept, counts = ordered(remarks)
    valid = not any(one.level == "error" and not one.ours for one in remarks)
    return Verdict(name, "decp", "2.0.3", valid, kept, "jsonschema (draft 7)", None, counts)


def read_json(path: Path) -> tuple[Any, str] | Remark:
    """The document and its text, or what is wrong with it; never deeper nor larger than is sound."""
    if path.stat().st_size > SIZE:
        return Remark("file.too_big", "error", Text("Plus de 300 Mo", "More than 300 MB"))
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return Remark(
            "file.encoding",
            "error",
            Text("Le fichier n'est pas en UTF-8", "The file is not in UTF-8"),
            raw[: error.start].count(b"\n") + 1,
            proposal=Text("réenregistrez en UTF-8", "save again in UTF-8"),
        )
    deep = Remark("json.depth", "error", Text(f"Plus de {DEPTH} niveaux imbriqués", f"More than {DEPTH} nested levels"))
    if _deeper(text):
        return deep
    try:
        return json.loads(text, parse_constant=_refused), text
    except json.JSONDecodeError as error:
        return Remark(
            "json.syntax",
            "error",
            Text(f"JSON illisible, colonne {error.colno}", f"Unreadable JSON, column {error.colno}"),
            error.lineno,
            value=text[error.pos : error.pos + 40] or None,
            proposal=Text(
                "le fichier est peut-être tronqué : vérifiez accolades, guillemets et virgules",
                "the file may be truncated: check braces, quotes and commas",
            ),
        )
    except (ValueError, RecursionError):
        return Remark(
            "json.syntax",
            "error",
            Text("JSON illisible (nombre hors norme)", "Unreadable JSON (a number out of the norm)"),
        )


def _refused(word: str) -> Any:
    raise ValueError(word)


def _deeper(text: str) -> bool:
    depth = 0
    for token in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[{\]}]', text):
        mark = token[0]
        if mark in "[{":
            depth += 1
            if depth > DEPTH:
                return True
        elif mark in "]}":
            depth -= 1
    return False


class Lines:
    """On which line a path of a JSON document is."""

    TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[{\]},:]|[^\s\[\]{},:"]+|\n')

    def __init__(self, text: str) -> None:
        self.text = text
        self._known: dict[tuple[str | int, ...], int] | None = None

    def of(self, path: Path_) -> int | None:
        """The line of a value."""
        if self._known is None:
            self._known = self._read()
        wanted = tuple(path)
        while wanted and wanted not in self._known:
            wanted = wanted[:-1]
        return self._known.get(wanted, 1)

    def _read(self) -> dict[tuple[str | int, ...], int]:
        known: dict[tuple[str | int, ...], int] = {(): 1}
        path: list[str | int] = []
        kinds: list[str] = []
        line, key = 1, True
        for token in self.TOKENS.finditer(self.text):
            mark = token[0]
            if mark == "\n":
                line += 1
            elif mark in "[{":
                known.setdefault(tuple(path), line)
                kinds.append(mark)
                path.append(0 if mark == "[" else "")
                key = mark == "{"
            elif mark in "]}":
                if kinds:
                    kinds.pop()
                    path.pop()
                key = False
            elif mark == ",":
                if kinds and kinds[-1] == "[":
                    path[-1] = int(path[-1]) + 1
                else:
                    key = True
            elif mark == ":":
                key = False
            elif key and kinds and kinds[-1] == "{":
                path[-1] = json.loads(mark) if mark.startswith('"') else mark
                known.setdefault(tuple(path), line)
            else:
                known.setdefault(tuple(path), line)
        return known


def _first(errors: Iterator[Any]) -> Iterator[Any]:
    """The errors with the most precise ones instead of « anyOf », at most so many."""
    for rank, error in enumerate(errors):
        if rank >= ERRORS:
            return
        yield error


def written(path: Path_) -> str:
    """`marches.marche[3].acheteur.id`."""
    return "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in path).lstrip(".") or "$"


def _told(error: Any, lines: Lines) -> Remark:
    path = list(error.absolute_path)
    column, line = written(path), lines.of(path)
    value = error.instance
    shown = json.dumps(value, ensure_ascii=False) if not isinstance(value, dict | list) else None
    kind, wanted = str(error.validator), error.validator_value
    proposal: Text | str | None = None
    if kind == "required":
        missing = [name for name in wanted if isinstance(value, dict) and name not in value]
        found = re.match(r"'([^']+)' is a required", error.message)
        name = found[1] if found else ", ".join(missing)
        message = Text(f"Il manque {name}", f"{name} is missing")
        proposal = Text(f"ajoutez {name}", f"add {name}")
        column = written([*path, name])
    elif kind == "additionalProperties":
        known = error.schema.get("properties", {})
        extra = [name for name in value if name not in known]
        message = Text(f"Champ inconnu : {', '.join(extra)}", f"Unknown field: {', '.join(extra)}")
        proposal = nearest(extra[0], known) if extra else None
    elif kind == "enum":
        listed = ", ".join(map(str, wanted))[:400]
        message = Text(f"La valeur n'est pas dans la liste : {listed}", f"The value is not in the list: {listed}")
        proposal = nearest(str(value), [str(one) for one in wanted])
    elif kind == "type":
        message = Text(f"Attendu : {_type(wanted).fr}", f"Expected: {_type(wanted).en}")
        proposal = _retyped(wanted, value)
    elif kind == "pattern":
        message = Text(
            f"La valeur n'a pas la forme attendue ({wanted})", f"The value has not the expected form ({wanted})"
        )
    elif kind in ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"):
        message = Text(f"Hors limites ({kind} : {wanted})", f"Out of bounds ({kind}: {wanted})")
    elif kind in ("anyOf", "oneOf"):
        message = Text("Aucune des formes permises ne convient", "None of the allowed forms fits")
        names = [name for one in wanted for name in one.get("required", [])]
        proposal = Text(f"il faut l'un de : {', '.join(names)}", f"one of: {', '.join(names)}") if names else None
    else:
        message = Text(
            f"La règle « {kind} » du schéma n'est pas respectée", f"The rule “{kind}” of the schema does not hold"
        )
    return Remark(f"decp.{kind}", "error", message, line, column, shown, proposal)


def _type(wanted: Any) -> Text:
    words = {
        "string": Text("un texte", "a text"),
        "number": Text("un nombre", "a number"),
        "integer": Text("un entier", "an integer"),
        "array": Text("une liste", "a list"),
        "object": Text("un objet", "an object"),
        "boolean": Text("true ou false", "true or false"),
    }
    return words.get(str(wanted), Text(str(wanted), str(wanted)))


def _retyped(wanted: Any, value: Any) -> str | None:
    if wanted in ("number", "integer") and isinstance(value, str):
        digits = re.sub(r"[\s\u00a0\u202f€]", "", value).replace(",", ".")
        return digits if re.fullmatch(r"-?\d+(\.\d+)?", digits) else None
    return json.dumps(str(value)) if wanted == "string" and isinstance(value, int | float) else None


def _beyond(document: dict[str, Any], lines: Lines) -> Iterator[Remark]:
    """What the schema cannot say: the same contract twice, SIRET keys, dates in their order."""
    from stdnum.fr import siret

    seen: dict[str, str] = {}
    marches = document.get("marches")
    if not isinstance(marches, dict):
        return
    for kind in ("marche", "contrat-concession"):
        contracts = marches.get(kind)
        if not isinstance(contracts, list):
            continue
        for rank, one in enumerate(contracts):
            if not isinstance(one, dict):
                continue
            base: list[str | int] = ["marches", kind, rank]
            buyer = one.get("acheteur") or one.get("autoriteConcedante")
            buyer = buyer.get("id") if isinstance(buyer, dict) else None
            if isinstance(buyer, str) and re.fullmatch(r"\d{14}", buyer) and not siret.is_valid(buyer):
                yield Remark(
                    "decp.siret",
                    "warning",
                    Text("La clé du SIRET est fausse", "The check digit of the SIRET is wrong"),
                    lines.of(base),
                    written([*base, "acheteur", "id"]),
                    buyer,
                    Text("vérifiez-le dans la base Sirene", "check it in the Sirene register"),
                    ours=True,
                )
            key = f"{kind} {buyer} {one.get('id')}"
            if key in seen and not one.get("modifications"):
                yield Remark(
                    "decp.repeated",
                    "warning",
                    Text(
                        f"Même identifiant et même acheteur que {seen[key]}",
                        f"Same identifier and buyer as {seen[key]}",
                    ),
                    lines.of(base),
                    written([*base, "id"]),
                    str(one.get("id")),
                    ours=True,
                )
            seen.setdefault(key, written(base))
            told, published = one.get("dateNotification"), one.get("datePublicationDonnees")
            if isinstance(told, str) and isinstance(published, str) and told > published:
                yield Remark(
                    "decp.dates",
                    "warning",
                    Text("Publié avant d'être notifié", "Published before it was notified"),
                    lines.of(base),
                    written([*base, "datePublicationDonnees"]),
                    published,
                    ours=True,
                )
