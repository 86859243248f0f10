"""The inventory of coproduced data is online: every validated version, for everybody, and nothing that is hidden."""

from __future__ import annotations

from typing import Any

from mig_idg.database import connect


def test_every_validated_coproduction_is_in_the_inventory_for_everybody(service: Any) -> None:
    """Charte MIG, § 3.1.1, § 3.2.2: online, public, at once."""
    with connect(service.database_url) as owner:
        validated = {id for (id,) in owner.execute("select distinct dataset from registry.inventory_entry")}
    told = service.get("/inventory?f=json").json()
    assert {one["dataset"] for one in told["inventory"]} == validated != set()
    one = next(one for one in told["inventory"] if one["dataset"] == "adresses")
    assert (one["in_force"], one["co_owners"] > 1) == (True, True)
    assert service.get(one["links"][1]["href"].removeprefix(service.url)).status_code == 200


def test_the_page_is_in_both_languages(service: Any) -> None:
    for lang, words in (("fr", "Inventaire des données coproduites"), ("en", "Inventory of coproduced data")):
        page = service.get("/inventory", headers={"accept": "text/html", "accept-language": lang})
        assert (page.status_code, words in page.text) == (200, True)


def test_what_its_owners_hide_is_absent(own_service: Any) -> None:
    with connect(own_service.database_url) as owner, owner.transaction():
        owner.execute("set local session_replication_role = replica")
        owner.execute("update registry.dataset_metadata set visibility = 'hidden' where dataset = 'adresses'")
        owner.execute("update registry.epoch set number = number + 1")
    assert own_service.get("/collections/adresses").status_code == 404
    assert "adresses" not in {one["dataset"] for one in own_service.get("/inventory?f=json").json()["inventory"]}
