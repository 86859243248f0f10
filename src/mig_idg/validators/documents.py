"""XML: PCRS and ISO metadata by their XSD, offline, its messages put into words; then the rules it cannot say."""

from __future__ import annotations

import re
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from lxml import etree

from mig_idg.errors import Text
from mig_idg.standards import safe_xml
from mig_idg.standards.known import schema_files
from mig_idg.standards.verdict import Remark, Verdict, ordered
from mig_idg.validators import inspire, pcrs
from mig_idg.validators.library import Library

SIZE = 300_000_000
ERRORS = 20_000
PILOTS = {
    ("pcrs", "2.0"): "xsd/pilotes/pcrs-2.0.xsd",
    ("iso19139", "2007-04-17"): "xsd/pilotes/iso19139-gml32.xsd",
    ("iso19139", "2006-05-04"): "xsd/pilotes/iso19139-gml320.xsd",
    ("iso19115-3", "2.0"): "xsd/pilotes/iso19115-3-v2.xsd",
    ("decp", "2.0.2"): "scdl/decp/schema_decp_v2.0.2.xsd",
}


def check(path: Path, name: str, standard: str, version: str | None, library: Library) -> Verdict:
    """The verdict of the XSD; for ISO 19139, that of either generation, and which one it is."""
    versions = [found for (one, found) in PILOTS if one == standard]
    if version is not None and version in versions:
        versions = [version]
    read = parse(path)
    if isinstance(read, Remark):
        return Verdict(name, standard, versions[0], False, (read,), "libxml2", None, {read.code: 1})
    content, tree = read
    if standard == "iso19139" and len(versions) > 1 and b"http://www.opengis.net/gml/3.2" not in content:
        versions.sort(reverse=b"http://www.opengis.net/gml" not in content)
    outcomes: list[tuple[str, list[Remark]]] = []
    for one in versions:
        outcomes.append((one, _against(tree, standard, one, library)))
        if not outcomes[-1][1]:
            break
    found, errors = min(outcomes, key=lambda outcome: bool(outcome[1]))
    remarks = list(errors)
    if standard == "pcrs":
        remarks.extend(pcrs.rules(tree, content))
    elif standard == "iso19139":
        remarks.extend(inspire.rules(tree))
    kept, counts = ordered(remarks)
    lines = content.count(b"\n") + 1
    return Verdict(name, standard, found, not errors, kept, f"XSD {standard} {found} (libxml2)", lines, counts)


def parse(path: Path) -> tuple[bytes, Any] | Remark:
    """The content and its tree; never an entity, a DTD nor the network."""
    if path.stat().st_size > SIZE:
        return Remark(
            "file.too_big",
            "error",
            Text("Plus de 300 Mo", "More than 300 MB"),
            proposal=Text("découpez en carreaux", "split into tiles"),
        )
    content = path.read_bytes()
    plain = content.replace(b"\x00", b"") if content[:2] in (b"\xff\xfe", b"\xfe\xff") else content
    if re.search(rb"<!DOCTYPE|<!ENTITY", re.sub(rb"(?s)<!--.*?-->|<!\[CDATA\[.*?\]\]>", b"", plain)):
        return Remark(
            "xml.doctype",
            "error",
            Text(
                "Le fichier a un DOCTYPE : les entités et DTD sont refusées",
                "The file has a DOCTYPE: entities and DTDs are refused",
            ),
            plain[: plain.find(b"<!")].count(b"\n") + 1,
            proposal=Text("retirez la ligne <!DOCTYPE …>", "remove the line <!DOCTYPE …>"),
        )
    try:
        return content, etree.ElementTree(etree.fromstring(content, safe_xml.parser(comments=True)))
    except etree.XMLSyntaxError as error:
        return _syntax(error)
    except (ValueError, LookupError):
        return Remark("xml.syntax", "error", Text("XML illisible (encodage)", "Unreadable XML (encoding)"))


