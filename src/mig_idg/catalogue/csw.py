"""CSW 2.0.2 (OGC 07-006r1) over the caller's records: what the Géocatalogue, GeoNetwork, QGIS and ArcGIS read.

KVP and XML by POST; no DTD is read. Errors are OWS exception reports.
docs/decisions/csw.md says why it is ours.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from lxml import etree

from mig_idg.catalogue import csw_capabilities, dublin_core, iso19115_3, iso19139
from mig_idg.catalogue.csw_capabilities import CSW, OWS
from mig_idg.catalogue.filters import OGC, from_cql, from_xml
from mig_idg.catalogue.model import Record
from mig_idg.catalogue.search import Predicate, Search
from mig_idg.catalogue.source import Records, stamp_of
from mig_idg.errors import InvalidParameter, NotFound, Problem, TakenDown, Text, answer_for
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response
from mig_idg.standards.safe_xml import BadXml, Element, parsed

BODY_LIMIT = 64 * 1024
MOST = 100
OPERATIONS = ("GetCapabilities", "DescribeRecord", "GetRecords", "GetRecordById")
SCHEMAS = (CSW, iso19139.GMD, iso19115_3.MDB)
_SORTED = {
    "title": "title",
    "identifier": "id",
    "type": "type",
    "modified": "resourceUpdated",
    "date": "resourceUpdated",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, by KVP or XML."""

    operation: str
    version: str = "2.0.2"
    schema: str = CSW
    view: str = "summary"
    hits: bool = False
    start: int = 1
    limit: int = 10
    predicate: Predicate | None = None
    sort: tuple[tuple[str, bool], ...] = ()
    ids: tuple[str, ...] = ()


class Csw:
    """`/csw`."""

    def __init__(self, records: Records) -> None:
        self.records = records

    async def answer(self, request: Request) -> Response:
        """One operation; what is wrong is said as these clients read it."""
        try:
            asked = from_body(await request.body()) if request.method == "POST" else from_query(request.query)
            body = await self._body(request, asked)
        except Problem as error:
            return _exception(error, request)
        placed = self.records.placed(request, body)
        mark = hashlib.blake2b(placed, digest_size=12).hexdigest()
        headers: dict[str, str] = {"content-language": request.lang}
        return Response(body=placed, media_type="application/xml", etag=mark, headers=headers)

    async def _body(self, request: Request, asked: Asked) -> bytes:
        if asked.operation == "GetCapabilities":
            return csw_capabilities.document(self.records.publisher, self.records.descriptions.base, request.lang)
        if asked.operation == "DescribeRecord":
            return csw_capabilities.described(SCHEMAS)
        if asked.operation == "GetRecordById":
            return await self._by_id(request, asked)
        return await self._found(request, asked)

    async def _by_id(self, request: Request, asked: Asked) -> bytes:
        root = etree.Element(f"{{{CSW}}}GetRecordByIdResponse", nsmap=dublin_core.NAMESPACES)
        deleted: TakenDown | None = None
        for name in asked.ids:
            try:
                root.append(_written(await self.records.found(request, name), asked))
            except TakenDown as error:
                deleted = error
            except NotFound:
                continue
        if not len(root):
            if deleted is not None:
                raise deleted
            raise InvalidParameter("Id", Text("Cette fiche n'existe pas.", "There is no such record."))
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8")

    async def _found(self, request: Request, asked: Asked) -> bytes:
        index = await self.records.index(request)
        found = index.find(Search(predicate=asked.predicate, sort=asked.sort))
        shown = [] if asked.hits else found[asked.start - 1 : asked.start - 1 + asked.limit]
        after = asked.start + len(shown)
        root = etree.Element(f"{{{CSW}}}GetRecordsResponse", nsmap=dublin_core.NAMESPACES)
        root.set("version", "2.0.2")
        status = etree.SubElement(root, f"{{{CSW}}}SearchStatus")
        status.set("timestamp", f"{stamp_of(request.snapshot).isoformat()}T00:00:00Z")
        results = etree.SubElement(root, f"{{{CSW}}}SearchResults")
        results.set("numberOfRecordsMatched", str(len(found)))
        results.set("numberOfRecordsReturned", str(len(shown)))
        results.set("nextRecord", str(after if after <= len(found) and shown else 0))
        results.set("recordSchema", asked.schema)
        results.set("elementSet", asked.view)
        for record in shown:
            results.append(_written(record, asked))
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def from_query(query: Mapping[str, str]) -> Asked:
    """A request by KVP: names in any case. Raises InvalidParameter."""
    told = {name.lower(): value for name, value in query.items()}
    if told.get("service", "CSW").upper() != "CSW":
        raise InvalidParameter("service", Text("« service » doit être CSW.", "“service” must be CSW."))
    asked = _checked(
        Asked(
            _operation(told.get("request", "")),
            version=told.get("version", "2.0.2"),
            schema=told.get("outputschema", CSW),
            view=told.get("elementsetname", "summary"),
            hits=_hits(told.get("resulttype", "hits" if "elementsetname" not in told else "results")),
            start=_whole("startPosition", told.get("startposition", "1"), 1),
            limit=_whole("maxRecords", told.get("maxrecords", "10"), 0),
            sort=_sort(tuple(told.get("sortby", "").split(","))),
            ids=tuple(one.strip() for one in told.get("id", "").split(",") if one.strip()),
        )
    )
    constraint = told.get("constraint")
    if not constraint:
        return asked
    if told.get("constraintlanguage", "CQL_TEXT").upper() == "FILTER":
        return replace(asked, predicate=from_xml(_xml(constraint.encode())))
    return replace(asked, predicate=from_cql(constraint))


