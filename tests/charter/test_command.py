"""`mig-idg charter`: what it prints, its exit codes, and that it needs nothing heavy."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from mig_idg.charter import RULEBOOK, reference
from mig_idg.cli.charter import command
from mig_idg.cli.messages import guarded

ROOT = Path(__file__).parents[2]
GOOD = """world:
  datasets: {d: {kind: mutualised, state: published, licence: LO-2.0, attributes: [a]}}
questions:
  - {name: "[b]open[/b]", action: view, dataset: d, on: 2026-06-01, expect: {outcome: permit, hidden: []}}
  - {name: nothing expected, action: view, dataset: d, on: 2026-06-01}
"""
WRONG = GOOD.replace("outcome: permit, hidden: []", "outcome: deny, hidden: [a, b]")
BROKEN = GOOD.replace("dataset: d,", "datset: d,", 1)


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")


def run(capsys, *args):
    code = guarded(command, list(args))
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture
def files(tmp_path):
    for name, text in {"good": GOOD, "wrong": WRONG, "broken": BROKEN}.items():
        (tmp_path / f"{name}.yml").write_text(text, "utf-8")
    return {name: str(tmp_path / f"{name}.yml") for name in ("good", "wrong", "broken", "missing")}


def test_a_file_answered_as_it_expects_exits_0(capsys, files):
    code, out, err = run(capsys, "check", files["good"])
    assert (code, err) == (0, "")
    assert "[b]open[/b]" in out
    assert "✓" in out
    assert "2 question(s), 0 failed." in out


def test_an_expectation_that_fails_exits_1_and_is_told_with_its_line(capsys, files):
    code, out, _ = run(capsys, "check", files["good"], files["wrong"])
    assert code == 1
    assert f"{files['wrong']}:4: [b]open[/b]" in out
    assert "  outcome: expected deny, got permit" in out
    assert "  hidden: expected [a, b], got []" in out
    assert "“d” is published under an open licence" in out
    assert "2 question(s), 1 failed." in out


def test_a_file_that_is_not_understood_exits_2_and_the_others_are_still_answered(capsys, files):
    code, out, err = run(capsys, "check", files["broken"], files["wrong"], "--json")
    assert code == 2
    assert err.startswith(f"{files['broken']}:4: ")
    assert "dataset" in err
    assert list(json.loads(out)) == [files["wrong"]]


def test_json_answers_each_question_in_order(capsys, files):
    code, out, _ = run(capsys, "check", "--json", files["good"])
    assert code == 0
    first, second = json.loads(out)[files["good"]]
    assert first == {
        "name": "[b]open[/b]",
        "outcome": "permit",
        "rule": "B9",
        "article": "convention Tarn-et-Garonne, art. 13",
        "reason": "“d” is published under an open licence (Licence Ouverte 2.0): anyone may read and reuse it.",
        "hidden": [],
        "obligations": ["ATTRIBUTION", "LAST_UPDATE_DATE"],
        "other": [],
        "ok": True,
    }
    assert (second["name"], second["ok"]) == ("nothing expected", None)


def test_answers_are_french_in_a_french_terminal(capsys, files, monkeypatch):
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    _, out, _ = run(capsys, "check", "--json", files["good"])
    assert "licence ouverte (Licence Ouverte 2.0)" in json.loads(out)[files["good"]][0]["reason"]


def test_remarks_go_to_stderr_and_do_not_change_the_verdict(capsys, tmp_path):
    path = tmp_path / "f.yml"
    path.write_text(GOOD.replace("dataset: d, on: 2026-06-01}", "dataset: dd, on: 2026-06-01}"), "utf-8")
    code, _, err = run(capsys, "check", str(path))
    assert code == 0
    assert err.startswith(f"{path}:5: unknown dataset: “dd”")


def test_what_is_no_readable_file_exits_2_politely(capsys, files, tmp_path):
    (tmp_path / "latin.yml").write_bytes("world: é".encode("latin-1"))
    for path, words in (
        (str(tmp_path), "is a directory"),
        (files["missing"], "no such file"),
        (str(tmp_path / "latin.yml"), "UTF-8"),
    ):
        code, _, err = run(capsys, "check", path)
        assert code == 2
        assert err.startswith(f"{path}: ")
        assert words in err


def test_a_byte_order_mark_is_no_obstacle(capsys, tmp_path):
    path = tmp_path / "bom.yml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert run(capsys, "check", str(path))[0] == 0


def test_no_file_at_all_is_not_understood(capsys):
    assert run(capsys, "check")[0] == 2


def test_the_rule_book_is_printed_for_people_and_for_programs(capsys):
    code, out, _ = run(capsys, "rules")
    assert code == 0
    positions = [out.index(f"\n{rule.id}  ") for rule in RULEBOOK.rules[1:]]
    assert positions == sorted(positions)
    assert "RESPONSIBLE:delegator" in out
    told = json.loads(run(capsys, "rules", "--json")[1])
    assert [rule["id"] for rule in told] == [rule.id for rule in (*RULEBOOK.rules, RULEBOOK.silence)]
    assert told[1]["actions"] == [
        "contribute",
        "download",
        "execute",
        "publish_open",
        "query",
        "redistribute",
        "subscribe",
        "view",
    ]
    assert told[0]["actions"] is None
    b5b = next(rule for rule in told if rule["id"] == "B5b")
    assert (b5b["unless"], b5b["view"], b5b["effect"]) == (["B5"], "everything", "permit")


def test_a_rule_as_json_says_every_part_of_it():
    assert reference.as_json(RULEBOOK.rule("B4")) == {
        "id": "B4",
        "article": "Charte MIG, § 3.4",
        "effect": "permit",
        "actions": ["contribute", "download", "publish_open", "query", "redistribute", "subscribe", "view"],
        "when": ["data_are_coproduced", "data_are_validated", "body_is_adherent", "body_is_a_co_owner"],
        "any": [],
        "unless": [],
        "view": "everything",
        "obligations": ["DISCLAIMER", "LOG", "MENTION_MIG"],
        "obligations_for_action": {"redistribute": ["THIRD_PARTY_NOTICE"], "publish_open": ["NOTIFY_CO_OWNERS"]},
        "obligations_for_licence": {},
        "fr": RULEBOOK.rule("B4").sentence.fr,
        "en": RULEBOOK.rule("B4").sentence.en,
    }
    a0 = reference.as_json(RULEBOOK.rule("A0"))
    assert (a0["view"], a0["any"]) == (None, ["action_is_unknown", "dataset_is_unknown", "day_is_not_a_date"])


TOLD = {
    "fr": """B7  permet  (Charte MIG, § 2.4.2, § 3.5.2)
    L'organisme agit comme prestataire du délégant, qui en a le droit et répond de l'usage.
    actions : lire
    - l'organisme n'est pas partenaire ce jour-là
    - un partenaire qui peut lui-même le faire lui a donné délégation, acceptée et en cours
    montre : tout, moins ce qui est masqué au délégant
    obligations : DELETE_AT_END, DISCLAIMER, LOG, MENTION_MIG, THIRD_PARTY_NOTICE, RESPONSIBLE:délégant""",
    "en": """B7  permits  (MIG charter, § 2.4.2, § 3.5.2)
    The body acts as contractor of the delegator, which has that right and answers for the use.
    actions: read
    - the body is no partner on that day
    - a partner who may do it itself gave it a delegation, accepted and live
    shows: everything, less what is hidden from the delegator
    obligations: DELETE_AT_END, DISCLAIMER, LOG, MENTION_MIG, THIRD_PARTY_NOTICE, RESPONSIBLE:delegator""",
}


@pytest.mark.parametrize("lang", TOLD)
def test_a_rule_is_read_on_a_terminal_as_on_the_page(lang):
    blocks = reference.plain(lang).split("\n\n")
    assert TOLD[lang] in blocks
    assert len(blocks) == len(RULEBOOK.rules) + 1
    assert all("{" not in block for block in blocks)


def test_articles_and_readings_are_printed_for_people_and_for_programs(capsys):
    assert "Charte MIG, § 3.6  [B6, B6b]" in run(capsys, "articles")[1]
    assert "Charte MIG, § 2.8  [—]" in run(capsys, "articles")[1]
    assert "late_joiner = user | co_owner" in run(capsys, "readings")[1]
    assert {a["id"] for a in json.loads(run(capsys, "articles", "--json")[1])} >= {"§ 3.6", "art. 13"}
    assert len(json.loads(run(capsys, "readings", "--json")[1])) == 38


def test_the_reference_page_is_up_to_date(capsys):
    written = (ROOT / "docs/reference/charter.md").read_text("utf-8")
    assert written == reference.page(), "run: mig-idg charter rules --page > docs/reference/charter.md"
    assert run(capsys, "rules", "--page")[1] == written


def test_the_command_opens_no_database_and_loads_nothing_heavy(files):
    """In a process of its own: what a check of a scenario imports."""
    script = (
        "import sys; from mig_idg.cli.messages import guarded; from mig_idg.cli.charter import command\n"
        f"guarded(command, ['check', '--json', {files['good']!r}])\n"
        "print(*sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert "mig_idg.charter.decision" in loaded
    assert not loaded & {
        "psycopg",
        "pygeoapi",
        "shapely",
        "numpy",
        "pydantic",
        "rich",
        "starlette",
        "httpx",
        "mig_idg.settings",
    }


def test_the_law_reads_no_clock_and_no_environment():
    """A guard on the text of the package: dates come as arguments, words come from its own YAML."""
    for path in (ROOT / "src/mig_idg/charter").glob("*.py"):
        text = path.read_text("utf-8")
        for forbidden in (
            "today()",
            "now(",
            "os.environ",
            "getenv",
            " open(",
            "import os",
            "import time",
            "import socket",
        ):
            assert forbidden not in text, f"{path.name}: {forbidden}"