def _syntax(error: etree.XMLSyntaxError) -> Remark:
    said = str(error)
    line = error.lineno or None
    if (
        "EndTag" in said
        or "Premature end" in said
        or "must be closed" in said
        or "not terminated" in said
        or "Couldn't find end" in said
    ):
        means = Text("XML tronqué ou balise jamais fermée", "XML truncated, or a tag that is never closed")
    elif "mismatch" in said:
        means = Text("Une balise fermante ne répond pas à son ouvrante", "A closing tag does not match its opening one")
    elif "encod" in said.lower() or "UTF-8" in said:
        means = Text("Le contenu n'est pas dans l'encodage annoncé", "The content is not in the encoding it announces")
    elif "Namespace prefix" in said or "amespace" in said:
        means = Text("Préfixe d'espace de noms non déclaré", "A namespace prefix is not declared")
    elif "Excessive depth" in said or "xmlSAX2Characters" in said or "too long" in said or "huge" in said:
        means = Text("XML trop profond ou trop grand", "XML too deep or too large")
    elif "empty" in said.lower():
        means = Text("Le document est vide", "The document is empty")
    else:
        means = Text("XML mal formé", "XML that is not well-formed")
    return Remark(
        "xml.syntax", "error", means, line, proposal=Text("réexportez le fichier entier", "export the whole file again")
    )


def _against(tree: Any, standard: str, version: str, library: Library) -> list[Remark]:
    schema = _schema(library.path(PILOTS[standard, version]), library)
    if schema.validate(tree):
        return []
    labels = _labels(library) if standard == "pcrs" else {}
    remarks = []
    for error in islice(iter(schema.error_log), ERRORS):  # type: ignore[call-overload]
        remarks.append(_told(error, tree, standard, labels))
    return _folded(remarks) or [
        Remark(
            f"{standard}.xsd", "error", Text("Le document ne suit pas son XSD", "The document does not follow its XSD")
        )
    ]


@cache
def _schema(path: Path, library: Library) -> etree.XMLSchema:
    for one in schema_files().values():
        if path.parent.name == "pilotes" and one.path.startswith("xsd/") and not library.has(one.path):
            library.path(one.path)
    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    return etree.XMLSchema(etree.parse(str(path), parser))


def _folded(remarks: list[Remark]) -> list[Remark]:
    """libxml2 tells a bad value up to three times (facet, atomic type, list member): the first is enough."""
    kept: list[Remark] = []
    seen: set[tuple[int | None, str | None]] = set()
    for one in remarks:
        place = (one.line, one.column)
        if place in seen and one.code.endswith((".type", ".simple")):
            continue
        seen.add(place)
        kept.append(one)
    return kept


# ——— words


def _labels(library: Library) -> dict[str, str]:
    """`TypeMur` → its allowed codes; the classes of the standard, in words."""
    if not library.has("pcrs/classes.csv"):
        return {}
    return pcrs.class_titles(library.folder / "pcrs/classes.csv")


LOCAL = re.compile(r"\{https?:[^}]*\}")