def from_body(body: bytes) -> Asked:
    """A request by XML. Raises InvalidParameter."""
    root = _xml(body)
    operation = _operation(root.tag.rpartition("}")[2])
    common: dict[str, Any] = {
        "version": root.get("version", "2.0.2"),
        "schema": root.get("outputSchema", CSW),
        "view": root.findtext(f".//{{{CSW}}}ElementSetName", "summary").strip(),
    }
    if operation == "GetRecordById":
        ids = tuple((one.text or "").strip() for one in root.findall(f"{{{CSW}}}Id"))
        return _checked(Asked(operation, ids=ids, **common))
    order = tuple(
        f"{one.findtext(f'{OGC}PropertyName', '')}:{'D' if one.findtext(f'{OGC}SortOrder', '')[:4] == 'DESC' else 'A'}"
        for one in root.iter(f"{OGC}SortProperty")
    )
    return _checked(
        Asked(
            operation,
            hits=_hits(root.get("resultType", "hits")),
            start=_whole("startPosition", root.get("startPosition", "1"), 1),
            limit=_whole("maxRecords", root.get("maxRecords", "10"), 0),
            predicate=_constraint(root),
            sort=_sort(order),
            **common,
        )
    )


def _constraint(root: Element) -> Predicate | None:
    constraint = next(root.iter(f"{{{CSW}}}Constraint"), None)
    if constraint is None:
        return None
    filter_ = constraint.find(f"{OGC}Filter")
    if filter_ is not None:
        return from_xml(filter_)
    text = constraint.findtext(f"{{{CSW}}}CqlText")
    if text is None:
        raise InvalidParameter("constraint", Text("Filter ou CqlText est attendu.", "Filter or CqlText is expected."))
    return from_cql(text.strip())


def _checked(asked: Asked) -> Asked:
    if asked.version != "2.0.2" and asked.operation != "GetCapabilities":
        raise InvalidParameter("version", Text("La version servie est 2.0.2.", "The version served is 2.0.2."))
    if asked.schema not in SCHEMAS:
        raise InvalidParameter(
            "outputSchema", Text(f"Schémas : {', '.join(SCHEMAS)}.", f"Schemas: {', '.join(SCHEMAS)}.")
        )
    if asked.view not in ("brief", "summary", "full"):
        raise InvalidParameter("ElementSetName", Text("brief, summary ou full.", "brief, summary or full."))
    if asked.operation == "GetRecordById" and not asked.ids:
        raise InvalidParameter("Id", Text("« Id » est attendu.", "“Id” is expected."))
    return replace(asked, limit=min(asked.limit, MOST), ids=asked.ids[:MOST])


def _operation(word: str) -> str:
    for one in OPERATIONS:
        if one.lower() == word.lower():
            return one
    raise InvalidParameter(
        "request", Text(f"Opérations : {', '.join(OPERATIONS)}.", f"Operations: {', '.join(OPERATIONS)}.")
    )


def _hits(word: str) -> bool:
    if word not in ("hits", "results", "validate"):
        raise InvalidParameter("resultType", Text("hits ou results.", "hits or results."))
    return word != "results"


def _whole(name: str, text: str, least: int) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) < least:
        raise InvalidParameter(name, Text(f"Un entier à partir de {least}.", f"A whole number from {least}."))
    return int(text)


def _sort(words: tuple[str, ...]) -> tuple[tuple[str, bool], ...]:
    """`dc:title:A`, in CSW's own way of writing an order."""
    found = []
    for word in words:
        if not word.strip():
            continue
        name, _, way = word.rpartition(":") if word[-2:].upper() in (":A", ":D") else (word, "", "A")
        bare = name.rpartition("/")[2].rpartition(":")[2].lower()
        if bare not in _SORTED:
            raise InvalidParameter("sortBy", Text(f"Pas de tri sur « {bare[:40]} ».", f"No sorting by “{bare[:40]}”."))
        found.append((_SORTED[bare], way.upper() == "D"))
    return tuple(found)


def _written(record: Record, asked: Asked) -> etree._Element:
    if asked.schema == iso19139.GMD:
        return iso19139.element(record)
    if asked.schema == iso19115_3.MDB:
        return iso19115_3.element(record)
    view: Any = asked.view
    return dublin_core.element(record, view)


def _xml(body: bytes) -> Element:
    try:
        return parsed(body)
    except BadXml:
        raise InvalidParameter(
            "request", Text("Ce n'est pas du XML lisible, sans DTD.", "This is not readable XML without a DTD.")
        ) from None


def _exception(error: Problem, request: Request) -> Response:
    status = answer_for(error).status
    root = etree.Element(f"{{{OWS}}}ExceptionReport", nsmap={"ows": OWS})
    root.set("version", "1.2.0")
    one = etree.SubElement(root, f"{{{OWS}}}Exception")
    one.set("exceptionCode", "InvalidParameterValue" if status == 400 else "NoApplicableCode")
    one.set("locator", str(error.extra.get("parameter", "")))
    etree.SubElement(one, f"{{{OWS}}}ExceptionText").text = error.text(request.lang)
    body = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return Response(status=status, body=body, media_type="application/xml", headers={"content-language": request.lang})
