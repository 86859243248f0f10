"""Sending, to a real mail server: what it took, what it refused, what waits for it to come back."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mig_idg.database.clerk import as_clerk
from mig_idg.errors import Text
from mig_idg.notices import bounce
from mig_idg.notices.send import BACK_OFF, Sender, Sent
from mig_idg.notices.smtp import MailServer
from mig_idg.registry import outbox
from mig_idg.registry.outbox import Letter, Recipient

from .conftest import AnyPort, Mailbox, signed_in, text

LETTER = Letter("case move", Text("Dossier : acte n° 7", "Case: act no. 7"),
                Text("L'été, le dossier avance.", "In summer the case moves."), link="/desk/messages")  # fmt: skip


class Post:
    """An outbox and who empties it, at a moment that a test moves."""

    def __init__(self, app_url: str, server: MailServer) -> None:
        self.url, self.now = app_url, datetime.now(UTC) + timedelta(seconds=5)
        self.sender = Sender(server, "https://idg.example", lambda: self.now, lambda word: f"/secret/{word}")

    @contextmanager
    def transaction(self) -> Any:
        with as_clerk(self.url, write=True) as conn:
            yield conn

    def put(self, *to: Recipient, key: str = "k", letter: Letter = LETTER) -> list[int]:
        with self.transaction() as conn:
            return outbox.post(conn, f"{key} {id(self)}", letter, to)

    def run(self) -> Sent:
        return self.sender.run(self.transaction)

    def seen(self, number: int) -> dict[str, Any]:
        with self.transaction() as conn:
            found = outbox.message(conn, number)
        assert found is not None
        return found


@pytest.fixture
def post(app_url: str, mailbox: Mailbox) -> Post:
    return Post(app_url, plain(mailbox.port))


def plain(port: int, **more: Any) -> MailServer:
    return MailServer("127.0.0.1", port, "none", "service@idg.example", **more)


def test_each_is_written_to_alone_in_its_language(post: Post, mailbox: Mailbox) -> None:
    post.put(Recipient("fr@b.example", lang="fr"), Recipient("en@b.example", lang="en"), Recipient("x@b.example"))
    assert post.run() == Sent(sent=3)
    (french,), (english,), (both,) = (mailbox.to(f"{who}@b.example") for who in ("fr", "en", "x"))
    assert (french["Subject"], english["Subject"]) == ("Dossier : acte n° 7", "Case: act no. 7")
    assert "L'été, le dossier avance." in text(french)
    assert "In summer" not in text(french)
    assert "In summer" in text(english)
    assert "L'été" in text(both)
    assert "In summer" in text(both)
    assert "https://idg.example/desk/messages" in text(french)
    assert french["From"].addresses[0].addr_spec == "service@idg.example"
    assert french["Auto-Submitted"] == "auto-generated"
    assert french.get_content_type() == "text/plain"
    for mail in (french, english, both):
        assert len(mail["To"].addresses) == 1
        assert mail["Cc"] is None
    assert post.run() == Sent()


def test_a_mail_server_that_is_away_loses_nothing_and_is_asked_less_and_less_often(app_url: str) -> None:
    post = Post(app_url, plain(9))  # nobody listens there
    (number,) = post.put(Recipient("a@b.example"))
    for wait in BACK_OFF:
        assert post.run() == Sent(later=1)
        assert post.run() == Sent()
        seen = post.seen(number)
        assert seen["state"] == "queued"
        assert seen["next_at"] == post.now + wait
        post.now += wait
    assert post.run() == Sent(failed=1)
    assert post.seen(number)["state"] == "failed"
    assert post.seen(number)["reply"]


def test_it_goes_once_the_server_is_back_under_the_same_message_id(post: Post, mailbox: Mailbox) -> None:
    mailbox.replies["a@b.example"] = "450 greylisted"
    (first, other) = post.put(Recipient("a@b.example"), Recipient("c@b.example"))
    assert post.run() == Sent(sent=1, later=1)
    assert post.seen(other)["state"] == "sent"
    before = post.seen(first)
    assert (before["state"], before["reply"]) == ("queued", "450 greylisted")
    mailbox.replies.clear()
    post.now += timedelta(minutes=2)
    assert post.run() == Sent(sent=1)
    (mail,) = mailbox.to("a@b.example")
    assert mail["Message-ID"] == before["message_id"] == post.seen(first)["message_id"]


def test_an_address_that_is_refused_for_good_is_told_and_holds_no_other_back(post: Post, mailbox: Mailbox) -> None:
    mailbox.replies["gone@b.example"] = "550 5.1.1 no such user"
    (gone, good) = post.put(Recipient("gone@b.example"), Recipient("good@b.example"))
    assert post.run() == Sent(sent=1, refused=1)
    assert (post.seen(gone)["state"], post.seen(gone)["reply"]) == ("refused", "550 5.1.1 no such user")
    assert post.seen(good)["state"] == "sent"
    mailbox.replies.clear()
    with post.transaction() as conn:
        assert outbox.retry(conn, post.now, [gone, good]) == [gone]
    assert post.run() == Sent(sent=1)


def test_what_is_out_of_date_is_not_sent(post: Post, mailbox: Mailbox) -> None:
    soon = Letter("sign-in", LETTER.subject, LETTER.words, expires_at=post.now + timedelta(minutes=10))
    (late,) = post.put(Recipient("a@b.example"), letter=soon)
    post.now += timedelta(minutes=11)
    assert post.run() == Sent(expired=1)
    assert post.seen(late)["state"] == "expired"
    (old,) = post.put(Recipient("a@b.example"), key="old")
    post.now += outbox.STALE
    assert post.run() == Sent(expired=1)
    with post.transaction() as conn:
        assert outbox.retry(conn, post.now, [old, late]) == [old]
    assert post.run() == Sent(sent=1)
    assert len(mailbox.mails) == 1


def test_a_secret_is_in_the_mail_and_written_nowhere(post: Post, mailbox: Mailbox) -> None:
    letter = Letter("sign-in", LETTER.subject, LETTER.words, secret="17")
    (number,) = post.put(Recipient("a@b.example", login=None), letter=letter)
    post.run()
    assert "https://idg.example/secret/17" in text(mailbox.mails[0])
    assert "/secret/" not in str(post.seen(number))


def test_no_word_of_a_message_begins_a_header(post: Post, mailbox: Mailbox) -> None:
    bad = "Objet\r\nBcc: tous@b.example\r\n\r\ncorps"
    post.put(Recipient("a@b.example", lang="fr"), letter=Letter("x", Text(bad, bad), Text("Mots", "Words")))
    assert post.run() == Sent(sent=1)
    (mail,) = mailbox.mails
    assert mail["Bcc"] is None
    assert mailbox.recipients == ["a@b.example"]
    assert mail["Subject"] == "Objet Bcc: tous@b.example corps"


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate of 127.0.0.1 that nobody knows, and the context of a server that has it."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl here to make a certificate")
    made, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "36500", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", made],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(made, key)
    return made, context


def test_starttls_checks_the_certificate_and_the_login_comes_from_a_file(
    app_url: str, certificate: tuple[Path, ssl.SSLContext], tmp_path: Path
) -> None:
    made, context = certificate
    password = tmp_path / "password"
    password.write_text("s3cret\n")
    box = Mailbox()
    controller = AnyPort(
        box, hostname="127.0.0.1", port=0, tls_context=context, require_starttls=True,
        auth_required=True, authenticator=signed_in(b"idg", b"s3cret"),
    )  # fmt: skip
    controller.start()
    try:
        port = controller.port
        said: dict[str, Any] = {"login": "idg", "password_file": password}
        strict = MailServer("127.0.0.1", port, "starttls", "service@idg.example", **said)
        post = Post(app_url, strict)
        (number,) = post.put(Recipient("a@b.example"))
        assert post.run() == Sent(later=1)
        assert "TLS" in post.seen(number)["reply"]
        trusting = MailServer("127.0.0.1", port, "starttls", "service@idg.example", ca_file=made, **said)
        post.sender = Sender(trusting, "https://idg.example", lambda: post.now)
        post.now += timedelta(minutes=2)
        assert post.run() == Sent(sent=1)
        password.write_text("wrong")
        (number,) = post.put(Recipient("a@b.example"), key="again")
        assert post.run() == Sent(later=1)
        assert post.seen(number)["state"] == "queued"
        assert "wrong" not in post.seen(number)["reply"]
    finally:
        controller.stop()
    assert len(box.mails) == 1


def test_a_bounce_names_the_message_that_will_not_arrive(post: Post, mailbox: Mailbox) -> None:
    (number,) = post.put(Recipient("a@b.example"))
    post.run()
    sent = post.seen(number)
    told = bounce.read(dsn(sent["message_id"]).encode())
    assert told is not None
    assert told.reply == "5.2.2 smtp; 552 mailbox full"
    with post.transaction() as conn:
        assert outbox.bounced(conn, told.message_id, told.reply) == number
        assert outbox.bounced(conn, "<autre@idg.example>", "x") is None
    assert (post.seen(number)["state"], post.seen(number)["reply"]) == ("refused", told.reply)


@pytest.mark.parametrize("content", [b"", b"Subject: hello\r\n\r\nno report", b"\xff\xfe\x00" * 50])
def test_what_is_no_bounce_is_told_apart(content: bytes) -> None:
    assert bounce.read(content) is None


def test_a_delay_is_no_bounce() -> None:
    assert bounce.read(dsn("<a@b>").replace("Action: failed", "Action: delayed").encode()) is None


def dsn(message_id: str) -> str:
    return f"""From: MAILER-DAEMON@mx.example
To: service@idg.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; a@b.example
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp; 552 mailbox full

--b
Content-Type: text/rfc822-headers

Message-ID: {message_id}
Subject: Dossier

--b--
"""
