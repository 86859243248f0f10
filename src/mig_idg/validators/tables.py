"""SCDL and acceslibre: the Table Schema read by frictionless, then the checks of Validata, then the closed lists."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mig_idg.errors import Text, nearest
from mig_idg.standards import tables as validata
from mig_idg.standards.known import STANDARDS, schema_files
from mig_idg.standards.verdict import EACH, Remark, Verdict, ordered
from mig_idg.validators.bal import rows_of
from mig_idg.validators.library import Library
from mig_idg.validators.recognition import Seen

COLUMNS = 2000
ERRORS = 20_000
TRUE = ["true", "True", "TRUE", "1"]


def check(path: Path, name: str, seen: Seen, standard: str, library: Library) -> Verdict:
    """The verdict of the schema and its custom checks; encodings other than UTF-8 refuse the file."""
    schema = schema_of(library, standard, seen.header)
    version = str(schema.get("version", STANDARDS[standard].versions[0])).lstrip("v")
    remarks = list(_of_the_file(path, seen, schema))
    blocked = any(one.code in ("file.encoding", "file.nul", "file.columns") for one in remarks)
    lines = None
    if len(seen.header) <= COLUMNS:
        with tempfile.TemporaryDirectory(prefix="idg-check-") as scratch:
            table = _prepared(path, seen, Path(scratch))
            findings, lines = _validated(table, Path(scratch), seen.delimiter or ",", schema, seen.header)
            remarks.extend(findings)
            remarks.extend(_between_cells(table, seen.delimiter or ",", schema))
    kept, counts = ordered(remarks)
    valid = not blocked and not any(one.level == "error" and not one.ours for one in remarks)
    return Verdict(name, standard, version, valid, kept, "frictionless 5 + contrôles Validata", lines, counts)


def schema_of(library: Library, standard: str, header: tuple[str, ...]) -> dict[str, Any]:
    """The schema of a standard; for acceslibre, that of the profile whose columns are nearest."""
    if standard != "acceslibre":
        return _loaded(library, f"scdl/schemas/{standard.removeprefix('scdl-')}.json")
    read = set(header)
    profiles = [path for path, one in schema_files().items() if "acceslibre" in one.standards]
    schemas = {path: _loaded(library, path) for path in sorted(profiles)}

    def near(path: str) -> tuple[float, bool]:
        fields = {field["name"] for field in schemas[path]["fields"]}
        return len(fields & read) / max(len(fields | read), 1), "/base/" in path

    return schemas[max(schemas, key=near)]


def _loaded(library: Library, path: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(library.path(path).read_text("utf-8"))
    return schema


# ——— the file


def _of_the_file(path: Path, seen: Seen, schema: dict[str, Any]) -> Iterator[Remark]:
    if seen.encoding != "utf-8" or not _is_utf8(path):
        yield Remark(
            "file.encoding",
            "error",
            Text("Le fichier n'est pas en UTF-8", "The file is not in UTF-8"),
            _bad_line(path),
            value=seen.encoding,
            proposal=Text("réenregistrez en CSV UTF-8", "save again as CSV UTF-8"),
        )
    if len(seen.header) > COLUMNS:
        yield Remark(
            "file.columns",
            "error",
            Text(
                f"{len(seen.header)} colonnes : ce n'est pas ce tableau",
                f"{len(seen.header)} columns: this is not that table",
            ),
            1,
            value=str(len(seen.header)),
            proposal=Text(f"{len(schema['fields'])} colonnes", f"{len(schema['fields'])} columns"),
        )
        return
    if seen.delimiter not in (",", ";"):
        yield Remark(
            "file.delimiter",
            "warning",
            Text("Séparateur inattendu", "Unexpected separator"),
            1,
            value=seen.delimiter,
            proposal=Text("séparez les colonnes par des virgules", "separate columns by commas"),
            ours=True,
        )
    for rank, label in enumerate(seen.header):
        if label and label in seen.header[:rank]:
            yield Remark(
                "duplicate-label",
                "error",
                WORDS["duplicate-label"],
                1,
                label,
                label,
                Text("renommez ou retirez l'une des deux", "rename or remove one of the two"),
            )
    names = [field["name"] for field in schema["fields"]]
    required = {field["name"] for field in schema["fields"] if (field.get("constraints") or {}).get("required")}
    for label in seen.header:
        if label and label not in names:
            near = nearest(label, names)
            yield Remark(
                "extra-label",
                "warning",
                Text("Colonne inconnue du schéma", "Column unknown to the schema"),
                1,
                label,
                label,
                near or Text("retirez-la", "remove it"),
                ours=True,
            )
    for field in names:
        if field not in seen.header and field not in required:
            yield Remark(
                "missing-optional-column",
                "info",
                Text(f"La colonne facultative {field} est absente", f"The optional column {field} is absent"),
                1,
                field,
                ours=True,
            )
    known = [label for label in seen.header if label in names]
    if known != [field for field in names if field in known] and len(set(known)) == len(known):
        yield Remark(
            "columns-order",
            "info",
            Text("Les colonnes ne sont pas dans l'ordre du schéma", "Columns are not in the order of the schema"),
            1,
            proposal=",".join(names),
            ours=True,
        )
    for custom in schema.get("custom_checks") or ():
        if validata.unknown(custom):
            yield Remark(
                "check.unknown",
                "info",
                Text(f"Contrôle inconnu : {custom.get('name')}", f"Unknown check: {custom.get('name')}"),
                ours=True,
            )


def _is_utf8(path: Path) -> bool:
    return _bad_line(path) is None


def _bad_line(path: Path) -> int | None:
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return None


def _prepared(path: Path, seen: Seen, scratch: Path) -> Path:
    """The file under a plain name, in UTF-8: frictionless guesses much from names and bytes."""
    table = scratch / "data.csv"
    encoding = "utf-8" if seen.encoding == "utf-8" and _is_utf8(path) else seen.encoding or "cp1252"
    if encoding == "utf-8":
        try:
            os.symlink(path.resolve(), table)
        except OSError:
            shutil.copyfile(path, table)
        return table
    if encoding == "utf-8" or encoding.startswith("cp"):
        encoding = "cp1252"
    with (
        path.open(encoding=encoding, errors="replace", newline="") as source,
        table.open("w", encoding="utf-8", newline="") as target,
    ):
        shutil.copyfileobj(source, target, 1 << 20)
    return table


# ——— Table Schema


def _validated(
    table: Path, scratch: Path, delimiter: str, schema: dict[str, Any], header: tuple[str, ...]
) -> tuple[list[Remark], int | None]:
    from frictionless import Checklist, Detector, Dialect, FrictionlessException, Resource, Schema, formats

    csv.field_size_limit(10_000_000)
    try:
        described = Schema.from_descriptor(_plain_schema(schema))
        resource = Resource(
            path=table.name,
            basepath=str(scratch),
            format="csv",
            encoding="utf-8",
            schema=described,
            dialect=Dialect(controls=[formats.CsvControl(delimiter=delimiter)]),
            detector=Detector(schema_sync=True),
        )
        with warnings.catch_warnings():  # schema_sync has a younger name that says the same
            warnings.simplefilter("ignore", DeprecationWarning)
            report = resource.validate(Checklist(), limit_errors=ERRORS)
    except FrictionlessException as error:
        return [_unread(error.error.type)], None
    except (csv.Error, RecursionError, UnicodeError, ValueError, MemoryError):
        return [_unread("source-error")], None
    fields = {field["name"]: field for field in schema["fields"]}
    task = report.tasks[0] if report.tasks else None
    errors = list(report.errors) + (list(task.errors) if task else [])
    told = [remark_of(error, fields) for error in errors if error.type not in ("duplicate-label", "error")]
    if not told and any(error.type == "error" for error in errors) and len(set(header)) == len(header):
        told.append(_unread("source-error"))
    return told, (task.stats.get("rows") if task else None)


def _plain_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """What Table Schema knows of the descriptor; extensions (custom_checks, arrayItem) are read by us."""
    kept = {key: schema[key] for key in ("fields", "primaryKey", "missingValues", "foreignKeys") if key in schema}
    return json.loads(json.dumps(kept))  # type: ignore[no-any-return]


def _unread(kind: str) -> Remark:
    return Remark(
        kind,
        "error",
        Text("Le tableau ne peut pas être lu", "The table cannot be read"),
        proposal=Text("réenregistrez-le en CSV UTF-8", "save it again as CSV UTF-8"),
    )


WORDS: dict[str, Text] = {
    "missing-label": Text("Il manque une colonne obligatoire", "A mandatory column is missing"),
    "extra-label": Text("Colonne inconnue du schéma", "Column unknown to the schema"),
    "incorrect-label": Text("Nom de colonne inattendu", "Unexpected name of column"),
    "duplicate-label": Text("Deux colonnes portent le même nom", "Two columns have the same name"),
    "blank-label": Text("Colonne sans nom", "Column without a name"),
    "blank-header": Text("L'en-tête est vide", "The header is empty"),
    "blank-row": Text("Ligne vide", "Blank line"),
    "extra-cell": Text("La ligne a plus de cellules que l'en-tête", "The line has more cells than the header"),
    "missing-cell": Text("La ligne a moins de cellules que l'en-tête", "The line has fewer cells than the header"),
    "primary-key": Text("L'identifiant est déjà porté par une autre ligne", "Another line already has this identifier"),
    "encoding-error": Text("Le fichier n'est pas en UTF-8", "The file is not in UTF-8"),
    "source-error": Text("Le tableau est vide ou ne peut pas être lu", "The table is empty or cannot be read"),
    "byte-count": Text("Le fichier est tronqué", "The file is truncated"),
}
TYPES: dict[str, tuple[Text, str]] = {
    "date": (Text("une date AAAA-MM-JJ", "a date YYYY-MM-DD"), "2025-01-31"),
    "year": (Text("une année sur quatre chiffres", "a year of four digits"), "2025"),
    "integer": (Text("un nombre entier", "an integer"), "12"),
    "number": (Text("un nombre à point décimal", "a number with a decimal point"), "12.5"),
    "boolean": (Text("oui ou non (true, false)", "yes or no (true, false)"), "true"),
    "string": (Text("un texte", "a text"), ""),
    "array": (Text('une liste JSON, ["a", "b"]', 'a JSON list, ["a", "b"]'), "[]"),
}


def remark_of(error: Any, fields: dict[str, dict[str, Any]]) -> Remark:
    """An error of frictionless, in words."""
    kind = str(error.type)
    column = getattr(error, "field_name", None) or getattr(error, "label", None) or None
    line = getattr(error, "row_number", None)
    if line is None and kind.endswith(("label", "header")):
        line = 1
    value = getattr(error, "cell", None)
    value = None if value is None else str(value)
    field = fields.get(column or "", {})
    if kind == "type-error":
        words, _ = _expected_type(field)
        return Remark(
            kind,
            "error",
            Text(f"La valeur n'est pas {words.fr}", f"The value is not {words.en}"),
            line,
            column,
            value,
            _typed(field, value or "") or words,
        )
    if kind == "constraint-error":
        message, proposed = _constraint(str(error.note), field, value or "")
        return Remark(kind, "error", message, line, column, value, proposed)
    proposal: Text | None = None
    if kind == "missing-label":
        proposal = Text(f"ajoutez la colonne {column}", f"add the column {column}")
    elif kind in ("blank-row", "extra-cell"):
        proposal = Text("retirez-la", "remove it")
    return Remark(
        kind,
        "error",
        WORDS.get(kind, Text("Le tableau ne suit pas son schéma", "The table does not follow its schema")),
        line,
        column,
        value,
        proposal,
    )


def _expected_type(field: dict[str, Any]) -> tuple[Text, str]:
    if field.get("format") == "email":
        return Text("une adresse électronique", "an e-mail address"), "contact@exemple.fr"
    if field.get("format") == "uri":
        return Text("une adresse web complète (https://…)", "a complete web address (https://…)"), "https://exemple.fr/"
    return TYPES.get(str(field.get("type")), (Text("du type attendu", "of the expected type"), ""))


def _typed(field: dict[str, Any], value: str) -> str | None:
    from mig_idg.standards.bal.proposals import _day

    kind, text = field.get("type"), value.strip()
    if kind == "date":
        return _day(text)
    if kind in ("number", "integer"):
        digits = re.sub(r"[\s\u00a0\u202f€]", "", text).replace(",", ".")
        if kind == "integer":
            digits = re.sub(r"\.0+$", "", digits)
        return digits if re.fullmatch(r"-?\d+" if kind == "integer" else r"-?\d+(\.\d+)?", digits) else None
    if kind == "boolean":
        yes = (field.get("trueValues") or TRUE)[0]
        no = (field.get("falseValues") or ["false"])[0]
        return str({"oui": yes, "vrai": yes, "1": yes, "non": no, "faux": no, "0": no}.get(text.lower(), "")) or None
    if field.get("format") == "uri" and re.match(r"(www\.)?[\w-]+\.\w", text):
        return f"https://{text}"
    return None


def _constraint(note: str, field: dict[str, Any], value: str) -> tuple[Text, Text | str | None]:
    found = re.search(r'constraint "(\w+)"', note)
    name = found[1] if found else ""
    constraints = field.get("constraints") or {}
    wanted = constraints.get(name)
    if name == "required":
        example = field.get("example")
        return Text("La valeur est obligatoire", "The value is mandatory"), Text(
            f"par exemple {example}", f"for instance {example}"
        ) if example else None
    if name == "enum":
        listed = ", ".join(map(str, wanted or ()))
        near = nearest(value, [str(one) for one in wanted or ()]) if value else None
        return Text(
            f"La valeur n'est pas dans la liste : {listed}"[:600], f"The value is not in the list: {listed}"[:600]
        ), near
    if name == "pattern":
        example = field.get("example") or (field.get("examples") or [None])[0]
        stripped = value.strip()
        fixed = stripped if stripped != value and re.fullmatch(str(wanted), stripped) else None
        return (
            Text(f"La valeur n'a pas la forme attendue ({wanted})", f"The value has not the expected form ({wanted})"),
            fixed or (Text(f"comme {example}", f"such as {example}") if example else None),
        )
    if name in ("minimum", "maximum"):
        fr, en = ("au moins", "at least") if name == "minimum" else ("au plus", "at most")
        number = _number(value)
        percent = (
            f"{number / 100:g}" if number is not None and name == "maximum" and wanted == 1 and number <= 100 else None
        )
        return Text(f"La valeur doit être {fr} {wanted}", f"The value must be {en} {wanted}"), percent
    if name in ("minLength", "maxLength"):
        fr, en = ("au moins", "at least") if name == "minLength" else ("au plus", "at most")
        return Text(
            f"{fr.capitalize()} {wanted} caractères ({len(value)} lus)",
            f"{en.capitalize()} {wanted} characters ({len(value)} read)",
        ), None
    if name == "unique":
        return Text("La valeur est déjà portée par une autre ligne", "Another line already has this value"), None
    return Text("La valeur ne respecte pas son schéma", "The value does not follow its schema"), None


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


# ——— between cells, closed lists, formulas


def _between_cells(table: Path, delimiter: str, schema: dict[str, Any]) -> Iterator[Remark]:
    rows = rows_of(table, "utf-8", delimiter)
    header = next((row for _, row in rows), [])
    checks = [one for one in schema.get("custom_checks") or () if applies(one, header)]
    lists = {
        field["name"]: set(field["arrayItem"]["enum"])
        for field in schema["fields"]
        if (field.get("arrayItem") or {}).get("enum")
    }
    lists = {name: allowed for name, allowed in lists.items() if name in header}
    texts = {field["name"] for field in schema["fields"] if field.get("type") == "string"}
    told = 0
    for line, row in rows:
        if told > EACH * 10:
            return
        if not any(row):
            continue
        cells = dict(zip(header, row, strict=False))
        for custom in checks:
            for fault in validata.faults(custom, cells):
                told += 1
                yield Remark(
                    fault.code, "error", fault.message, line, fault.column, fault.value or None, fault.proposal
                )
        for name, allowed in lists.items():
            for item in _items(cells.get(name, "")):
                if item not in allowed:
                    told += 1
                    yield Remark(
                        "acceslibre.list",
                        "error",
                        Text(f"« {item} » n'est pas dans la liste de {name}", f"“{item}” is not in the list of {name}"),
                        line,
                        name,
                        item,
                        nearest(item, allowed),
                        ours=True,
                    )
        for name, value in cells.items():
            if value[:1] in "=@" and len(value) > 1 and name in texts:
                yield Remark(
                    "cell.formula",
                    "warning",
                    Text("Formule de tableur, pas une valeur", "A spreadsheet formula, not a value"),
                    line,
                    name,
                    value,
                    Text("collez la valeur", "paste the value"),
                    ours=True,
                )


def applies(custom: Mapping[str, Any], header: Sequence[str]) -> bool:
    """Does the file have the columns of this check? One of two is enough where one of two is asked."""
    params = custom.get("params") or {}
    if custom.get("name") == "one-of-required":
        return True
    if custom.get("name") == "cohesive-columns-value":
        return any(name in header for name in [params.get("column"), *(params.get("othercolumns") or ())])
    return params.get("column") in header


def _items(value: str) -> list[str]:
    if not value:
        return []
    if value.lstrip().startswith("["):
        try:
            read = json.loads(value)
        except (ValueError, RecursionError):
            return []
        return [one for one in read if isinstance(one, str)] if isinstance(read, list) else []
    return [value]
