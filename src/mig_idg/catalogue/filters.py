"""Filters of CSW, as a question asked of one record: OGC Filter 1.1 (XML) and CQL text, over properties of ISO and DC.

Both become the same small functions; a property that is not known is refused by its name, never taken for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from mig_idg.catalogue.model import Record
from mig_idg.catalogue.patterns import Pattern, fits, pattern
from mig_idg.catalogue.search import Bounds, Predicate, meets
from mig_idg.errors import InvalidParameter, Text
from mig_idg.standards.inspire import folded
from mig_idg.standards.safe_xml import Element
from mig_idg.store.cql2.syntax import Call, Literal, Name, Node, Shape
from mig_idg.store.cql2.text import parse

OGC = "{http://www.opengis.net/ogc}"
GML = ("{http://www.opengis.net/gml}", "{http://www.opengis.net/gml/3.2}")
DEEPEST = 20
_BBOX = re.compile(r"'(?:[^']|'')*'|\bBBOX\s*\(\s*([A-Za-z][\w:.]*)\s*,([^()]*)\)", re.IGNORECASE)

PROPERTIES: dict[str, Callable[[Record], Iterable[str]]] = {
    "anytext": lambda r: (
        r.title, r.abstract, r.id, r.lineage or "", *r.keywords, r.theme or "", *_labels(r),
        *(party.name for party in r.parties),
    ),
    "title": lambda r: (r.title,),
    "abstract": lambda r: (r.abstract,),
    "description": lambda r: (r.abstract,),
    "subject": lambda r: (*r.keywords, *_labels(r)),
    "identifier": lambda r: (r.file_identifier, r.id),
    "resourceidentifier": lambda r: (r.identifier, *r.external_ids),
    "type": lambda r: (r.kind,),
    "format": lambda r: tuple(name for name, _ in r.formats),
    "language": lambda r: (r.language,),
    "modified": lambda r: (r.revised or r.stamp,),
    "revisiondate": lambda r: (r.revised,) if r.revised else (),
    "creationdate": lambda r: (r.created,) if r.created else (),
    "creator": lambda r: tuple(party.name for party in r.parties if party.role == "owner"),
    "publisher": lambda r: tuple(party.name for party in r.parties if party.role == "distributor"),
    "contributor": lambda r: tuple(party.name for party in r.parties),
    "topiccategory": lambda r: r.topics,
    "lineage": lambda r: (r.lineage,) if r.lineage else (),
    "rights": lambda r: r.use_conditions,
    "relation": lambda r: (r.identifier, *r.external_ids),
}  # fmt: skip
_ALIASES = {
    "date": "modified", "keyword": "subject", "keywords": "subject", "organisationname": "contributor",
    "source": "lineage", "resourcelanguage": "language", "fileidentifier": "identifier",
}  # fmt: skip
_BOXES = ("boundingbox", "bbox", "geometry", "coverage", "spatial")


def from_xml(filter_: Element) -> Predicate:
    """The question of `ogc:Filter`. Raises InvalidParameter."""
    parts = [_xml(child, 0) for child in filter_]
    if not parts:
        raise _wrong("le filtre est vide", "the filter is empty")
    return lambda record: all(part(record) for part in parts)


def from_cql(text: str) -> Predicate:
    """The question of CQL text, read as CQL2; `BBOX(property, …)` of older clients too. Raises InvalidParameter."""
    return _node(parse(_BBOX.sub(_as_cql2, text)))


def _as_cql2(found: re.Match[str]) -> str:
    return f"S_INTERSECTS({found[1]},BBOX({found[2]}))" if found[1] else found[0]


def _xml(element: Element, depth: int) -> Predicate:
    name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
    if depth > DEEPEST:
        raise _wrong("le filtre est trop profond", "the filter is too deep")
    if name in ("And", "Or", "Not"):
        parts = [_xml(child, depth + 1) for child in element]
        if not parts:
            raise _wrong(f"{name} attend un contenu", f"{name} expects a content")
        return _joined(name.lower(), parts)
    if name == "BBOX":
        return _boxed(_property(element), _envelope(element))
    if name == "PropertyIsLike":
        escape = element.get("escapeChar", element.get("escape", "\\"))
        wanted = pattern(
            _literal(element), element.get("wildCard", "%"), element.get("singleChar", "_"), escape, folded
        )
        return _like(_property(element), wanted)
    if name == "PropertyIsNull":
        of = _values(_property(element))
        return lambda record: not any(of(record))
    if name == "PropertyIsBetween":
        of = _values(_property(element))
        low, high = (_literal(_child(element, side)) for side in ("LowerBoundary", "UpperBoundary"))
        return lambda record: any(low <= value[: len(low)] and value[: len(high)] <= high for value in of(record))
    if name.startswith("PropertyIs") and name.removeprefix("PropertyIs") in _COMPARED:
        return _compared(_property(element), name.removeprefix("PropertyIs"), _literal(element))
    if name in ("Intersects", "Within", "Contains", "Overlaps"):
        return _boxed(_property(element), _envelope(element))
    raise _wrong(f"opérateur inconnu « {name[:40]} »", f"unknown operator “{name[:40]}”")


_COMPARED: dict[str, Callable[[str, str], bool]] = {
    "EqualTo": lambda a, b: a == b,
    "NotEqualTo": lambda a, b: a != b,
    "LessThan": lambda a, b: a < b,
    "LessThanOrEqualTo": lambda a, b: a <= b,
    "LessThanEqualTo": lambda a, b: a <= b,
    "GreaterThan": lambda a, b: a > b,
    "GreaterThanOrEqualTo": lambda a, b: a >= b,
    "GreaterThanEqualTo": lambda a, b: a >= b,
}
_SIGNS = {
    "=": "EqualTo", "<>": "NotEqualTo", "<": "LessThan", "<=": "LessThanOrEqualTo", ">": "GreaterThan",
    ">=": "GreaterThanOrEqualTo",
}  # fmt: skip


def _node(node: Node) -> Predicate:
    if not isinstance(node, Call):
        raise _wrong("une comparaison est attendue", "a comparison is expected")
    if node.op in ("and", "or", "not"):
        return _joined(node.op, [_node(one) for one in node.args])
    first = node.args[0]
    if not isinstance(first, Name):
        raise _wrong("une propriété est attendue", "a property is expected")
    if node.op == "isNull":
        of = _values(first.name)
        return lambda record: not any(of(record))
    values = [one.value for one in node.args[1:] if isinstance(one, Literal)]
    if node.op == "like" and values:
        return _like(first.name, pattern(values[0], "%", "_", "\\", folded))
    if node.op in _SIGNS and values:
        return _compared(first.name, _SIGNS[node.op], values[0])
    if node.op == "between" and len(values) == 2:
        of, (low, high) = _values(first.name), values
        return lambda record: any(low <= value[: len(low)] and value[: len(high)] <= high for value in of(record))
    shape = node.args[1] if len(node.args) > 1 else None
    if node.op == "s_intersects" and isinstance(shape, Shape):
        return _boxed(first.name, _bounds(shape.coordinates))
    raise _wrong(f"« {node.op} » n'est pas servi ici", f"“{node.op}” is not served here")


def _joined(op: str, parts: list[Predicate]) -> Predicate:
    if op == "not":
        return lambda record: not parts[0](record)
    every = all if op == "and" else any
    return lambda record: every(part(record) for part in parts)


def _compared(name: str, how: str, wanted: str) -> Predicate:
    """Compared as text, which dates in ISO order suit; a day stands for all its instants."""
    of, compare, plain = _values(name), _COMPARED[how], folded(wanted)
    if how == "NotEqualTo":
        return lambda record: all(folded(value) != plain for value in of(record))
    return lambda record: (
        any(compare(folded(value)[: max(len(plain), 10)], plain) for value in of(record))
        if (re.fullmatch(r"\d{4}-\d\d(-\d\d.*)?", wanted))
        else any(compare(folded(value), plain) for value in of(record))
    )


def _like(name: str, wanted: Pattern) -> Predicate:
    """Words without any wildcard are looked for within AnyText, as MetaSearch of QGIS asks them."""
    if len(wanted) == 1 and _bare(name) == "anytext":
        nothing = re.compile("")
        wanted = (nothing, *wanted, nothing)
    of = _values(name)
    return lambda record: any(fits(wanted, folded(value)) for value in of(record))


def _boxed(name: str, box: Bounds) -> Predicate:
    if _bare(name) not in _BOXES:
        raise _wrong(f"« {name[:40]} » n'est pas une emprise", f"“{name[:40]}” is no extent")
    return lambda record: meets(record.bbox, (box,))


def _values(name: str) -> Callable[[Record], Iterable[str]]:
    bare = _bare(name)
    found = PROPERTIES.get(_ALIASES.get(bare, bare))
    if found is None:
        raise _wrong(f"propriété inconnue « {name[:40]} »", f"unknown property “{name[:40]}”")
    return found


def _bare(name: str) -> str:
    """`apiso:Title`, `dc:title`, `/csw:Record/dc:title` → `title`."""
    return name.rpartition("/")[2].rpartition(":")[2].lower()


def _labels(record: Record) -> tuple[str, ...]:
    return (record.inspire.label.in_(record.lang),) if record.inspire else ()


def _property(element: Element) -> str:
    for name in ("PropertyName", "ValueReference"):
        found = element.findtext(f"{OGC}{name}")
        if found:
            return found.strip()
    raise _wrong("PropertyName est attendu", "PropertyName is expected")


def _literal(element: Element) -> str:
    found = element.findtext(f"{OGC}Literal")
    if found is None:
        raise _wrong("Literal est attendu", "Literal is expected")
    return found.strip()


def _child(element: Element, name: str) -> Element:
    found = element.find(f"{OGC}{name}")
    if found is None:
        raise _wrong(f"{name} est attendu", f"{name} is expected")
    return found


def _envelope(element: Element) -> Bounds:
    """`gml:Envelope` or `gml:Box`, in degrees: a URN or URI of EPSG:4326 is latitude first, others are not."""
    for gml in GML:
        envelope = next(element.iter(f"{gml}Envelope"), None)
        if envelope is not None:
            corners = [envelope.findtext(f"{gml}{side}Corner", "") for side in ("lower", "upper")]
            return _degrees(" ".join(corners), envelope.get("srsName", ""))
        box = next(element.iter(f"{gml}Box"), None)
        if box is not None:
            return _degrees(box.findtext(f"{gml}coordinates", "").replace(",", " "), box.get("srsName", ""))
    raise _wrong("gml:Envelope est attendu", "gml:Envelope is expected")


def _degrees(text: str, system: str) -> Bounds:
    try:
        a, b, c, d = (float(part) for part in text.split())
    except ValueError:
        raise _wrong("quatre nombres sont attendus", "four numbers are expected") from None
    if "4326" in system and system.startswith(("urn:", "http")):
        a, b, c, d = b, a, d, c
    return a, b, c, d


def _bounds(coordinates: object) -> Bounds:
    """The bounds of nested positions, or of a box given flat."""
    found: list[float] = []

    def walk(one: object) -> None:
        if isinstance(one, tuple | list):
            for inner in one:
                walk(inner)
        elif isinstance(one, int | float):
            found.append(float(one))

    walk(coordinates)
    xs, ys = found[::2], found[1::2]
    if not xs or len(xs) != len(ys):
        raise _wrong("une emprise est attendue", "a box is expected")
    return min(xs), min(ys), max(xs), max(ys)


def _wrong(fr: str, en: str) -> InvalidParameter:
    return InvalidParameter("constraint", Text(f"Filtre : {fr}.", f"Filter: {en}."))
