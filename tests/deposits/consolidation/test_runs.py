"""One base of everyone's: what is kept, what is found, what is remembered, and that it can be made again."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

import psycopg
import pytest
from tests.deposits.consolidation.conftest import RECIPE, door, written

from mig_idg.deposits.consolidation import decisions, findings, report, runs
from mig_idg.deposits.intake.report import RefusedFile
from mig_idg.errors import Conflict, InvalidParameter, UnknownWord


def kinds(conn, made, **more):
    return sorted(row["kind"] for row in runs.conflicts(conn, made.run, **more))


def base(conn, made):
    return b"".join(runs.export(conn, made.run))


def test_the_contributions_become_one_base(town, consolidate, contribute):
    made = consolidate(
        contribute("92050", door("a1", "92050", 1), door("a2", "92050", 3, 200)),
        contribute("92036", door("b1", "92036", 1)),
    )
    assert (made.rows, made.read, made.lacking, made.counts) == (3, 2, ("92024",), {"gap": 1})
    assert [line.count(b"Feature") for line in base(town, made).splitlines()] == [1, 1, 1]


def test_the_same_contributions_give_the_same_bytes_whatever_their_order(town, consolidate, contribute):
    """C-03: reproducibly, from named contribution versions."""
    lines = [door(f"a{n}", "92050", n, 10 * n) for n in range(1, 20)]
    others = [door(f"b{n}", "92036", n, 10 * n) for n in range(1, 20)]
    first = consolidate(contribute("92050", *lines), contribute("92036", *others))
    again = consolidate(contribute("92036", *others), contribute("92050", *lines))
    assert (first.sha256, base(town, first)) == (again.sha256, base(town, again))
    assert again.read == 0
    assert again.compared == 0
    shuffled = consolidate(contribute("92050", *reversed(lines)), contribute("92036", *others))
    assert (shuffled.read, shuffled.sha256, base(town, shuffled)) == (1, first.sha256, base(town, first))


def test_only_what_changed_is_read_and_compared(town, consolidate, contribute):
    given = {body: contribute(body, door(f"{body}-1", body, 1)) for body in ("92050", "92036", "92024")}
    consolidate(*given.values())
    given["92024"] = contribute("92024", door("92024-1", "92024", 1), door("92024-2", "92024", 3, 300))
    made = consolidate(*given.values())
    assert made.read == 1


def test_a_value_is_recoded_and_one_out_of_the_list_is_told(town, consolidate, contribute):
    made = consolidate(
        contribute("92050", door("a1", "92050", 1, position="entree"), door("a2", "92050", 3, 200, position="cave"))
    )
    (row,) = runs.conflicts(town, made.run, kinds=["value"])
    assert (row["key"], row["details"]["column"], row["details"]["value"]) == ("a2", "position", "cave")
    assert '"position":"entrée"'.encode() in base(town, made)


def test_the_same_object_on_both_sides_of_a_limit_is_kept_where_it_lies(town, consolidate, contribute):
    mine = door("a1", "92050", 7, 995)
    theirs = door("b1", "92036", 7, -1)  # 4 m away, within the tolerance, on the square of 92050
    made = consolidate(contribute("92050", mine), contribute("92036", theirs))
    (row,) = runs.conflicts(town, made.run, kinds=["duplicate_across"])
    assert (row["contributor"], row["key"], row["other_key"], row["proposal"]) == ("92036", "b1", "a1", "keep_second")
    assert [made.rows, b'"id":"a1"' in base(town, made)] == [1, True]


def test_a_feature_on_another_s_territory_is_told_line_by_line(town, consolidate, contribute):
    made = consolidate(contribute("92050", door("a1", "92050", 1), door("a2", "92050", 3, 1500)))
    (row,) = runs.conflicts(town, made.run, kinds=["outside"])
    assert (row["key"], row["proposal"], row["details"]["territory_of"]) == ("a2", "drop", "92036")
    assert made.rows == 1


def test_within_the_tolerance_nothing_is_outside(town, consolidate, contribute):
    made = consolidate(contribute("92050", door("a1", "92050", 1, 1001.5)))
    assert kinds(town, made) == []


def test_the_same_key_in_two_contributions_keeps_one(town, consolidate, contribute):
    made = consolidate(contribute("92050", door("x", "92050", 1)), contribute("92036", door("x", "92036", 5)))
    (row,) = runs.conflicts(town, made.run, kinds=["duplicate_key"])
    assert made.rows == 1
    with pytest.raises(UnknownWord):  # two features cannot have one identifier
        decisions.decide(town, made.run, row["identity"], "keep_both", "les deux", "greffier")


def test_the_same_object_twice_in_a_contribution_proposes_the_newest(town, consolidate, contribute):
    made = consolidate(contribute("92050", door("a1", "92050", 1), door("a2", "92050", 1, 103, maj="2026-02-01")))
    (row,) = runs.conflicts(town, made.run, kinds=["duplicate"])
    assert row["proposal"] == "keep_second"
    assert b'"id":"a2"' in base(town, made)


def test_a_code_of_another_territory_and_missing_columns_are_told(town, consolidate, contribute):
    made = consolidate(contribute("92050", "a1;Rue;1;92024;640100;6860500", header="id;nom;numero;insee;x;y"))
    assert kinds(town, made) == ["column_missing", "column_missing", "territory_code"]


def test_a_decision_is_remembered_at_the_next_run(town, consolidate, contribute):
    given = [contribute("92050", door("a1", "92050", 7, 995)), contribute("92036", door("b1", "92036", 7, -1))]
    first = consolidate(*given)
    (row,) = runs.conflicts(town, first.run, kinds=["duplicate_across"])
    decisions.decide(town, first.run, row["identity"][:10], "keep_both", "deux portes", "greffier")
    second = consolidate(*given)
    assert (second.rows, len(runs.conflicts(town, second.run, kinds=["duplicate_across"], undecided=True))) == (2, 0)
    given[0] = contribute("92050", door("a1", "92050", 7, 995), door("a9", "92050", 9, 50))
    third = consolidate(*given)
    assert third.rows == 3
    (again,) = runs.conflicts(town, third.run, kinds=["duplicate_across"])
    assert (again["identity"], again["reason"], again["author"]) == (row["identity"], "deux portes", "greffier")


def test_all_proposals_of_a_kind_are_accepted_at_once_with_a_reason(town, consolidate, contribute):
    made = consolidate(contribute("92050", door("a2", "92050", 3, 1500), door("a3", "92050", 5, 1600)))
    with pytest.raises(InvalidParameter, match="motive"):
        decisions.accept_proposals(town, made.run, "outside", " ", "greffier")
    assert decisions.accept_proposals(town, made.run, "outside", "hors commune", "greffier") == 2
    assert runs.conflicts(town, made.run, kinds=["outside"], undecided=True) == []


def test_an_excluded_contributor_does_not_enter_on_those_days(town, doors, consolidate, contribute):
    given = [contribute("92050", door("a1", "92050", 1)), contribute("92036", door("b1", "92036", 1))]
    decisions.exclude(town, "portes", "92036", "licence contestée", "Charte MIG, § 3.3", "g", date(2026, 3, 1), None)
    made = consolidate(*given)
    assert [made.rows, [one["contributor"] for one in made.excluded]] == [1, ["92036"]]
    assert consolidate(*given, on=date(2026, 2, 28)).rows == 2


def test_nothing_to_consolidate_is_said(consolidate):
    with pytest.raises(Conflict, match="Aucune contribution"):
        consolidate()


def test_two_contributions_of_one_body_are_a_question(consolidate, contribute):
    one = contribute("92050", door("a1", "92050", 1))
    with pytest.raises(InvalidParameter, match="92050"):
        consolidate(one, one)


def test_a_body_that_the_recipe_lacks_is_refused(consolidate, contribute):
    with pytest.raises(UnknownWord):
        consolidate(replace(contribute("92050", door("a1", "92050", 1)), contributor="bspp"))


def test_a_faulty_file_leaves_nothing_behind(town, consolidate, contribute):
    with pytest.raises(RefusedFile):
        consolidate(contribute("92050", door("a1", "92050", 1, numero="douze")))
    for table in ("contribution", "feature", "run"):
        assert town.execute(f"select count(*) from consolidation.{table}").fetchone() == (0,)
    assert town.execute("select count(*) from pg_tables where tablename like 'contribution_%'").fetchone() == (0,)


def test_killed_while_it_assembles_a_run_goes_on_from_what_is_staged(town, doors, contribute, monkeypatch):
    given = [contribute("92050", door("a1", "92050", 1)), contribute("92036", door("b1", "92036", 1))]

    def killed(*_):
        raise psycopg.OperationalError("terminated")

    with monkeypatch.context() as broken:
        broken.setattr(findings, "look", killed)
        with pytest.raises(psycopg.OperationalError):
            runs.run(town, doors, given, "g", date(2026, 3, 2), lambda *_: None)
    town.rollback()
    assert town.execute("select count(*) from consolidation.run").fetchone() == (0,)
    made = runs.run(town, doors, given, "g", date(2026, 3, 2), lambda *_: None)
    assert (made.rows, made.read) == (2, 0)


def test_a_recipe_that_treats_contributions_otherwise_reads_them_again(town, consolidate, contribute, tmp_path):
    given = contribute("92050", door("a1", "92050", 1, position="entree"))
    consolidate(given)
    other = written(
        tmp_path, RECIPE.replace("{entree: entrée}", "{entree: bâtiment}").replace("version: 1", "version: 2")
    )
    made = consolidate(given, of=other)
    assert made.read == 1
    assert '"position":"bâtiment"'.encode() in base(town, made)
    same = written(tmp_path, RECIPE.replace('precedence: ["92036"]', 'precedence: ["92050"]'))
    assert consolidate(given, of=same).read == 0


def test_the_report_tells_by_contributor_and_on_a_map(town, consolidate, contribute):
    """C-05: what is submitted to the technical committee comes with its report of conflicts."""
    made = consolidate(
        contribute("92050", door("a1", "92050", 7, 995)), contribute("92036", door("b1", "92036", 7, -4))
    )
    told = report.report(town, made.run, "fr")
    assert [one["contributor"] for one in told["contributors"]] == ["92036", "92050"]
    assert [one["kept"] for one in told["contributors"]] == [0, 1]
    assert told["gaps"] == ["92024"]
    assert told["undecided"] == 2  # outside its territory, and the same object
    features = report.as_geojson(runs.conflicts(town, made.run), "fr")["features"]
    longitude, latitude = features[0]["geometry"]["coordinates"]
    assert (round(longitude), round(latitude)) == (2, 49)
    from mig_idg.web.consolidation import page

    html = page(told, {"features": features}, "fr")
    assert "même objet de part et d'autre" in html.replace("&#39;", "'")
    assert "<circle" in html


def test_every_kind_of_conflict_has_resolutions_and_words():
    assert set(findings.RESOLUTIONS) == set(findings.CONFLICTS)
    for kind, allowed in findings.RESOLUTIONS.items():
        assert kind in findings.KINDS
        assert set(allowed) <= set(findings.RESOLUTION_WORDS)


def test_the_digest_is_that_of_the_features(town, consolidate, contribute):
    made = consolidate(contribute("92050", door("a1", "92050", 1)))
    rows = town.execute("select key, digest from consolidation.feature order by key").fetchall()
    assert made.sha256 == hashlib.sha256(b"".join(key.encode() + digest for key, digest in rows)).hexdigest()
