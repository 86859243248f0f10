"""The table of moves, walked pair by pair, in the code and in the database; and the words a depositor certifies by."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from mig_idg.database import connect
from mig_idg.deposits import certification, sign
from mig_idg.deposits.lifecycle import MOVES, STATES, WHO, move, moves_from
from mig_idg.errors import Conflict, InvalidParameter

KINDS = ("mutualised", "coproduced")
NAMES = tuple(dict.fromkeys(one.name for one in MOVES))


@pytest.mark.parametrize(("state", "kind"), list(product(STATES, KINDS)))
def test_every_pair_is_a_move_or_a_refusal_that_says_who_can_do_what(state: str, kind: str):
    allowed = {one.name: one for one in moves_from(state, kind)}
    for name in NAMES:
        if name in allowed:
            assert move(name, state, kind).after in STATES
            continue
        with pytest.raises(Conflict) as refused:
            move(name, state, kind)
        told = refused.value.text("fr")
        assert STATES[state].fr in told
        for one in allowed.values():
            assert WHO[one.who].fr in told
            assert one.words.fr in told


def test_what_ended_moves_no_more_and_the_rest_has_a_way_on():
    assert [state for state in STATES if not moves_from(state, "mutualised")] == ["archived", "withdrawn"]
    assert not [one for one in moves_from("signed_off", "coproduced") if one.after == "published"]


def test_only_the_referent_signs_and_only_the_service_publishes():
    assert {one.who for one in MOVES if one.after == "signed_off" and one.before != "signed_off"} == {"referent"}
    assert {one.who for one in MOVES if one.after == "published"} == {"service"}
    assert {one.before for one in MOVES if one.after == "published"} == {"signed_off"}


def test_the_database_knows_the_same_pairs(database_url: str):
    with connect(database_url) as connection:
        rows = connection.execute("select before, after from deposits.move").fetchall()
    assert set(rows) == {(one.before, one.after) for one in MOVES}


GIVEN = {
    "same-files": "yes", "legal-conformity": "oui", "production": "2025-01-01/2025-06-30", "validity": "2025-07-01/..",
    "checklist": "E1:no,E2:no,E3:yes,E4:no,E5:no,E6:no",
}  # fmt: skip


def test_what_is_certified_is_kept_as_said():
    certified, answers = certification.read(GIVEN)
    assert certified == {
        "same_files": True, "legal_conformity": True, "production": "2025-01-01/2025-06-30",
        "validity": "2025-07-01/..",
    }  # fmt: skip
    assert answers == {"E1": "no", "E2": "no", "E3": "yes", "E4": "no", "E5": "no", "E6": "no"}
    assert certification.read({}) == (None, None)


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("same-files", "no"), ("legal-conformity", ""), ("production", "2025"), ("validity", "2025-07-01/2025-06-30"),
        ("validity", "2025-02-30/.."), ("checklist", "E1:no"), ("checklist", "E7:no"), ("checklist", "yes"),
    ],
)  # fmt: skip
def test_what_is_not_certified_whole_is_named(word: str, value: str):
    with pytest.raises(InvalidParameter) as refused:
        certification.read({**GIVEN, word: value})
    assert refused.value.extra["parameter"] == word
    assert refused.value.remedy


def test_a_signatory_is_known_by_name_or_address():
    known = [{"role": "technical_referent", "person": "Ana Roux", "email": "a.roux@ville.example"}]
    day = date(2026, 6, 15)
    assert sign.signatory(known, name="ana roux", login=None, day=day)["role"] == "technical_referent"
    assert sign.signatory(known, name=None, login="A.Roux@ville.example", day=day)
    with pytest.raises(sign.Refused, match="référent"):
        sign.signatory(known, name="Bo", login="bo", day=day)
    with pytest.raises(sign.Refused, match="nommé"):
        sign.signatory([], name="Ana Roux", login=None, day=day)
