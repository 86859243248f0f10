"""WMS and WFS capabilities: each named layer, each feature type, is a dataset. Read by owslib from bytes of ours."""

from __future__ import annotations

from typing import Any

from owslib.map import wms111, wms130
from owslib.wfs import WebFeatureService

from mig_idg.errors import Text
from mig_idg.harvest.description import Description, Finding, box, kept, party, resource, text, words
from mig_idg.harvest.model import Source
from mig_idg.harvest.readers.page import Ask, Page, Reader, Unreadable, asking, broken
from mig_idg.jobs.outgoing import Answer
from mig_idg.standards.safe_xml import Element, clean, local, parsed

_MEDIA = {"WMS": "application/vnd.ogc.wms_xml", "WFS": "application/vnd.ogc.wfs_xml"}


def first_wms(source: Source, since: str | None) -> tuple[Ask, ...]:
    """GetCapabilities."""
    return (Ask(asking(source.url, service="WMS", request="GetCapabilities", version="1.3.0")),)


def first_wfs(source: Source, since: str | None) -> tuple[Ask, ...]:
    """GetCapabilities."""
    return (Ask(asking(source.url, service="WFS", request="GetCapabilities", version="2.0.0")),)


def read_wms(source: Source, ask: Ask, answer: Answer) -> Page:
    """The layers that have a name, of WMS 1.1.1 or 1.3.0."""
    root = _document(answer, ("WMS_Capabilities", "WMT_MS_Capabilities"))
    old = local(root) == "WMT_MS_Capabilities"
    module, version = (wms111.WebMapService_1_1_1, "1.1.1") if old else (wms130.WebMapService_1_3_0, "1.3.0")
    service = _opened(lambda: module(source.url, xml=clean(root), version=version))
    return _layers(source, service, "WMS")


def read_wfs(source: Source, ask: Ask, answer: Answer) -> Page:
    """The feature types, of WFS 1.0 to 2.0."""
    root = _document(answer, ("WFS_Capabilities",))
    version = root.get("version", "2.0.0")
    known = version if version in ("1.0.0", "1.1.0", "2.0.0") else "2.0.0"
    service = _opened(lambda: WebFeatureService(source.url, xml=clean(root), version=known))
    return _layers(source, service, "WFS")


def _document(answer: Answer, names: tuple[str, ...]) -> Element:
    root = parsed(answer.body)
    if local(root) not in names:
        raise Unreadable(Text(f"{names[0]} est attendu, {local(root)} est venu.",
                              f"{names[0]} is expected, {local(root)} came."))  # fmt: skip
    return root


def _opened(make: Any) -> Any:
    try:
        return make()
    except Exception as error:  # the library raises anything on capabilities it cannot read
        kind = type(error).__name__
        raise Unreadable(Text(f"Capacités illisibles ({kind}).", f"Unreadable capabilities ({kind}).")) from None


def _layers(source: Source, service: Any, kind: str) -> Page:
    about = service.identification
    provider = getattr(service, "provider", None)
    contact = getattr(provider, "contact", None)
    common: dict[str, Any] = {
        "rights": words([getattr(about, "accessconstraints", None), getattr(about, "fees", None)]),
        "parties": kept((
            party(getattr(contact, "organization", None) or getattr(provider, "name", None), "distributor",
                  getattr(contact, "email", None)),
        )),
    }  # fmt: skip
    records: list[Description] = []
    findings: list[Finding] = []
    for name, layer in service.contents.items():
        try:
            records.append(Description(
                identifier=text(name),
                title=text(layer.title) or text(name),
                abstract=text(getattr(layer, "abstract", None)),
                keywords=words(getattr(layer, "keywords", None)),
                bbox=box(layer.boundingBoxWGS84) if layer.boundingBoxWGS84 else None,
                crs=_codes(getattr(layer, "crsOptions", None)),
                attribution=text((getattr(layer, "attribution", None) or {}).get("title")) or None,
                resources=kept((
                    resource(source.url, f"{kind} : {name}", _MEDIA[kind]),
                    *(resource(one.get("url"), None, one.get("format"), "information")
                      for one in getattr(layer, "metadataUrls", None) or ()),
                )),
                **common,
            ))  # fmt: skip
        except Exception as error:
            findings.append(broken(text(name) or None, error))
    return Page(tuple(records), tuple(findings))


def _codes(options: Any) -> tuple[int, ...]:
    found = []
    for one in options or ():
        code = getattr(one, "code", None) or str(one).rpartition(":")[2]
        if str(code).isdigit():
            found.append(int(code))
    return tuple(dict.fromkeys(found))[:50]


WMS = Reader(first_wms, read_wms, "application/xml, text/xml")
WFS = Reader(first_wfs, read_wfs, "application/xml, text/xml")