def _told(error: Any, tree: Any, standard: str, titles: dict[str, str]) -> Remark:
    """One message of libxml2 in words: which class, which element, what was expected."""
    message = LOCAL.sub("", error.message)
    line = error.line if error.line and error.line < 65535 else None
    node = _node(tree, error.path)
    if node is not None:
        line = node.sourceline or line
    feature, identifier = _feature(node) if standard == "pcrs" else (None, None)
    element = (re.search(r"Element '([^']+)'", message) or [None, None])[1]
    where_fr = f"{titles.get(feature, feature)} {identifier or ''}".strip() + " : " if feature else ""
    value, fr, en, kind = None, "", "", "structure"
    proposal: Text | str | None = None
    attribute = re.search(r"attribute '([^']+)'", message)
    if found := re.search(
        r"\[facet '(\w+)'\] The value '(.*?)' (?:is not an element of the set|is not accepted by the pattern|.*?)",
        message,
        re.S,
    ):
        kind, value = found[1], found[2]
        allowed = re.search(r"set \{(.*)\}", message, re.S)
        if kind == "enumeration" and allowed:
            words = allowed[1].replace("'", "")
            fr, en = (
                f"{element} : valeur hors liste (attendu : {words})",
                f"{element}: not in the list (expected: {words})",
            )
            proposal = _nearest_code(value, words.split(", "))
        else:
            fr, en = f"{element} : valeur hors limites ({kind})", f"{element}: out of bounds ({kind})"
    elif found := re.search(r"'([^']*)' is not a valid value of (.*?)\.", message, re.S):
        kind, value = "type", found[1]
        name = (re.search(r"'(?:\w+:)?([\w.]+)'", found[2]) or [None, found[2]])[1]
        fr, en = f"{element} : valeur du mauvais type ({name})", f"{element}: a value of the wrong type ({name})"
    elif "This element is not expected" in message:
        kind = "unexpected"
        expected = _expected(message)
        fr, en = f"{element} n'est pas attendu ici", f"{element} is not expected here"
        if expected:
            fr, en = f"{fr} ; attendu : {expected}", f"{en}; expected: {expected}"
            proposal = Text(f"placez ou ajoutez {expected} avant", f"put or add {expected} before")
    elif "Missing child element" in message:
        kind = "missing"
        expected = _expected(message)
        fr, en = f"{element} est incomplet : il manque {expected}", f"{element} is incomplete: {expected} is missing"
        proposal = Text(f"ajoutez {expected}", f"add {expected}")
    elif "is required but missing" in message and attribute:
        kind, fr, en = (
            "attribute",
            f"{element} : il manque l'attribut {attribute[1]}",
            f"{element}: the attribute {attribute[1]} is missing",
        )
        proposal = Text(f"ajoutez {attribute[1]}=…", f"add {attribute[1]}=…")
    elif "is not allowed" in message and attribute:
        kind, fr, en = (
            "attribute",
            f"{element} : l'attribut {attribute[1]} n'est pas permis",
            f"{element}: the attribute {attribute[1]} is not allowed",
        )
        proposal = Text(f"retirez {attribute[1]}", f"remove {attribute[1]}")
    elif "No matching global" in message:
        kind, fr, en = (
            "root",
            f"La racine {element} n'est pas celle du standard",
            f"The root {element} is not that of the standard",
        )
    elif "key-sequence" in message or "IDREF" in message or "xs:ID" in message:
        kind, fr, en = (
            "identifier",
            f"{element} : identifiant répété ou référence sans cible",
            f"{element}: repeated identifier or dangling reference",
        )
    elif "content" in message:
        kind, fr, en = (
            "content",
            f"{element} a un contenu qui n'est pas permis",
            f"{element} has a content that is not allowed",
        )
    else:
        fr, en = f"{element} ne suit pas le schéma", f"{element} does not follow the schema"
    return Remark(f"{standard}.xsd.{kind}", "error", Text(where_fr + fr, where_fr + en), line, element, value, proposal)


def _expected(message: str) -> str:
    found = re.search(r"Expected is (?:one of )?\( (.*?) \)", message, re.S)
    return found[1].replace("##other*, ", "").strip() if found else ""


def _nearest_code(value: str, allowed: list[str]) -> str | None:
    from mig_idg.errors import nearest

    for width in (2, 3):
        if value.isdigit() and value.zfill(width) in allowed:
            return value.zfill(width)
    return nearest(value, allowed)


def _node(tree: Any, path: str | None) -> Any:
    if not path:
        return None
    try:
        root = tree.getroot()
        spaces = {prefix: uri for prefix, uri in root.nsmap.items() if prefix}
        found = tree.xpath(path, namespaces=spaces)
        return found[0] if isinstance(found, list) and found and isinstance(found[0], etree._Element) else None
    except (etree.XPathError, ValueError):
        return None


def _feature(node: Any) -> tuple[str | None, str | None]:
    """The PCRS object that a node belongs to, with its gml:id."""
    while node is not None:
        parent = node.getparent()
        if parent is not None and etree.QName(parent).localname in ("featureMember", "member", "featureMembers"):
            identifier = next((value for key, value in node.attrib.items() if key.endswith("}id")), None)
            return etree.QName(node).localname, identifier
        node = parent
    return None, None
