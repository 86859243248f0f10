"""A record says all that was declared, in each of its forms, and what it lacks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from lxml import etree
from owslib.iso import MD_Metadata
from rdflib import Graph
from rdflib.namespace import DCAT, DCTERMS, RDF

from mig_idg.catalogue import dublin_core, iso19139, rdf, records_json, schema_org
from mig_idg.catalogue.completeness import lacks
from mig_idg.catalogue.model import Record
from mig_idg.errors import InvalidParameter


def codes(root: etree._Element, name: str) -> list[Any]:
    """The values of a code list in a document."""
    return [one.get("codeListValue") for one in root.iter(f"{{{iso19139.GMD}}}{name}")]


def test_iso_19139_read_again_keeps_every_field(record: Record) -> None:
    read = MD_Metadata(etree.fromstring(iso19139.document(record)))
    found = read.identification[0]
    assert (read.identifier, found.title, found.abstract) == (record.file_identifier, record.title, record.abstract)
    assert (read.languagecode, found.resourcelanguagecode) == ("fre", ["fre"])
    assert read.datestamp == "2026-06-01"
    assert {(one.date, one.type) for one in found.date} == {("2020-01-10", "creation"), ("2026-05-01", "revision")}
    assert found.uricode == [record.identifier, "https://autre.example/jeu/12"]
    assert found.topiccategory == ["utilitiesCommunication"]
    assert found.denominators == ["500"]
    assert found.distance == ["0.5"]
    assert [k.name for block in found.keywords for k in block.keywords] == [
        "Services d'utilité publique et services publics", "mobilier urbain", "espace vert", "données ouvertes",
    ]  # fmt: skip
    assert (found.bbox.minx, found.bbox.miny, found.bbox.maxx, found.bbox.maxy) == ("2.10", "48.80", "2.30", "48.90")
    assert (found.temporalextent_start, found.temporalextent_end) == record.period
    assert [(one.organization, one.role, one.email) for one in found.contact][:2] == [
        ("Nanterre", "owner", "sig@idg.example"), ("Service SIG", "pointOfContact", "sig@idg.example"),
    ]  # fmt: skip
    assert read.dataquality.lineage.startswith("Levé sur le terrain par la commune.")
    assert [one.code for one in [read.referencesystem]] == ["EPSG:2154"]
    assert {one.url for one in read.distribution.online} == {one.href for one in record.resources}


def test_limits_and_use_are_two_blocks_by_their_codes(record: Record, asking: Any) -> None:
    for one, code in ((record, "noLimitations"), (asking.record("erp"), "INSPIRE_Directive_Article13_1f")):
        root = iso19139.element(one)
        blocks = list(root.iter(f"{{{iso19139.GMD}}}MD_LegalConstraints"))
        assert len(blocks) == 2
        assert blocks[0].find(f"{{{iso19139.GMD}}}useConstraints") is not None
        anchors = [a.get(f"{{{iso19139.XLINK}}}href") for a in blocks[1].iter(f"{{{iso19139.GMX}}}Anchor")]
        assert anchors == [f"http://inspire.ec.europa.eu/metadata-codelist/LimitationsOnPublicAccess/{code}"]
    text = etree.tostring(iso19139.element(asking.record("erp")), encoding="unicode")
    assert "Les partenaires de la charte" in text
    assert "Charte MIG" in text


@pytest.mark.reference
@pytest.mark.parametrize(("driver", "gml320"), [("iso19139-gml32", False), ("iso19139-gml320", True)])
def test_both_generations_of_schemas_accept_it(record: Record, asking: Any, shared: Any, driver: str, gml320: bool) -> None:  # fmt: skip
    schema = etree.XMLSchema(etree.parse(shared / "reference" / "xsd" / "pilotes" / f"{driver}.xsd"))
    for one in (record, asking.record("erp"), asking.record("prenoms"), replace(record, period=(None, "2026-01-01"))):
        assert schema.validate(iso19139.element(one, gml320=gml320)), (one.id, schema.error_log.last_error)


@pytest.mark.reference
@pytest.mark.slow
@pytest.mark.parametrize("name", ["dcat-ap_3.0.0_shapes.ttl", "geodcat-ap_2.0.0_shacl.ttl"])
def test_dcat_ap_3_and_geodcat_ap_hold_by_their_shapes(record: Record, asking: Any, shared: Any, name: str) -> None:
    from pyshacl import validate

    shapes = Graph().parse(shared / "reference" / "metadonnees" / "dcat-ap" / name)
    told = [record, asking.record("erp"), asking.record("prenoms")]
    body = rdf.catalogue(told, record.publisher, "fr", "turtle", total=3, page=1, pages=2, modified="2026-06-01")
    conforms, _, text = validate(Graph().parse(data=body, format="turtle"), shacl_graph=shapes, advanced=True)
    assert conforms, text


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
@pytest.mark.parametrize(("form", "parser"), [("xml", "xml"), ("turtle", "turtle"), ("json-ld", "json-ld")])
def test_dcat_says_the_same_in_its_three_writings(record: Record, form: str, parser: str) -> None:
    graph = Graph().parse(data=rdf.document(record, form), format=parser)
    node = graph.value(predicate=RDF.type, object=DCAT.Dataset)
    assert str(node) == record.identifier
    assert str(graph.value(node, DCTERMS.title)) == record.title
    assert str(graph.value(node, DCTERMS.modified)) == "2026-05-01"
    assert {str(one) for one in graph.objects(node, DCAT.keyword)} == set(record.keywords)
    downloads = {str(graph.value(one, DCAT.accessURL)) for one in graph.objects(node, DCAT.distribution)}
    assert downloads == {one.href for one in record.resources if one.function == "download"}
    assert downloads


def test_schema_org_and_dublin_core(record: Record) -> None:
    told = schema_org.document(record)
    assert told["spatialCoverage"]["geo"]["box"] == "48.8 2.1 48.9 2.3"
    assert told["temporalCoverage"] == "2024-01-01/2026-05-01"
    assert told["license"].startswith("https://www.etalab.gouv.fr")
    core = dublin_core.element(record)
    assert core.findtext(f"{{{dublin_core.DC}}}title") == record.title
    assert core.findtext(f"{{{dublin_core.OWS}}}BoundingBox/{{{dublin_core.OWS}}}LowerCorner") == "48.8 2.1"


@pytest.mark.reference
def test_the_json_record_follows_its_official_schema(record: Record, asking: Any, shared: Any) -> None:
    import jsonschema
    import yaml

    folder = shared / "ogc" / "records"
    common = yaml.safe_load((folder / "recordCommonProperties.yaml").read_text("utf-8"))
    store = {one.name: yaml.safe_load(one.read_text("utf-8")) for one in folder.glob("*.yaml")}

    def whole(value: Any) -> Any:
        """The schema with what it refers to in its place."""
        if isinstance(value, dict):
            if "$ref" in value:
                name = value["$ref"].rsplit("/", 1)[-1]
                return whole(store[name]) if name in store else {}
            return {key: whole(inner) for key, inner in value.items() if key != "nullable"}
        return [whole(inner) for inner in value] if isinstance(value, list) else value

    for one in (record, asking.record("prenoms"), asking.record("erp")):
        told = records_json.document(one, "https://idg.example")
        jsonschema.validate(told["properties"], whole(common))
        jsonschema.validate(told["time"], {"anyOf": [{"type": "null"}, whole(store["time.yaml"])]})
        for link in told["links"]:
            jsonschema.validate(link, whole(store["link.yaml"]))


def test_a_record_says_what_it_lacks_with_the_clause(record: Record) -> None:
    poor = replace(record, lineage=None, parties=(), inspire=None, topics=(), bbox=(2.3, 48.8, 2.1, 48.9))
    told = {lack.field: lack for lack in lacks(poor)}
    assert set(told) == {"lineage", "contacts", "topics", "extent", "theme", "attributes"}
    assert told["lineage"].required
    assert "TG 1.11" in told["lineage"].clause
    assert not told["theme"].required
    assert [lack.field for lack in lacks(record) if lack.required] == []


def test_a_control_character_never_breaks_the_xml(record: Record) -> None:
    odd = replace(record, title="Bancs\x00 \x0b<b>&\ud800", keywords=("a\x1fb",))
    assert etree.fromstring(iso19139.document(odd)).tag.endswith("MD_Metadata")
    assert etree.fromstring(dublin_core.document(odd)).tag.endswith("Record")


@pytest.mark.parametrize("form", ["json", "iso19139", "dcat", "ttl", "dcat-jsonld", "jsonld", "dc"])
def test_no_form_keeps_an_address_of_ours_nor_a_token_in_an_identifier(asking: Any, form: str) -> None:
    body = asking.bytes("/collections/bancs/record", f=form, base="https://idg.example/t/jeton").decode()
    assert ".invalid" not in body
    assert "https://idg.example/collections/bancs" in body


def test_an_unknown_form_names_those_there_are(asking: Any) -> None:
    with pytest.raises(InvalidParameter) as caught:
        asking.response("/collections/bancs/record", f="iso19140")
    assert "iso19139" in caught.value.text()


def test_an_open_record_is_told_in_english_too(asking: Any) -> None:
    told = asking.json("/collections/bancs/record", lang="en")
    assert told["properties"]["title"] == "Bancs publics de Nanterre (en)"
    assert "open data" in told["properties"]["keywords"]


def test_an_owner_declared_as_contact_is_told_once(asking: Any) -> None:
    declared = {"contacts": [{"role": "owner", "name": "Nanterre", "email": "sig@nanterre.example"}]}
    one = replace(asking.snapshot.collections["bancs"], declared=declared)
    told = asking.records.one(asking.request("/collections/bancs/record"), one)
    assert [(party.name, party.email) for party in told.parties if party.role == "owner"] == [
        ("Nanterre", "sig@nanterre.example")
    ]
