"""A base goes into its layer: what changed only, with its origins, at the right stage; the committee's word counts."""

from __future__ import annotations

from datetime import date

import pytest
from tests.deposits.consolidation.conftest import DAY, door

from mig_idg.deposits.consolidation import adoption, decisions, runs
from mig_idg.errors import Conflict, InvalidParameter, Refused
from mig_idg.registry import committees, datasets
from mig_idg.registry.acts import Evidence, Record
from mig_idg.registry.committees import Sitting
from mig_idg.registry.datasets import Version

SITTING = Sitting("technical", ("92050", "92026"), "compte-rendu 3")


def on(day=DAY):
    return Record(day, "greffier", Evidence("compte-rendu", "3", day))


def rows(conn):
    return conn.execute("select id, numero, insee from data.portes order by id").fetchall()


@pytest.fixture
def structured(town):
    """The group fixed the common structure (stage 1)."""
    datasets.move(town, "portes", "structured", on(date(2026, 2, 1)))
    town.commit()
    return town


def test_the_layer_takes_the_base_and_the_coproduction_is_consolidated(structured, consolidate, contribute):
    made = consolidate(contribute("92050", door("a1", "92050", 1)), contribute("92036", door("b1", "92036", 5)))
    done = adoption.adopt(structured, made.run, on())
    assert (done.added, done.changed, done.removed, done.stage) == (2, 0, 0, "consolidated")
    assert rows(structured) == [("a1", 1, "92050"), ("b1", 5, "92036")]
    assert datasets.stage_of(structured, "portes", DAY) == "consolidated"


def test_only_what_changed_is_written(structured, consolidate, contribute):
    mine = contribute("92050", door("a1", "92050", 1), door("a2", "92050", 3, 200))
    theirs = contribute("92036", door("b1", "92036", 5))
    adoption.adopt(structured, consolidate(mine, theirs).run, on())
    before = dict(structured.execute("select id, xmin::text from data.portes").fetchall())
    mine = contribute("92050", door("a1", "92050", 1), door("a2", "92050", 33, 200), door("a4", "92050", 9, 300))
    done = adoption.adopt(structured, consolidate(mine).run, on())
    assert (done.added, done.changed, done.removed) == (1, 1, 1)
    after = dict(structured.execute("select id, xmin::text from data.portes").fetchall())
    assert after["a1"] == before["a1"]
    assert after["a2"] != before["a2"]
    assert rows(structured) == [("a1", 1, "92050"), ("a2", 33, "92050"), ("a4", 9, "92050")]


def test_each_feature_tells_where_it_comes_from(structured, consolidate, contribute):
    """C-04, Charte MIG, § 3.5.2: contributor, source version, processing."""
    made = consolidate(contribute("92050", door("a1", "92050", 1)))
    adoption.adopt(structured, made.run, on())
    told = adoption.origins(structured, "portes", "a1")
    assert (told["contributor"], told["source"], told["recipe"], told["recipe_version"], told["run"]) == (
        "92050", "92050.csv", "portes", 1, made.run,
    )  # fmt: skip
    assert len(told["sha256"]) == 64
    assert adoption.origins(structured, "portes", "zz") is None


def test_no_base_before_the_structure(town, consolidate, contribute):
    """C-02: the common structure comes before any consolidation."""
    made = consolidate(contribute("92050", door("a1", "92050", 1)))
    with pytest.raises(Refused, match="structured"):
        adoption.adopt(town, made.run, on())
    town.rollback()
    assert rows(town) == []


def test_a_base_older_than_a_decision_is_made_again_first(structured, consolidate, contribute):
    made = consolidate(contribute("92050", door("a2", "92050", 3, 1500)))
    decisions.accept_proposals(structured, made.run, "outside", "hors commune", "g")
    structured.commit()
    with pytest.raises(Conflict, match="depuis la consolidation"):
        adoption.adopt(structured, made.run, on())


def test_an_exception_lifts_exactly_the_features_of_a_contributor(structured, consolidate, contribute):
    """X-08: an active exception stops every outgoing path for its scope."""
    given = [contribute("92050", door("a1", "92050", 1)), contribute("92036", door("b1", "92036", 5))]
    adoption.adopt(structured, consolidate(*given).run, on())
    decisions.exclude(structured, "portes", "92036", "licence", "Charte MIG, § 3.3", "g", DAY, None)
    assert adoption.remove_contributor(structured, "portes", "92036", "g") == 1
    assert rows(structured) == [("a1", 1, "92050")]
    assert adoption.origins(structured, "portes", "b1") is None
    assert [consolidate(*given).rows, adoption.remove_contributor(structured, "portes", "92036", "g")] == [1, 0]


def test_the_committee_is_given_nothing_undecided(structured, consolidate, contribute):
    """C-05: submission waits for a decision on what blocks."""
    given = [contribute("92050", door("x", "92050", 1)), contribute("92036", door("x", "92036", 5))]
    made = consolidate(*given)
    adoption.adopt(structured, made.run, on())
    with pytest.raises(Refused, match="1 conflits"):
        datasets.move(structured, "portes", "submitted", on())
    (row,) = runs.conflicts(structured, made.run, kinds=["duplicate_key"])
    decisions.decide(structured, made.run, row["identity"], "keep_second", "à elle", "g")
    adoption.adopt(structured, consolidate(*given).run, on())
    datasets.move(structured, "portes", "submitted", on())
    assert rows(structured) == [("x", 1, "92050")]


def validated(conn, day, name):
    datasets.move(conn, "portes", "submitted", on(day))
    sitting = Sitting("technical", partners(conn, day), "compte-rendu")
    return datasets.validate(
        conn, "portes", Version(name), sitting, on(day), put=lambda conn, id: adoption.publish_waiting(conn, id, "g")
    )


