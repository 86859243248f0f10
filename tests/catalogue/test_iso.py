"""The record in the two ISO encodings: valid, read again whole, and completing what a declaration lacks."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from mig_idg.catalogue import iso19115_3, iso19139, iso_reader
from mig_idg.catalogue.completion import completed
from mig_idg.catalogue.model import Record
from mig_idg.cli.main import directory
from mig_idg.cli.messages import guarded
from mig_idg.errors import Unprocessable

POOR = """# bancs de la ville
id: bancs
title: {fr: Bancs publics, en: Public benches}
description: {fr: Les bancs des rues et des parcs., en: The benches of streets and parks.}
kind: mutualised
owner: "92050"
keywords: [banc]   # gardés
source: {table: data.bancs, id: id, geometry: geom, crs: EPSG:2154}
"""


@pytest.mark.reference
def test_the_official_schemas_accept_19115_3(record: Record, asking: Any, shared: Path) -> None:
    schema = etree.XMLSchema(etree.parse(shared / "reference" / "xsd" / "pilotes" / "iso19115-3-v2.xsd"))
    for one in (record, asking.record("erp"), asking.record("prenoms"), replace(record, period=(None, "2026-01-01"))):
        assert schema.validate(iso19115_3.element(one)), (one.id, schema.error_log.last_error)


@pytest.mark.parametrize("write", [iso19139.document, iso19115_3.document])
def test_read_again_every_field_is_there(record: Record, write: Any) -> None:
    record = replace(record, title="Bancs <publics> & « chaises »")
    read = iso_reader.read(write(record))
    assert (read.file_identifier, read.kind, read.title, read.abstract) == (
        record.file_identifier, record.kind, record.title, record.abstract,
    )  # fmt: skip
    assert read.identifiers == (record.identifier, *record.external_ids)
    assert (read.keywords, read.topics) == (record.keywords, record.topics)
    assert record.inspire is not None
    assert read.themes == (record.inspire.label.fr,)
    assert (read.metadata_language, read.language, read.stamp) == ("fre", record.language, record.stamp)
    assert (read.created, read.revised, read.frequency) == (record.created, record.revised, record.frequency)
    assert read.lineage == iso19139.stated_lineage(record)
    assert (read.scale, read.resolution, read.bbox, read.period) == (
        record.scale, record.resolution, record.bbox, record.period,
    )  # fmt: skip
    assert (read.crs, read.representation, read.parties) == (record.crs, record.representation, record.parties)
    assert (read.attribution, read.conditions) == (record.attribution, record.use_conditions)
    assert (read.limitations, read.clauses) == (record.limitations, tuple(one.sentence for one in record.clauses))
    assert (read.inspire_conformant, read.formats) == (record.inspire_conformant, record.formats)
    assert read.links == tuple((one.href, one.title) for one in record.resources)


@pytest.mark.reference
@pytest.mark.parametrize(
    ("name", "title", "theme", "scale"),
    [
        ("exemples-fictifs/bal_issy_iso19139.xml", "Base adresse locale", ("Adresses",), 500),
        ("exemples-iso19115-3/metawal.wallonie.be-catchments.xml", "Protection des captages", (), 10_000),
    ],
)
def test_records_of_others_are_read(shared: Path, name: str, title: str, theme: tuple[str, ...], scale: int) -> None:
    read = iso_reader.read((shared / "reference" / "metadonnees" / name).read_bytes())
    assert str(read.title).startswith(title)
    assert (read.themes, read.scale) == (theme, scale)
    assert read.parties
    assert read.bbox


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<a/>",
        b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        b"<MD_Metadata><identificationInfo/></MD_Metadata>",
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_record_of_a_dataset_is_refused(body: bytes) -> None:
    with pytest.raises(Unprocessable):
        iso_reader.read(body)


@pytest.mark.parametrize("write", [iso19139.document, iso19115_3.document])
def test_a_record_completes_what_a_declaration_lacks_and_nothing_else(record: Record, write: Any) -> None:
    done = completed(POOR, "bancs.yml", iso_reader.read(write(record)))
    assert done.text.startswith(POOR)
    assert done.kept == ("keywords",)
    assert done.added["scale"] == [500, 500]
    assert done.added["topics"] == ["utilitiesCommunication"]
    assert done.added["update_frequency"] == "monthly"
    assert {"licence", "terms", "title"}.isdisjoint(done.added)  # rights are declared, never uploaded
    assert completed(done.text, "bancs.yml", iso_reader.read(write(record))).added == {}


def test_the_command_completes_the_file_and_says_what(
    record: Record, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    (tmp_path / "bancs.yml").write_text(POOR, "utf-8")
    (tmp_path / "fiche.xml").write_bytes(iso19115_3.document(record))
    words = ["record", "complete", "bancs", str(tmp_path / "fiche.xml"), "--dir", str(tmp_path), "--json"]
    assert guarded(directory, [*words, "--check"]) == 0
    assert (tmp_path / "bancs.yml").read_text("utf-8") == POOR
    capsys.readouterr()
    assert guarded(directory, words) == 0
    assert "lineage" in json.loads(capsys.readouterr().out)["added"]
    assert "lineage" in (tmp_path / "bancs.yml").read_text("utf-8")
    (tmp_path / "fiche.xml").write_bytes(b"<a/>")
    assert guarded(directory, words) in (1, 2)
    assert "19115-3" in capsys.readouterr().err
    assert guarded(directory, ["record", "complete", "absent", *words[3:]]) in (1, 2)
