"""How the descriptions of our processes are written: inputs and outputs in one line each."""

from __future__ import annotations

from typing import Any


def text(fr: str, en: str) -> dict[str, str]:
    """A text by language, as pygeoapi's metadata hold it."""
    return {"fr": fr, "en": en}


def given(fr: str, en: str, schema: dict[str, Any], *, required: bool = True, most: int | str = 1) -> dict[str, Any]:
    """One input."""
    return {"title": text(fr, en), "schema": schema, "minOccurs": int(required), "maxOccurs": most}


def made(fr: str, en: str, schema: dict[str, Any]) -> dict[str, Any]:
    """One output."""
    return {"title": text(fr, en), "schema": schema}


def metadata(id: str, title: tuple[str, str], description: tuple[str, str], **more: Any) -> dict[str, Any]:
    """The metadata of one process."""
    return {
        "version": "1.0.0",
        "id": id,
        "title": text(*title),
        "description": text(*description),
        "keywords": ["mig-idg"],
        "jobControlOptions": ["sync-execute", "async-execute"],
        **more,
    }


COLLECTION = {"type": "string", "minLength": 1, "maxLength": 200}
DAY = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
