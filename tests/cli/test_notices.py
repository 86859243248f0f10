"""`mig-idg notices`: listed, shown, sent, tried again, bounced; in both languages and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mig_idg.cli import messages
from mig_idg.cli.notices import command
from mig_idg.database import connect
from mig_idg.errors import Problem, Text
from mig_idg.registry import outbox
from mig_idg.registry.outbox import Letter, Recipient


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("IDG_DATABASE_URL", database_url)
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    messages.settings.cache_clear()
    yield lambda *words, **more: CliRunner().invoke(command, words, **more)
    messages.settings.cache_clear()


@pytest.fixture
def number(database_url: str) -> int:
    letter = Letter("case move", Text("Dossier", "Case"), Text("Le dossier avance.", "The case moves."))
    with connect(database_url) as owner:
        found = owner.execute("select max(id) from notices.message").fetchone()
        return outbox.post(owner, f"cli {found}", letter, [Recipient("a@b.example", lang="fr")])[0]


def test_messages_are_listed_and_shown(run: Any, number: int) -> None:
    rows = json.loads(run("list", "--json").output)
    assert rows[0]["id"] == number
    assert "words_fr" not in rows[0]
    assert "a@b.example" in run("list").output
    assert "Le dossier avance." in run("show", str(number)).output
    assert json.loads(run("show", str(number), "--json").output)["state"] == "queued"
    assert json.loads(run("list", "--state", "sent", "--json").output) == []


def test_what_is_not_understood_is_told(run: Any, number: int) -> None:
    for words in (("show", "999999"), ("list", "--state", "envoi"), ("retry",), ("send",)):
        assert isinstance(run(*words).exception, Problem), words


def test_a_message_is_queued_again(run: Any, number: int, database_url: str) -> None:
    with connect(database_url) as owner:
        owner.execute("update notices.message set state = 'failed' where id = %s", (number,))
    assert json.loads(run("retry", str(number), "--json").output) == {"queued": [number]}
    assert run("retry", "999999").return_value == 1 or run("retry", "999999", standalone_mode=False).return_value == 1


def test_a_mail_server_that_is_not_there_is_exit_code_1_and_the_message_stays(
    run: Any, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("HOST", "127.0.0.1"), ("PORT", "9"), ("FROM", "idg@b.example"), ("SECURITY", "none")):
        monkeypatch.setenv(f"IDG_SMTP_{name}", value)
    messages.settings.cache_clear()
    told = run("send", "--number", str(number), "--json", standalone_mode=False)
    assert told.return_value == 1
    assert json.loads(told.output)["later"] == 1
    assert json.loads(run("show", str(number), "--json").output)["state"] == "queued"


def test_a_bounce_is_read_from_a_file(run: Any, number: int, database_url: str, tmp_path: Path) -> None:
    with connect(database_url) as owner:
        owner.execute(
            "update notices.message set state = 'sent', sent_at = now(), message_id = '<1@idg.example>' where id = %s",
            (number,),
        )
    file = tmp_path / "dsn.eml"
    file.write_text(
        'Content-Type: multipart/report; boundary="b"\n\n--b\nContent-Type: message/delivery-status\n\n'
        "Reporting-MTA: dns; mx\n\nAction: failed\nStatus: 5.1.1\n\n--b\nContent-Type: text/rfc822-headers\n\n"
        "Message-ID: <1@idg.example>\n\n--b--\n"
    )
    assert json.loads(run("bounce", str(file), "--json").output) == {"message": number, "reply": "5.1.1"}
    assert json.loads(run("show", str(number), "--json").output)["state"] == "refused"


def test_where_to_write_to_an_account_is_said_and_read(run: Any, database_url: str) -> None:
    from mig_idg.registry import tokens

    with connect(database_url) as owner:
        tokens.open_account(owner, "agent", name="A", organisation=None, author="t")
        tokens.open_account(owner, "autre", name="B", organisation=None, author="t")
    said = run("contact", "agent", "--email", "agent@ville.example", "--lang", "en", "--json")
    assert json.loads(said.output)["email"] == "agent@ville.example"
    assert isinstance(run("contact", "autre", "--email", "AGENT@ville.example").exception, Problem)
    assert isinstance(run("contact", "agent", "--email", "a@b\nc").exception, Problem)
    assert isinstance(run("contact", "agnet", "--lang", "fr").exception, Problem)
