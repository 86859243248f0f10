"""The requirements of INSPIRE (TG 2.0.1) and of the CNIG on an ISO 19139 record, beyond its XSD.

The code of a finding is the number of the requirement (`C.17`, `1.6`); those of the French guide begin with `cnig.`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from mig_idg.errors import Text
from mig_idg.standards.findings import Level
from mig_idg.standards.verdict import Remark

SPACES = {
    "gmd": "http://www.isotc211.org/2005/gmd",
    "gco": "http://www.isotc211.org/2005/gco",
    "gmx": "http://www.isotc211.org/2005/gmx",
    "srv": "http://www.isotc211.org/2005/srv",
    "xlink": "http://www.w3.org/1999/xlink",
}
_LANGUAGES = "bul cze dan dut eng est fin fre ger gle gre hrv hun ita lav lit mlt pol por rum slo slv spa swe"
LANGUAGES = frozenset(_LANGUAGES.split())
LISTS = ("http://www.loc.gov/standards/iso639-2", "http://id.loc.gov/vocabulary/iso639-2")
LIMITS = "inspire.ec.europa.eu/metadata-codelist/LimitationsOnPublicAccess/"
_TOPICS = (
    "farming biota boundaries climatologyMeteorologyAtmosphere economy elevation environment "
    "geoscientificInformation health imageryBaseMapsEarthCover intelligenceMilitary inlandWaters "
    "location oceans planningCadastre society structure transportation utilitiesCommunication "
)
TOPICS = frozenset(_TOPICS.split())
SERVICES = ("discovery", "view", "download", "transformation", "invoke", "other")
TITLE = 250
Node = Any


class Record:
    """One gmd:MD_Metadata, with short questions."""

    def __init__(self, root: Node) -> None:
        self.root = root
        self.level = self.one("gmd:hierarchyLevel[1]/gmd:MD_ScopeCode/@codeListValue")
        self.is_service = bool(self.nodes("gmd:identificationInfo[1]/srv:SV_ServiceIdentification"))
        found = self.nodes("gmd:identificationInfo[1]/*")
        self.resource = found[0] if found else None

    def nodes(self, path: str, under: Node = None) -> list[Node]:
        """Nodes or attributes of a path, from the record or from a node of it."""
        found = (self.root if under is None else under).xpath(path, namespaces=SPACES)
        return list(found) if isinstance(found, list) else [found]

    def one(self, path: str, under: Node = None) -> str:
        """The first text of a path, stripped; empty when absent."""
        for found in self.nodes(path, under):
            text = found if isinstance(found, str) else "".join(found.itertext())
            if text.strip():
                return str(text).strip()
        return ""

    def of(self, path: str) -> list[Node]:
        """Nodes of the described resource."""
        return [] if self.resource is None else self.nodes(path, self.resource)


def rules(tree: Any) -> Iterator[Remark]:
    """What each record of a document breaks."""
    name = f"{{{SPACES['gmd']}}}MD_Metadata"
    root = tree.getroot()
    for node in [root] if root.tag == name else list(root.iter(name)):
        record = Record(node)
        for rule in RULES:
            yield from rule(record)


def _say(
    code: str, fr: str, en: str, node: Node = None, element: str | None = None, value: str | None = None,
    proposal: Text | str | None = None, level: Level = "error",
) -> Remark:  # fmt: skip
    line = getattr(node, "sourceline", None)
    return Remark(code, level, Text(fr, en), line, element, value or None, proposal, ours=True)


FRENCH = '<gmd:LanguageCode codeList="http://www.loc.gov/standards/iso639-2/" codeListValue="fre"/>'


def _metadata_language(r: Record) -> Iterator[Remark]:
    codes = r.nodes("gmd:language/gmd:LanguageCode")
    if len(codes) != 1:
        yield _say(
            "C.5",
            "La langue de la fiche manque (gmd:language/gmd:LanguageCode)",
            "The language of the record is missing",
            r.root,
            "gmd:language",
            proposal=FRENCH,
        )
        return
    yield from _language("C.5", codes[0], LANGUAGES)


def _language(code: str, node: Node, allowed: frozenset[str]) -> Iterator[Remark]:
    value, listed = node.get("codeListValue") or "", node.get("codeList") or ""
    if value not in allowed:
        proposed = "fre" if value.lower() in ("fr", "fra", "french", "français", "fr-fr") else FRENCH
        yield _say(
            code,
            f"Code de langue « {value} » : le code à trois lettres ISO 639-2/B est attendu",
            f"Language code “{value}”: the three letters of ISO 639-2/B are expected",
            node,
            "gmd:language",
            value,
            proposed,
        )
    elif not listed.rstrip("/").startswith(LISTS):
        yield _say(
            code,
            "La liste des codes de langue n'est pas celle d'ISO 639-2",
            "The code list of the language is not that of ISO 639-2",
            node,
            "codeList",
            listed,
            LISTS[0] + "/",
        )


def _resource_language(r: Record) -> Iterator[Remark]:
    if r.is_service:
        return
    codes = r.of("gmd:language/gmd:LanguageCode")
    if not codes:
        yield _say(
            "1.6",
            "La langue de la ressource manque",
            "The language of the resource is missing",
            r.resource,
            "gmd:language",
            proposal=Text("fre, ou zxx pour une image", "fre, or zxx for imagery"),
        )
    for node in codes:
        yield from _language("1.6", node, LANGUAGES | {"zxx"})


def _contacts(r: Record) -> Iterator[Remark]:
    for code, found, fr, en, node in (
        (
            "C.6",
            r.nodes("gmd:contact/gmd:CI_ResponsibleParty"),
            "du point de contact de la fiche",
            "of the record's contact",
            r.root,
        ),
        (
            "C.10",
            r.of("gmd:pointOfContact/gmd:CI_ResponsibleParty"),
            "du responsable de la ressource",
            "of the resource's contact",
            r.resource,
        ),
    ):
        if not found:
            yield _say(
                code,
                f"Il manque les coordonnées {fr}",
                f"The address {en} is missing",
                node,
                proposal=Text("organisation, courriel et rôle", "organisation, e-mail and role"),
            )
        for party in found:
            if not r.one("gmd:organisationName", party):
                yield _say(
                    code,
                    f"Il manque l'organisation {fr}",
                    f"The organisation {en} is missing",
                    party,
                    "gmd:organisationName",
                )
            mail = r.one(".//gmd:electronicMailAddress", party)
            if "@" not in mail:
                yield _say(
                    code,
                    f"Il manque le courriel {fr}",
                    f"The e-mail {en} is missing",
                    party,
                    "gmd:electronicMailAddress",
                    mail,
                )
            role = r.one("gmd:role/gmd:CI_RoleCode/@codeListValue", party)
            if code == "C.6" and role != "pointOfContact":
                yield _say(
                    code,
                    "Le rôle du contact de la fiche doit être pointOfContact",
                    "The role must be pointOfContact",
                    party,
                    "gmd:role",
                    role,
                    "pointOfContact",
                )


def _texts(r: Record) -> Iterator[Remark]:
    if not r.one("gmd:dateStamp"):
        yield _say("C.7", "Il manque la date de la fiche", "The date of the record is missing", r.root, "gmd:dateStamp")
    title = (
        " ".join(r.one("./gmd:citation/gmd:CI_Citation/gmd:title", r.resource).split())
        if r.resource is not None
        else ""
    )
    if not title:
        yield _say(
            "C.8",
            "Il manque l'intitulé de la ressource",
            "The title of the resource is missing",
            r.resource,
            "gmd:title",
        )
    elif len(title) > TITLE:
        yield _say(
            "cnig.title",
            f"L'intitulé a {len(title)} caractères",
            f"The title has {len(title)} characters",
            r.resource,
            "gmd:title",
            title,
            Text("250 au plus, avec le territoire", "250 at most, with the territory"),
            "warning",
        )
    if r.resource is None or not r.one("./gmd:abstract", r.resource):
        yield _say(
            "C.9",
            "Il manque le résumé de la ressource",
            "The abstract of the resource is missing",
            r.resource,
            "gmd:abstract",
        )


def _dates(r: Record) -> Iterator[Remark]:
    kinds = [
        str(one)
        for one in r.of(
            "gmd:citation/gmd:CI_Citation/gmd:date/gmd:CI_Date/gmd:dateType/gmd:CI_DateTypeCode/@codeListValue"
        )
    ]
    extent = r.of(".//gmd:EX_TemporalExtent")
    if not set(kinds) & {"publication", "revision", "creation"} and not extent:
        yield _say(
            "C.11",
            "Il faut au moins une date de création, publication ou révision",
            "At least one date of creation, publication or revision is needed",
            r.resource,
            "gmd:date",
        )
    for code, kind, word in (("C.12", "creation", "création"), ("C.13", "revision", "révision")):
        if kinds.count(kind) > 1:
            yield _say(
                code,
                f"Plusieurs dates de {word} : une au plus",
                f"Several dates of {kind}: one at most",
                r.resource,
                "gmd:date",
                proposal=Text("gardez la dernière", "keep the last one"),
            )


def _keywords(r: Record) -> Iterator[Remark]:
    themes = 0
    for block in r.of("gmd:descriptiveKeywords/gmd:MD_Keywords"):
        thesaurus = r.nodes("gmd:thesaurusName/gmd:CI_Citation", block)
        title = r.one("gmd:thesaurusName/gmd:CI_Citation/gmd:title", block)
        words = r.nodes("gmd:keyword", block)
        controlled = any(
            "inspire.ec.europa.eu/theme" in str(href) for href in r.nodes("gmd:keyword//@xlink:href", block)
        )
        if controlled and not thesaurus:
            yield _say(
                "C.15",
                "Le thésaurus des mots-clés n'est pas cité",
                "The thesaurus of the keywords is not cited",
                block,
                "gmd:thesaurusName",
                proposal="GEMET - INSPIRE themes, version 1.0",
            )
        if thesaurus:
            if not title:
                yield _say(
                    "C.15", "Le thésaurus n'a pas d'intitulé", "The thesaurus has no title", block, "gmd:thesaurusName"
                )
            day = r.one("gmd:date/gmd:CI_Date/gmd:date", thesaurus[0])
            kind = r.one("gmd:date/gmd:CI_Date/gmd:dateType/gmd:CI_DateTypeCode/@codeListValue", thesaurus[0])
            if not day or kind not in ("publication", "revision", "creation"):
                yield _say(
                    "C.15",
                    "Le thésaurus n'a pas de date, ou pas de type de date",
                    "The thesaurus has no date, or no type of date",
                    block,
                    "gmd:thesaurusName",
                    title,
                    "2008-06-01, publication",
                )
            elif "GEMET - INSPIRE" in title and day != "2008-06-01":
                yield _say(
                    "C.15",
                    "La date du thésaurus GEMET - INSPIRE themes est fausse",
                    "The date of GEMET - INSPIRE themes is wrong",
                    block,
                    "gmd:thesaurusName",
                    day,
                    "2008-06-01",
                )
        if "GEMET - INSPIRE themes, version 1.0" in title:
            themes += len(words)
    if not themes and not r.is_service:
        yield _say(
            "1.4",
            "Aucun mot-clé du thésaurus GEMET - INSPIRE themes, version 1.0",
            "No keyword of GEMET - INSPIRE themes, version 1.0",
            r.resource,
            "gmd:descriptiveKeywords",
            proposal=Text(
                "choisissez un des 34 thèmes (sauf donnée hors INSPIRE)",
                "choose one of the 34 themes (but for data out of INSPIRE)",
            ),
        )


def _constraints(r: Record) -> Iterator[Remark]:
    blocks = r.of("gmd:resourceConstraints/gmd:MD_LegalConstraints")
    access = [
        one
        for one in blocks
        if any(LIMITS in str(href) for href in r.nodes("gmd:otherConstraints/gmx:Anchor/@xlink:href", one))
    ]
    proposal = f'<gmx:Anchor xlink:href="http://{LIMITS}noLimitations">Pas de restriction d’accès public…</gmx:Anchor>'
    if len(access) != 1:
        fr = (
            "Les restrictions d'accès public manquent (gmx:Anchor de LimitationsOnPublicAccess)"
            if not access
            else "Les restrictions d'accès public sont dites plusieurs fois"
        )
        en = (
            "Limitations on public access are missing"
            if not access
            else "Limitations on public access are told several times"
        )
        yield _say("C.17", fr, en, (blocks or [r.resource])[0], "gmd:resourceConstraints", proposal=proposal)
    for one in access:
        value = r.one("gmd:accessConstraints/gmd:MD_RestrictionCode/@codeListValue", one)
        if value != "otherRestrictions":
            yield _say(
                "C.17",
                "accessConstraints doit être otherRestrictions",
                "accessConstraints must be otherRestrictions",
                one,
                "gmd:accessConstraints",
                value,
                "otherRestrictions",
            )
    use = [one for one in blocks if one not in access and r.one("gmd:otherConstraints", one)]
    use = [
        one
        for one in use
        if "otherRestrictions"
        in r.nodes("(gmd:useConstraints|gmd:accessConstraints)/gmd:MD_RestrictionCode/@codeListValue", one)
    ]
    if not use:
        yield _say(
            "C.18",
            "Les conditions d'utilisation manquent, dans un bloc à part",
            "Conditions of use are missing, in a block of their own",
            (blocks or [r.resource])[0],
            "gmd:resourceConstraints",
            proposal=Text("nom, version et adresse de la licence", "name, version and address of the licence"),
        )


def _extent(r: Record) -> Iterator[Remark]:
    boxes = r.of(".//gmd:EX_GeographicBoundingBox")
    if not boxes and not r.is_service:
        yield _say(
            "C.19",
            "L'emprise géographique manque",
            "The bounding box is missing",
            r.resource,
            "gmd:EX_GeographicBoundingBox",
        )
    for box in boxes:
        read = [
            r.one(f"gmd:{name}", box)
            for name in ("westBoundLongitude", "eastBoundLongitude", "southBoundLatitude", "northBoundLatitude")
        ]
        try:
            west, east, south, north = (float(one) for one in read)
        except ValueError:
            yield _say(
                "C.19",
                "L'emprise n'est pas faite de quatre nombres",
                "The bounding box is not four numbers",
                box,
                value=" ".join(read),
            )
            continue
        if (
            west > east
            or south > north
            or not (-180 <= west <= 180 and -180 <= east <= 180 and south >= -90 and north <= 90)
        ):
            yield _say(
                "C.19",
                "L'emprise est inversée ou hors du monde",
                "The bounding box is reversed or out of the world",
                box,
                value=" ".join(read),
                proposal=Text("ouest < est, sud < nord, en degrés", "west < east, south < north, in degrees"),
            )
        elif any(not re.search(r"\.\d{2}", one) for one in read):
            yield _say(
                "C.19",
                "L'emprise demande au moins deux décimales",
                "The bounding box wants two decimals",
                box,
                value=" ".join(read),
            )


REGULATION = "1089/2010"


def _conformity(r: Record) -> Iterator[Remark]:
    results = r.nodes(
        "gmd:dataQualityInfo/gmd:DQ_DataQuality/gmd:report/gmd:DQ_DomainConsistency/gmd:result/gmd:DQ_ConformanceResult"
    )
    if not results:
        yield _say(
            "C.20",
            "Aucune conformité n'est déclarée",
            "No conformity is declared",
            r.root,
            "gmd:DQ_ConformanceResult",
            proposal=Text(
                "citez le règlement 1089/2010, avec vrai ou faux", "cite regulation 1089/2010, with true or false"
            ),
        )
    inspired = False
    for one in results:
        title = r.one("gmd:specification/gmd:CI_Citation/gmd:title", one)
        hrefs = " ".join(map(str, r.nodes("gmd:specification//@xlink:href", one)))
        day = r.one("gmd:specification/gmd:CI_Citation/gmd:date/gmd:CI_Date/gmd:date", one)
        kind = r.one(
            "gmd:specification/gmd:CI_Citation/gmd:date/gmd:CI_Date/gmd:dateType/gmd:CI_DateTypeCode/@codeListValue",
            one,
        )
        if not title or not day or kind != "publication":
            yield _say(
                "C.21",
                "La spécification citée n'a pas son intitulé et sa date de publication",
                "The cited specification lacks its title and date of publication",
                one,
                "gmd:specification",
                title or None,
                "2010-12-08, publication",
            )
        about = REGULATION in title or "2010/1089" in hrefs
        inspired = inspired or about or "976/2009" in title
        if about and day and day != "2010-12-08":
            yield _say(
                "C.21",
                "La date du règlement 1089/2010 est fausse",
                "The date of regulation 1089/2010 is wrong",
                one,
                "gmd:specification",
                day,
                "2010-12-08",
            )
        passed = r.one("gmd:pass/gco:Boolean", one)
        if passed not in ("true", "false", "1", "0") and not r.nodes("gmd:pass/@gco:nilReason", one):
            yield _say(
                "C.22",
                "Le degré de conformité manque (gmd:pass : true ou false)",
                "The degree of conformity is missing (gmd:pass: true or false)",
                one,
                "gmd:pass",
                passed,
                "<gmd:pass><gco:Boolean>true</gco:Boolean></gmd:pass>",
            )
    if results and not inspired and not r.is_service:
        yield _say(
            "1.10",
            "La conformité au règlement (UE) 1089/2010 n'est pas déclarée",
            "Conformity to regulation (EU) 1089/2010 is not declared",
            results[0],
            "gmd:specification",
            proposal="http://data.europa.eu/eli/reg/2010/1089",
        )


def _dataset(r: Record) -> Iterator[Remark]:
    if r.is_service:
        return
    if r.level not in ("dataset", "series"):
        yield _say(
            "1.1",
            "Le type de ressource doit être dataset ou series",
            "The type of resource must be dataset or series",
            r.root,
            "gmd:hierarchyLevel",
            r.level,
            "dataset",
        )
    if len(r.nodes("gmd:identificationInfo[1]/gmd:MD_DataIdentification")) != 1:
        yield _say(
            "1.2",
            "Il faut exactement un gmd:MD_DataIdentification",
            "Exactly one gmd:MD_DataIdentification is needed",
            r.root,
            "gmd:identificationInfo",
        )
    if not any(
        "".join(one.itertext()).strip() for one in r.of("gmd:citation/gmd:CI_Citation/gmd:identifier//gmd:code")
    ):
        yield _say(
            "1.3",
            "L'identifiant unique de la ressource manque",
            "The unique identifier of the resource is missing",
            r.resource,
            "gmd:identifier",
            proposal=Text("un URI stable", "a stable URI"),
        )
    topics = ["".join(one.itertext()).strip() for one in r.of("gmd:topicCategory/gmd:MD_TopicCategoryCode")]
    if not topics or any(one not in TOPICS for one in topics):
        yield _say(
            "1.7",
            "La catégorie thématique ISO manque ou est inconnue",
            "The ISO topic category is missing or unknown",
            r.resource,
            "gmd:topicCategory",
            " ".join(topics),
        )
    scoped = [
        one
        for one in r.nodes("gmd:dataQualityInfo/gmd:DQ_DataQuality")
        if r.one("gmd:scope/gmd:DQ_Scope/gmd:level/gmd:MD_ScopeCode/@codeListValue", one) in ("dataset", "series")
    ]
    if len(scoped) != 1:
        yield _say(
            "1.9",
            "Il faut exactement un rapport de qualité sur toute la ressource",
            "Exactly one quality report scoped to the resource is needed",
            r.root,
            "gmd:dataQualityInfo",
        )
    if not r.one("gmd:dataQualityInfo/gmd:DQ_DataQuality/gmd:lineage/gmd:LI_Lineage/gmd:statement"):
        yield _say(
            "1.11",
            "La généalogie manque",
            "The lineage is missing",
            r.root,
            "gmd:lineage",
            proposal=Text("d'où vient la donnée, comment elle est faite", "where data come from, how they are made"),
        )
    if not r.one(
        "gmd:referenceSystemInfo/gmd:MD_ReferenceSystem/gmd:referenceSystemIdentifier/gmd:RS_Identifier/gmd:code"
    ):
        yield _say(
            "2.1",
            "Le système de coordonnées manque",
            "The coordinate reference system is missing",
            r.root,
            "gmd:referenceSystemInfo",
            proposal="http://www.opengis.net/def/crs/EPSG/0/2154",
        )
    if not r.of("gmd:spatialRepresentationType/gmd:MD_SpatialRepresentationTypeCode/@codeListValue"):
        yield _say(
            "2.4",
            "Le type de représentation spatiale manque",
            "The spatial representation type is missing",
            r.resource,
            "gmd:spatialRepresentationType",
            proposal="vector",
        )
    formats = r.nodes("gmd:distributionInfo//gmd:MD_Format")
    if not formats:
        yield _say(
            "2.6",
            "Le format de diffusion manque",
            "The distribution format is missing",
            r.root,
            "gmd:distributionFormat",
        )
    for one in formats:
        if not r.one("gmd:name", one) or not r.one("gmd:version", one):
            yield _say(
                "2.6",
                "Le format doit avoir un nom et une version",
                "The format must have a name and a version",
                one,
                "gmd:MD_Format",
                proposal=Text("« inconnue » pour une version inconnue", "“unknown” for an unknown version"),
            )
    if not r.one("gmd:distributionInfo//gmd:CI_OnlineResource/gmd:linkage/gmd:URL"):
        yield _say(
            "1.8",
            "Aucun lien d'accès à la ressource",
            "No link to the resource",
            r.root,
            "gmd:linkage",
            level="warning",
        )


def _service(r: Record) -> Iterator[Remark]:
    if not r.is_service:
        return
    if r.level != "service":
        yield _say(
            "3.1",
            "Le type de ressource doit être service",
            "The type of resource must be service",
            r.root,
            "gmd:hierarchyLevel",
            r.level,
            "service",
        )
    kind = r.one("srv:serviceType", r.resource)
    if kind not in SERVICES:
        yield _say(
            "3.5",
            "Le type de service n'est pas l'un d'INSPIRE",
            "The type of service is none of INSPIRE",
            r.resource,
            "srv:serviceType",
            kind,
            ", ".join(SERVICES),
        )
    if not r.of("srv:operatesOn/@xlink:href"):
        yield _say(
            "3.6",
            "Aucun lien vers les données du service (srv:operatesOn)",
            "No link to the data of the service (srv:operatesOn)",
            r.resource,
            "srv:operatesOn",
            proposal=Text("l'adresse de la fiche de chaque donnée", "the address of the record of each dataset"),
        )
    if not r.one("gmd:distributionInfo//gmd:CI_OnlineResource/gmd:linkage/gmd:URL"):
        yield _say("3.7", "Aucun lien d'accès au service", "No link to the service", r.root, "gmd:linkage")


RULES: tuple[Callable[[Record], Iterator[Remark]], ...] = (
    _metadata_language,
    _contacts,
    _texts,
    _dates,
    _keywords,
    _constraints,
    _extent,
    _conformity,
    _resource_language,
    _dataset,
    _service,
)
