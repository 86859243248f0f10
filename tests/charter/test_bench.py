"""What measures the two promises of speed: `./idg bench charter`, and no test, since machines differ."""

import json

import pytest

from bench import charter
from bench.charter import NONE, ON, WHO, partnership, run
from bench.command import command
from mig_idg.charter import AccessRequest, decide
from mig_idg.charter.questions import visible
from mig_idg.cli.messages import guarded


def test_what_a_body_may_see_among_a_thousand_datasets():
    assert 300 < len(visible("92012", NONE, partnership(), ON)) < 1000


def test_the_benchmark_meets_every_kind_of_basis_and_tells_its_measures():
    facts = partnership(60)
    rules = {
        decide(AccessRequest(who, NONE, "view", id, ON), facts).rule for who in WHO.values() for id in facts.datasets
    }
    assert rules >= {"B1", "B3", "B4", "B6", "B6b", "B7", "B8", "B9", "B11"}
    told = run(rounds=1)
    assert set(told["decision_us"]) == set(WHO)
    assert told["targets"] == {"decision_us": 50.0, "listing_ms": 20.0}


@pytest.mark.parametrize(("met", "code"), [(True, 0), (False, 1)])
def test_bench_charter_tells_the_measures_and_answers_no_when_a_target_is_missed(met, code, monkeypatch, capsys):
    told = run(rounds=1) | {"met": met}
    monkeypatch.setattr(charter, "run", lambda: told)
    assert guarded(command, ["charter", "--json"]) == code
    assert json.loads(capsys.readouterr().out) == told
    assert guarded(command, ["charter"]) == code
    assert str(told["listing_ms"]) in capsys.readouterr().out
