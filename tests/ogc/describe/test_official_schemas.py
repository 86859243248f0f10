"""The documents against the OGC's own schemas."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from tests.ogc.describe.conftest import PARTNER, Asking

pytestmark = pytest.mark.reference
HERE = "https://schemas.example/"


def validator(root: Path, place: str) -> Draft202012Validator:
    """A schema of the folder; references to part 1 of Features by its address are read in its folder here."""

    def retrieve(uri: str) -> Resource[Any]:
        place = uri.removeprefix(HERE) if uri.startswith(HERE) else f"features/core/{uri.rsplit('/', 1)[1]}"
        # The extent of Common part 2 demands of `spatial` what it means for other dimensions: no extent follows it.
        path = root / place.replace("extent-uad", "extent")
        return Resource(contents=yaml.safe_load(path.read_text("utf-8")), specification=DRAFT202012)

    registry: Registry[Any] = Registry(retrieve=retrieve)  # type: ignore[call-arg]
    return Draft202012Validator({"$ref": f"{HERE}{place}"}, registry=registry)


@pytest.mark.parametrize(
    ("path", "folder", "schema"),
    [
        ("/", "features/core", "landingPage.yaml"),
        ("/conformance", "features/core", "confClasses.yaml"),
        ("/collections", "features/core", "collections.yaml"),
        ("/collections/bancs", "features/core", "collection.yaml"),
        ("/collections", "features/crs", "collections.yaml"),
        ("/collections/bancs", "features/crs", "collection.yaml"),
        ("/", "tiles/common-core", "landingPage.yaml"),
        ("/conformance", "tiles/common-core", "confClasses.yaml"),
        ("/collections", "tiles/common-geodata", "collections.yaml"),
        ("/collections/bancs", "tiles/common-geodata", "collectionInfo.yaml"),
    ],
)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_document_follows_its_official_schema(
    asking: Asking, shared: Path, path: str, folder: str, schema: str, lang: str
) -> None:
    errors = list(validator(shared / "ogc", f"{folder}/{schema}").iter_errors(asking.json(path, PARTNER, lang=lang)))
    assert errors == []
