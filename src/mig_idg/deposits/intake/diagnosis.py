"""Where a text file that nobody can read goes wrong: line and column of the first fault of JSON or XML."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from xml.sax import SAXParseException, handler
from xml.sax.xmlreader import InputSource

from defusedxml import DefusedXmlException
from defusedxml.expatreader import create_parser

from mig_idg.deposits.intake.format_detection import GEOJSON, GML, Format

LARGEST = 256 << 20


@dataclass(frozen=True, slots=True)
class Fault:
    """Line and column, both from 1."""

    line: int
    column: int


def where(path: Path, form: Format) -> Fault | None:
    """The first fault, or None when there is none to see (or the file is too large to be read whole)."""
    if not path.exists() or path.stat().st_size > LARGEST:
        return None
    if form == GEOJSON:
        return _json(path)
    return _xml(path) if form == GML else None


def _json(path: Path) -> Fault | None:
    try:
        json.loads(path.read_bytes())
    except json.JSONDecodeError as error:
        return Fault(error.lineno, error.colno)
    except (UnicodeDecodeError, RecursionError):
        return None
    return None


def _xml(path: Path) -> Fault | None:
    parser = create_parser(forbid_dtd=True)
    parser.setContentHandler(handler.ContentHandler())
    parser.setFeature(handler.feature_external_ges, False)
    try:
        with path.open("rb") as file:
            source = InputSource()
            source.setByteStream(file)
            parser.parse(source)
    except SAXParseException as error:
        return Fault(int(error.getLineNumber() or 1), int(error.getColumnNumber() or 0) + 1)
    except DefusedXmlException:
        return None
    return None
