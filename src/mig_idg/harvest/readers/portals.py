"""Open data portals: CKAN (package_search), udata (data.gouv.fr) and `data.json` (Project Open Data)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mig_idg.errors import Text
from mig_idg.harvest.description import Description, Finding, box, kept, party, resource, text, words
from mig_idg.harvest.model import Source
from mig_idg.harvest.readers.ogcapi import _bounds
from mig_idg.harvest.readers.page import (
    PAGE,
    Ask,
    Page,
    Reader,
    Unreadable,
    asking,
    below,
    broken,
    from_json,
    inner,
    listed,
    many,
    mapping,
)
from mig_idg.jobs.outgoing import Answer


def _each(
    documents: list[Any], read: Callable[[Mapping[str, Any]], Description], name: str = "id"
) -> tuple[tuple[Description, ...], tuple[Finding, ...]]:
    records: list[Description] = []
    findings: list[Finding] = []
    for one in documents:
        try:
            records.append(read(mapping(one, "dataset")))
        except Exception as error:
            findings.append(broken(text(inner(one).get(name)) or None, error))
    return tuple(records), tuple(findings)


# ——— CKAN


def first_ckan(source: Source, since: str | None) -> tuple[Ask, ...]:
    """All packages, those modified since an instant only; in the order of their names, so that pages do not slide."""
    asked = f"metadata_modified:[{since[:19]}Z TO *]" if since else None
    address = asking(below(source.url, "api/3/action/package_search"), rows=PAGE, start=0, sort="name asc", fq=asked)
    return (Ask(address, label="0"),)


def read_ckan(source: Source, ask: Ask, answer: Answer) -> Page:
    """One page of package_search; a portal that only has package_list is read package by package."""
    document = mapping(from_json(answer), "CKAN")
    if document.get("success") is not True:
        raise Unreadable(Text("CKAN ne répond pas « success ».", "CKAN does not answer “success”."))
    result = document.get("result")
    if ask.label == "package":
        records, findings = _each([result], _package)
        return Page(records, findings)
    told = mapping(result, "result")
    found = listed(told.get("results"), "results")
    records, findings = _each(found, _package)
    start = int(ask.label) + len(found)
    more = isinstance(told.get("count"), int) and found and start < told["count"]
    return Page(records, findings, (Ask(asking(ask.address, start=start), ask.depth, str(start)),) if more else ())


def _package(one: Mapping[str, Any]) -> Description:
    extras = {text(inner(item).get("key")): inner(item).get("value") for item in many(one.get("extras"))}
    organisation = inner(one.get("organization"))
    spatial = extras.get("spatial") or one.get("spatial")
    return Description(
        identifier=text(extras.get("guid")) or text(one.get("id")),
        title=text(one.get("title")) or text(one.get("name")),
        abstract=text(one.get("notes")),
        keywords=words(
            text(inner(tag).get("display_name")) or text(inner(tag).get("name")) for tag in many(one.get("tags"))
        ),
        theme=text(extras.get("theme")) or None,
        language=text(extras.get("language")) or None,
        created=text(one.get("metadata_created")) or None,
        revised=text(one.get("metadata_modified")) or None,
        frequency=text(extras.get("frequency")) or None,
        lineage=text(extras.get("lineage")) or None,
        bbox=_spatial(spatial),
        licence=text(one.get("license_url")) or text(one.get("license_id")) or None,
        rights=words([one.get("license_title"), extras.get("access")]),
        parties=kept((
            party(organisation.get("title") or organisation.get("name") or one.get("author"), "owner",
                  one.get("author_email")),
            party(one.get("maintainer"), "pointOfContact", one.get("maintainer_email")),
        )),
        resources=kept(
            resource(inner(item).get("url"), inner(item).get("name"),
                     inner(item).get("mimetype") or inner(item).get("format"))
            for item in many(one.get("resources"))
        ),
        external_ids=words([one.get("id"), one.get("url")]),
        page=text(one.get("url")) or None,
    )  # fmt: skip


def _spatial(value: Any) -> tuple[float, float, float, float] | None:
    import orjson

    try:
        return _bounds(orjson.loads(value) if isinstance(value, str) else value)
    except orjson.JSONDecodeError:
        return None


# ——— udata


def first_udata(source: Source, since: str | None) -> tuple[Ask, ...]:
    """The datasets; the address may be that of the portal, or of a search (`…/api/1/datasets/?organization=…`)."""
    bare = source.url.partition("?")[0].rstrip("/")
    address = source.url if bare.endswith("/datasets") else below(source.url, "api/1/datasets/")
    return (Ask(asking(address, page_size=PAGE, page=1, last_modified_since=since[:10] if since else None)),)


def read_udata(source: Source, ask: Ask, answer: Answer) -> Page:
    """One page of datasets."""
    document = mapping(from_json(answer), "udata")
    records, findings = _each(listed(document.get("data"), "data"), _dataset)
    following = text(document.get("next_page"))
    return Page(records, findings, (Ask(following, ask.depth),) if following else ())


def _dataset(one: Mapping[str, Any]) -> Description:
    body = inner(one.get("organization")) or inner(one.get("owner"))
    owner = text(body.get("name")) or f"{text(body.get('first_name'))} {text(body.get('last_name'))}"
    coverage = inner(one.get("temporal_coverage"))
    harvested, extras = inner(one.get("harvest")), inner(one.get("extras"))
    own = text(harvested.get("remote_id")) or text(extras.get("harvest:remote_id"))
    period = (text(coverage.get("start")) or None, text(coverage.get("end")) or None) if coverage else None
    contact = inner((many(one.get("contact_points")) or [None])[0])
    return Description(
        identifier=own or text(one.get("id")),
        title=text(one.get("title")),
        abstract=text(one.get("description")),
        keywords=words(many(one.get("tags"))),
        created=text(one.get("created_at")) or None,
        revised=text(one.get("last_update")) or text(one.get("last_modified")) or None,
        frequency=text(one.get("frequency")) or None,
        bbox=_bounds(inner(one.get("spatial")).get("geom")),
        period=period,
        licence=text(one.get("license")) or None,
        rights=words([one.get("access_type")]),
        parties=kept((party(owner, "owner"), party(contact.get("name"), "pointOfContact", contact.get("email")))),
        resources=kept(
            resource(inner(item).get("url"), inner(item).get("title"),
                     inner(item).get("mime") or inner(item).get("format"))
            for item in many(one.get("resources"))
        ),
        external_ids=words([one.get("id"), one.get("uri"), harvested.get("remote_url"), extras.get("remote_url"),
                            harvested.get("uri")]),
        page=text(one.get("page")) or None,
    )  # fmt: skip


# ——— data.json


def first_data_json(source: Source, since: str | None) -> tuple[Ask, ...]:
    """The one file."""
    return (Ask(source.url),)


def read_data_json(source: Source, ask: Ask, answer: Answer) -> Page:
    """A catalogue of Project Open Data 1.1."""
    document = mapping(from_json(answer), "data.json")
    records, findings = _each(listed(document.get("dataset"), "dataset"), _pod, "identifier")
    return Page(records, findings)


def _pod(one: Mapping[str, Any]) -> Description:
    contact, publisher = inner(one.get("contactPoint")), inner(one.get("publisher"))
    spatial = text(one.get("spatial")).split(",")
    period = text(one.get("temporal")).split("/")
    return Description(
        identifier=text(one.get("identifier")),
        title=text(one.get("title")),
        abstract=text(one.get("description")),
        keywords=words(many(one.get("keyword"))),
        topics=words(many(one.get("theme"))),
        language=(words(many(one.get("language"))) or (None,))[0],
        created=text(one.get("issued")) or None,
        revised=text(one.get("modified")) or None,
        frequency=text(one.get("accrualPeriodicity")) or None,
        bbox=box(spatial) if len(spatial) == 4 else None,
        period=(period[0] or None, period[1] or None) if len(period) == 2 else None,
        licence=text(one.get("license")) or None,
        rights=words([one.get("accessLevel"), one.get("rights")]),
        parties=kept((party(publisher.get("name"), "owner"),
                      party(contact.get("fn"), "pointOfContact", contact.get("hasEmail")))),
        resources=kept(
            resource(inner(item).get("downloadURL") or inner(item).get("accessURL"), inner(item).get("title"),
                     inner(item).get("mediaType") or inner(item).get("format"))
            for item in many(one.get("distribution"))
        ),
        page=text(one.get("landingPage")) or None,
    )  # fmt: skip


CKAN = Reader(first_ckan, read_ckan, incremental=True)
UDATA = Reader(first_udata, read_udata, incremental=True)
DATA_JSON = Reader(first_data_json, read_data_json)
