"""The reading half of CKAN's action API, which harvesters of portals speak: `package_list` and `package_show`."""

from __future__ import annotations

from typing import Any

from mig_idg.catalogue.model import HOME, Record


def answer(action: str, result: Any) -> dict[str, Any]:
    """The envelope of CKAN's action API, version 3."""
    return {"help": f"{HOME}/api/3/action/help_show?name={action}", "success": True, "result": result}


def package(record: Record) -> dict[str, Any]:
    """One dataset in CKAN's words."""
    owner = next((party for party in record.parties if party.role == "owner"), record.parties[0])
    contact = next((party for party in record.parties if party.email), owner)
    extras = {
        "guid": record.file_identifier,
        "harvest_source": record.origin.url if record.origin else None,
        "language": record.language,
        "frequency": record.frequency,
        "lineage": record.lineage,
        "access": " ".join(clause.sentence for clause in record.clauses),
        "theme": record.inspire.uri if record.inspire else record.theme,
    }
    return {
        "id": record.id,
        "name": record.id,
        "title": record.title,
        "notes": record.abstract,
        "url": record.page if record.origin else record.identifier,
        "type": "dataset",
        "state": "active",
        "private": False,
        "author": owner.name,
        "maintainer": contact.name,
        "maintainer_email": contact.email,
        "license_id": record.licence.spdx if record.licence else "other-closed",
        "license_title": record.licence.name if record.licence else None,
        "license_url": record.licence.url if record.licence else None,
        "isopen": record.is_open,
        "metadata_created": f"{record.created or record.stamp}T00:00:00",
        "metadata_modified": f"{record.stamp}T00:00:00",
        "organization": {"name": owner.name, "title": owner.name, "type": "organization", "state": "active"},
        "tags": [{"name": word, "display_name": word, "state": "active"} for word in record.keywords],
        "num_tags": len(record.keywords),
        "resources": [
            {
                "id": f"{record.id}-{number}",
                "name": one.title,
                "url": one.href,
                "format": one.format[0] if one.format else "",
                "mimetype": one.media_type,
            }
            for number, one in enumerate(record.resources)
            if one.function == "download"
        ],
        "num_resources": sum(one.function == "download" for one in record.resources),
        "extras": [{"key": key, "value": value} for key, value in extras.items() if value],
    }
