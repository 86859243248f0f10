"""DCAT as RDF/XML, Turtle or JSON-LD, read by rdflib from bytes that we fetched; pages of Hydra are followed.

Nothing that the document names is fetched: a remote `@context` is left aside, and RDF/XML is parsed without entities.
"""

from __future__ import annotations

import warnings
from typing import Any

import orjson
from rdflib import BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, RDFS

from mig_idg.errors import Text
from mig_idg.harvest.description import Description, Finding, box, kept, party, resource, text, words
from mig_idg.harvest.model import Source
from mig_idg.harvest.readers.page import Ask, Page, Reader, Unreadable, broken, from_json
from mig_idg.jobs.outgoing import Answer
from mig_idg.standards.safe_xml import clean, parsed

VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
ADMS = Namespace("http://www.w3.org/ns/adms#")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
SCHEMA = Namespace("http://schema.org/")
_NUMBERS = r"-?\d+(?:\.\d+)?"


def first(source: Source, since: str | None) -> tuple[Ask, ...]:
    """The catalogue, or its first page."""
    return (Ask(source.url),)


def read(source: Source, ask: Ask, answer: Answer) -> Page:
    """One graph."""
    graph = _graph(answer)
    records: list[Description] = []
    findings: list[Finding] = []
    for node in sorted(set(graph.subjects(RDF.type, DCAT.Dataset)), key=str):
        try:
            records.append(_dataset(graph, node))
        except Exception as error:
            findings.append(broken(str(node)[:200], error))
    if not records and not findings and (None, RDF.type, DCAT.Catalog) not in graph:
        raise Unreadable(Text("Aucun catalogue DCAT dans ce document.", "No DCAT catalogue in this document."))
    following = [str(one) for name in ("next", "nextPage") for one in graph.objects(None, HYDRA[name])]
    return Page(tuple(records), tuple(findings), tuple(Ask(one, ask.depth) for one in following[:1]))


def _graph(answer: Answer) -> Graph:
    graph = Graph(bind_namespaces="none")
    body, media = answer.body, answer.media_type
    begun = body.lstrip()[:1]
    try:
        if "json" in media or begun in (b"{", b"["):
            with warnings.catch_warnings():  # rdflib's own parser uses what rdflib deprecates
                warnings.simplefilter("ignore", DeprecationWarning)
                graph.parse(data=orjson.dumps(_without_remote_contexts(from_json(answer))), format="json-ld")
        elif "xml" in media or (begun == b"<" and not body.lstrip().startswith((b"<http", b"<urn"))):
            graph.parse(data=clean(parsed(body)), format="xml")
        else:
            graph.parse(data=body.decode("utf-8"), format="turtle", publicID=answer.address)
    except Unreadable:
        raise
    except UnicodeDecodeError:
        raise Unreadable(Text("Le document n'est pas en UTF-8.", "The document is not in UTF-8.")) from None
    except Exception as error:
        if isinstance(error, Unreadable) or error.__class__.__name__ == "BadXml":
            raise
        raise Unreadable(
            Text(f"RDF illisible ({type(error).__name__}).", f"Unreadable RDF ({type(error).__name__}).")
        ) from None
    return graph


def _without_remote_contexts(document: Any) -> Any:
    """The document without the contexts that rdflib would fetch; those written in it stay."""
    if isinstance(document, list):
        return [_without_remote_contexts(one) for one in document]
    if not isinstance(document, dict):
        return document
    told = {}
    for name, value in document.items():
        if name == "@context":
            written = [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]
            told[name] = [{key: one for key, one in context.items() if key != "@import"} for context in written]
        else:
            told[name] = _without_remote_contexts(value)
    return told


