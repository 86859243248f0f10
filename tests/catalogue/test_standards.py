"""The register of standards and what has to follow them, at their door: nothing of what is hidden."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mig_idg.database import connect
from mig_idg.registry import standard_versions
from mig_idg.registry.acts import Evidence, Record

PATH = "/open-data/standards"
ON = date(2026, 1, 5)


@pytest.fixture
def duties(own_service: Any) -> Any:
    """A territorial standard that an open layer and one that the public may not know of do not follow yet."""
    record = Record(ON, "greffe", Evidence("décision", "1", ON))
    with connect(own_service.database_url) as owner:
        said = standard_versions.Version("scdl", "1", "territorial", "SCDL équipements", ON)
        standard_versions.register(owner, said, record)
        for dataset in ("equipements", "videosurveillance"):
            standard_versions.follow(owner, dataset, "scdl", None, "departement-92", record)
        owner.execute("set local session_replication_role = replica")
        owner.execute("update registry.dataset_metadata set visibility = 'hidden' where dataset = 'videosurveillance'")
        owner.execute("update registry.epoch set number = number + 1")
    return own_service


def test_a_duty_is_told_with_its_day_to_who_knows_of_the_dataset(duties: Any) -> None:
    told = duties.get(PATH).json()
    assert told["standards"][0]["due"] == "2027-01-05"
    assert [(one["dataset"], one["due"]) for one in told["duties"]] == [("equipements", "2027-01-05")]
    assert "videosurveillance" not in duties.get(PATH).text
    theirs = {one["dataset"] for one in duties.get(PATH, "owner").json()["duties"]}
    assert theirs == {"equipements", "videosurveillance"}
    page = duties.get(PATH, headers={"accept": "text/html", "accept-language": "en"})
    assert "Standards to follow" in page.text
    assert "SCDL équipements" in page.text
    calendar = duties.get(f"{PATH}?f=ics")
    assert calendar.headers["content-type"].startswith("text/calendar")
    assert "DTSTART;VALUE=DATE:20270105" in calendar.text
    assert "videosurveillance" not in calendar.text
