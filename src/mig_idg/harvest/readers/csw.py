"""CSW 2.0.2: GetRecords by KVP, page by page; ISO 19139 where the server writes it, else Dublin Core."""

from __future__ import annotations

from typing import Any

from owslib.csw import CswRecord

from mig_idg.errors import Text
from mig_idg.harvest.description import Description, Finding, box, kept, party, resource, text, words
from mig_idg.harvest.model import Source
from mig_idg.harvest.readers import iso19139
from mig_idg.harvest.readers.page import PAGE, Ask, Page, Reader, Unreadable, asking, broken
from mig_idg.jobs.outgoing import Answer
from mig_idg.standards.safe_xml import local, parsed

GMD = "http://www.isotc211.org/2005/gmd"
CSW = "http://www.opengis.net/cat/csw/2.0.2"


def first(source: Source, since: str | None) -> tuple[Ask, ...]:
    """The first page of ISO records, those modified since an instant only."""
    return (Ask(_asked(source, 1, since, GMD), label=f"{GMD} {since or ''}"),)


def read(source: Source, ask: Ask, answer: Answer) -> Page:
    """One GetRecordsResponse. A server that knows no ISO is asked again for Dublin Core."""
    root = parsed(answer.body)
    schema, _, since = ask.label.partition(" ")
    if local(root) == "ExceptionReport":
        if schema == GMD and ask.depth == 0:
            return Page(follow=(Ask(_asked(source, 1, since, CSW), 1, f"{CSW} {since}"),))
        said = " ".join(text(one.text) for one in root.iter() if local(one) == "ExceptionText")[:300]
        raise Unreadable(Text(f"Le serveur CSW refuse : {said}", f"The CSW server refuses: {said}"))
    results = next((one for one in root.iter() if local(one) == "SearchResults"), None)
    if results is None:
        raise Unreadable(Text("GetRecordsResponse est attendu.", "GetRecordsResponse is expected."))
    records: list[Description] = []
    findings: list[Finding] = []
    for element in results:
        try:
            records.append(_one(element))
        except Exception as error:  # the library raises anything on what is no record
            findings.append(broken(_identifier(element), error))
    return Page(tuple(records), tuple(findings), _following(source, ask, results, schema, since))


def _one(element: Any) -> Description:
    if local(element) == "MD_Metadata":
        return iso19139.description(element)
    one = CswRecord(element)
    extent = one.bbox
    sides = (extent.minx, extent.miny, extent.maxx, extent.maxy) if extent is not None else None
    return Description(
        identifier=one.identifier or "",
        title=text(one.title),
        abstract=text(one.abstract),
        kind=one.type if one.type in ("dataset", "series", "service", "nonGeographicDataset") else "dataset",
        keywords=words(one.subjects),
        language=text(one.language) or None,
        created=text(one.created) or None,
        revised=text(one.modified) or text(one.date) or None,
        lineage=text(one.source) or None,
        bbox=box(sides),
        licence=next((told for told in words(one.rights) if "licen" in told.lower()), None),
        rights=words(one.rights),
        parties=kept((party(one.creator, "owner"), party(one.publisher, "publisher"), party(one.contributor))),
        resources=kept(resource(told.get("url"), None, told.get("scheme")) for told in (*one.references, *one.uris)),
        external_ids=words(told.get("identifier") for told in one.identifiers),
    )


def _identifier(element: Any) -> str | None:
    for one in element.iter():
        if local(one) in ("fileIdentifier", "identifier"):
            return text(" ".join(one.itertext()))[:200] or None
    return None


def _following(source: Source, ask: Ask, results: Any, schema: str, since: str) -> tuple[Ask, ...]:
    try:
        position = int(results.get("nextRecord") or 0)
        matched = int(results.get("numberOfRecordsMatched") or 0)
    except ValueError:
        raise Unreadable(Text("nextRecord n'est pas un nombre.", "nextRecord is not a number.")) from None
    if position <= 0 or position > matched or not len(results):
        return ()
    return (Ask(_asked(source, position, since, schema), ask.depth, ask.label),)


def _asked(source: Source, position: int, since: str | None, schema: str) -> str:
    constraint = {}
    if since:
        name = "apiso:Modified" if schema == GMD else "dct:modified"
        constraint = {
            "constraintLanguage": "CQL_TEXT", "constraint_language_version": "1.1.0",
            "constraint": f"{name} >= '{since[:10]}'",
        }  # fmt: skip
    return asking(
        source.url, service="CSW", version="2.0.2", request="GetRecords", resultType="results",
        typeNames="gmd:MD_Metadata" if schema == GMD else "csw:Record", outputSchema=schema, elementSetName="full",
        outputFormat="application/xml", startPosition=position, maxRecords=PAGE, **constraint,
    )  # fmt: skip


READER = Reader(first, read, "application/xml", incremental=True)