def _dataset(graph: Graph, node: Any) -> Description:
    def one(*names: Any) -> str:
        return next((text(str(found)) for name in names for found in _spoken(graph, node, name)), "")

    def each(name: Any) -> tuple[str, ...]:
        return words(str(found) for found in graph.objects(node, name))

    distributions = list(graph.objects(node, DCAT.distribution))
    licences = [found for holder in (node, *distributions) for found in graph.objects(holder, DCTERMS.license)]
    named = "" if isinstance(node, BNode) else str(node)
    return Description(
        identifier=one(DCTERMS.identifier) or named,
        title=one(DCTERMS.title),
        abstract=one(DCTERMS.description),
        keywords=each(DCAT.keyword),
        theme=(each(DCAT.theme) or (None,))[0],
        language=_last(one(DCTERMS.language)),
        created=one(DCTERMS.created, DCTERMS.issued) or None,
        revised=one(DCTERMS.modified) or None,
        frequency=_last(one(DCTERMS.accrualPeriodicity)),
        lineage=_label(graph, next(iter(graph.objects(node, DCTERMS.provenance)), None)),
        bbox=_extent(graph, node),
        period=_period(graph, node),
        licence=_licence(graph, licences),
        rights=words(_label(graph, found) or str(found) for found in (
            *graph.objects(node, DCTERMS.accessRights), *graph.objects(node, DCTERMS.rights))),
        parties=kept((
            *(_agent(graph, found, "owner") for found in graph.objects(node, DCTERMS.publisher)),
            *(_agent(graph, found, "owner") for found in graph.objects(node, DCTERMS.creator)),
            *(_agent(graph, found, "pointOfContact") for found in graph.objects(node, DCAT.contactPoint)),
        )),
        resources=kept(_distribution(graph, found) for found in sorted(distributions, key=str)),
        external_ids=words([named, *(_label(graph, found) or "" for found in graph.objects(node, ADMS.identifier)),
                            one(DCAT.landingPage)]),
        page=one(DCAT.landingPage) or None,
    )  # fmt: skip


def _spoken(graph: Graph, node: Any, name: Any) -> list[Any]:
    """Its values, French ones first, then those without language."""
    order = {"fr": 0, None: 1, "en": 2}
    return sorted(graph.objects(node, name), key=lambda one: (order.get(getattr(one, "language", None), 3), str(one)))


def _label(graph: Graph, node: Any) -> str | None:
    if node is None:
        return None
    if isinstance(node, Literal):
        return text(str(node))
    for name in (RDFS.label, DCTERMS.title, FOAF.name, Namespace("http://www.w3.org/2004/02/skos/core#").notation):
        for found in _spoken(graph, node, name):
            return text(str(found))
    return None


def _agent(graph: Graph, node: Any, role: str) -> dict[str, str] | None:
    name = next((str(found) for word in (FOAF.name, VCARD.fn, VCARD["organization-name"], RDFS.label)
                 for found in _spoken(graph, node, word)), "")  # fmt: skip
    mail = next((str(found) for word in (FOAF.mbox, VCARD.hasEmail) for found in graph.objects(node, word)), None)
    return party(name or (str(node) if isinstance(node, URIRef) else ""), role, mail, str(node))


def _distribution(graph: Graph, node: Any) -> dict[str, str] | None:
    def one(name: Any) -> str:
        return next((str(found) for found in _spoken(graph, node, name)), "")

    media = _last(one(DCAT.mediaType)) if one(DCAT.mediaType) else _last(one(DCTERMS["format"]))
    found = one(DCAT.mediaType).partition("/media-types/")[2] or media
    return resource(one(DCAT.downloadURL) or one(DCAT.accessURL), one(DCTERMS.title), found)


def _licence(graph: Graph, nodes: list[Any]) -> str | None:
    return next((str(one) if isinstance(one, URIRef) else _label(graph, one) for one in nodes), None)


def _extent(graph: Graph, node: Any) -> tuple[float, float, float, float] | None:
    """The bounds of `dcat:bbox` or `locn:geometry`, as WKT or GeoJSON."""
    import re

    for place in graph.objects(node, DCTERMS.spatial):
        for name in (DCAT.bbox, Namespace("http://www.w3.org/ns/locn#").geometry):
            for found in graph.objects(place, name):
                told = re.sub(r"<[^>]*>", "", str(found))[:20_000]
                numbers = [float(one) for one in re.findall(_NUMBERS, told)]
                if len(numbers) >= 4 and len(numbers) % 2 == 0:
                    xs, ys = numbers[::2], numbers[1::2]
                    return box((min(xs), min(ys), max(xs), max(ys)))
    return None


def _period(graph: Graph, node: Any) -> tuple[str | None, str | None] | None:
    for one in graph.objects(node, DCTERMS.temporal):
        sides = [
            next((str(found) for name in names for found in graph.objects(one, name)), None)
            for names in ((DCAT.startDate, SCHEMA.startDate), (DCAT.endDate, SCHEMA.endDate))
        ]
        if any(sides):
            return sides[0], sides[1]
    return None


def _last(address: str) -> str | None:
    return address.rstrip("/").rpartition("/")[2] or None


READER = Reader(first, read, "application/rdf+xml, text/turtle;q=0.9, application/ld+json;q=0.8, */*;q=0.1")