def test_the_next_version_waits_for_its_validation(structured, consolidate, contribute):
    """C-06, C-07: validation is of one immutable version; the next one takes its place when it is validated."""
    adoption.adopt(structured, consolidate(contribute("92050", door("a1", "92050", 1))).run, on())
    validated(structured, date(2026, 4, 1), "1")
    datasets.move(structured, "portes", "structured", on(date(2026, 5, 1)))
    made = consolidate(contribute("92050", door("a1", "92050", 11)))
    done = adoption.adopt(structured, made.run, on(date(2026, 5, 2)))
    assert (done.waiting, rows(structured)) == (True, [("a1", 1, "92050")])
    validated(structured, date(2026, 6, 1), "2")
    assert rows(structured) == [("a1", 11, "92050")]
    assert adoption.waiting(structured, "portes") is None


def test_a_version_is_not_validated_over_the_rows_of_the_one_before(structured, consolidate, contribute):
    """C-06: whoever records it, by whatever door: refused while the rows are not there, and nothing is written."""
    adoption.adopt(structured, consolidate(contribute("92050", door("a1", "92050", 1))).run, on())
    validated(structured, date(2026, 4, 1), "1")
    datasets.move(structured, "portes", "structured", on(date(2026, 5, 1)))
    adoption.adopt(structured, consolidate(contribute("92050", door("a1", "92050", 11))).run, on(date(2026, 5, 2)))
    datasets.move(structured, "portes", "submitted", on(date(2026, 6, 1)))
    sitting = Sitting("technical", partners(structured, date(2026, 6, 1)), "compte-rendu")
    with pytest.raises(Refused, match="pas encore dans la collection"):
        datasets.validate(structured, "portes", Version("2"), sitting, on(date(2026, 6, 1)))
    assert datasets.stage_of(structured, "portes", date(2026, 6, 1)) == "submitted"
    assert rows(structured) == [("a1", 1, "92050")]


def test_what_was_removed_before_a_validation_does_not_come_back_with_it(structured, consolidate, contribute):
    """X-08: lifting the features of a contributor holds, whatever is validated afterwards."""
    given = [contribute("92050", door("a1", "92050", 1)), contribute("92036", door("b1", "92036", 5))]
    adoption.adopt(structured, consolidate(*given).run, on())
    decisions.exclude(structured, "portes", "92036", "licence", "Charte MIG, § 3.3", "g", DAY, None)
    adoption.remove_contributor(structured, "portes", "92036", "g")
    validated(structured, date(2026, 4, 1), "1")
    assert rows(structured) == [("a1", 1, "92050")]


def test_a_waiting_base_older_than_an_exclusion_is_made_again_before_its_validation(
    structured, consolidate, contribute
):
    adoption.adopt(structured, consolidate(contribute("92050", door("a1", "92050", 1))).run, on())
    validated(structured, date(2026, 4, 1), "1")
    datasets.move(structured, "portes", "structured", on(date(2026, 5, 1)))
    both = [contribute("92050", door("a1", "92050", 1)), contribute("92036", door("b1", "92036", 5))]
    adoption.adopt(structured, consolidate(*both).run, on(date(2026, 5, 2)))
    decisions.exclude(structured, "portes", "92036", "licence", "Charte MIG, § 3.3", "g", DAY, None)
    structured.commit()
    with pytest.raises(Conflict, match="depuis la consolidation"):
        validated(structured, date(2026, 6, 1), "2")
    assert datasets.stage_of(structured, "portes", date(2026, 6, 1)) == "submitted"
    assert rows(structured) == [("a1", 1, "92050")]


def test_a_validated_layer_is_not_consolidated_over(structured, consolidate, contribute):
    adoption.adopt(structured, consolidate(contribute("92050", door("a1", "92050", 1))).run, on())
    validated(structured, date(2026, 4, 1), "1")
    made = consolidate(contribute("92050", door("a1", "92050", 11)))
    with pytest.raises(Refused):
        adoption.adopt(structured, made.run, on(date(2026, 5, 2)))


def partners(conn, day):
    rows = conn.execute(
        "select organisation from registry.membership where state = 'adherent' and closed_by is null and valid @> %s",
        (day,),
    )
    return tuple(body for (body,) in rows)


@pytest.mark.parametrize("stage", ["structured", "collecting", "consolidated", "rejected"])
def test_the_committee_returns_or_rejects_with_its_reasons(structured, consolidate, contribute, stage):
    adoption.adopt(structured, consolidate(contribute("92050", door("a1", "92050", 1))).run, on())
    day = date(2026, 4, 1)
    datasets.move(structured, "portes", "submitted", on(day))
    sitting = Sitting("technical", partners(structured, day), "compte-rendu")
    with pytest.raises(InvalidParameter, match="motivé"):
        datasets.send_back(structured, "portes", stage, " ", sitting, on(day))
    done = datasets.send_back(structured, "portes", stage, "numéros à revoir", sitting, on(day))
    assert "numéros à revoir" in done.words.fr
    assert datasets.stage_of(structured, "portes", day) == stage
    held = committees.meetings(structured)[0]
    assert "numéros à revoir" in held["decisions"][-1]["motion"]


def test_a_return_that_is_opposed_moves_nothing(structured, consolidate, contribute):
    adoption.adopt(structured, consolidate(contribute("92050", door("a1", "92050", 1))).run, on())
    day = date(2026, 4, 1)
    datasets.move(structured, "portes", "submitted", on(day))
    present = partners(structured, day)
    sitting = Sitting("technical", present, "compte-rendu")
    done = datasets.send_back(structured, "portes", "collecting", "à revoir", sitting, on(day), against=present[:1])
    assert (done.details["adopted"], datasets.stage_of(structured, "portes", day)) == (False, "submitted")
