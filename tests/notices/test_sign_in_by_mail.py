"""Sign-in by a link sent by mail: once, ten minutes, one browser; nobody learns who has an account."""

from __future__ import annotations

import re
import threading
import time
from datetime import timedelta
from typing import Any

import httpx

from mig_idg.database import connect
from mig_idg.registry import outbox, sign_in, tokens

from .conftest import HOME, text

DESK = "/desk"


def asks(browser: httpx.Client, email: str = HOME, **more: str) -> httpx.Response:
    page = browser.get("/sign-in", params={"next": DESK})
    word = re.search(r'name="word" value="([^"]+)"', page.text)
    assert word, page.text
    return browser.post("/sign-in/mail", data={"word": word[1], "email": email, "next": DESK} | more)


def written(service: Any, count: int) -> None:
    """Wait until the service has written so many requests: it answers before."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with connect(service.database_url) as owner:
            row = owner.execute(
                "select count(*), count(sha256) from notices.sign_in"
            ).fetchone()  # fmt: skip
        if row == (count, count):
            return
        threading.Event().wait(0.05)
    raise AssertionError(row)


def link(service: Any, count: int = 1) -> str:
    """The link of the last mail."""
    written(service, count)
    service.deliver()
    found = re.search(r"http://\S+/sign-in/mail/\S+", text(service.mailbox.mails[-1]))
    assert found, text(service.mailbox.mails[-1])
    return found[0]


def test_a_link_signs_in_once_in_the_browser_that_asked_and_leads_where_one_was_going(mailed: Any) -> None:
    with mailed.browser() as mine, mailed.browser() as other:
        assert mine.get(DESK).status_code == 401
        assert asks(mine).status_code == 200
        address = link(mailed)
        assert mailed.mailbox.recipients == [HOME]
        assert other.get(address).status_code == 400
        assert asks(other, "autre@ville.example").status_code == 200
        assert other.get(address).status_code == 400
        done = mine.get(address)
        assert (done.status_code, done.headers["location"]) == (303, f"{mailed.url}{DESK}")
        cookie = next(one for one in done.headers.get_list("set-cookie") if one.startswith("idg_session"))
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert mine.get(DESK).status_code == 200
        mine.get("/sign-out")
        assert mine.get(DESK).status_code == 401
        assert mine.get(address).status_code == 400


def test_a_link_is_of_no_use_after_ten_minutes_nor_is_a_forged_one(mailed: Any) -> None:
    with mailed.browser() as mine:
        asks(mine)
        address = link(mailed)
        for forged in (address[:-1] + ("0" if address[-1] != "0" else "1"), re.sub(r"/\d+-", "/999-", address)):
            assert mine.get(forged).status_code == 400
        assert mine.head(address).status_code == 405
        mailed.now[0] += timedelta(minutes=10, seconds=1)
        assert mine.get(address).status_code == 400


def test_nobody_learns_who_has_an_account(mailed: Any) -> None:
    with mailed.browser() as one, mailed.browser() as other:
        known, unknown = asks(one), asks(other, "inconnu@ville.example")
        assert known.status_code == unknown.status_code == 200
        assert known.text.replace(HOME, "X") == unknown.text.replace("inconnu@ville.example", "X")
        names = [sorted(h for h in found.headers if h not in ("date", "ratelimit")) for found in (known, unknown)]
        assert names[0] == names[1]
        written(mailed, 2)
        mailed.deliver()
        assert mailed.mailbox.recipients == [HOME]
        for _ in range(sign_in.OF_AN_ADDRESS - 1):
            assert asks(one).status_code == asks(other, "inconnu@ville.example").status_code == 200
        written(mailed, 2 * sign_in.OF_AN_ADDRESS)
        refused = asks(one), asks(other, "inconnu@ville.example")
        assert [found.status_code for found in refused] == [429, 429]
        assert {found.headers["retry-after"] for found in refused} == {"600"}


def test_a_network_address_asks_so_often(mailed: Any) -> None:
    with mailed.browser() as one:
        for number in range(sign_in.OF_A_CALLER):
            assert asks(one, f"x{number}@ville.example").status_code == 200
            written(mailed, number + 1)
        assert asks(one, "encore@ville.example").status_code == 429
        mailed.now[0] += sign_in.LASTS + timedelta(seconds=1)
        assert asks(one, "encore@ville.example").status_code == 200


def test_the_link_is_in_the_mail_and_nowhere_in_the_database(mailed: Any) -> None:
    with mailed.browser() as mine:
        asks(mine)
        secret = link(mailed).rpartition("/")[2]
        with connect(mailed.database_url) as owner:
            for table in ("notices.message", "notices.sign_in", "procrastinate.procrastinate_jobs"):
                rows = owner.execute(f"select to_jsonb(t)::text from {table} t").fetchall()
                assert secret.partition("-")[2] not in str(rows)
            asked = owner.execute("select address, caller, sha256 from notices.sign_in").fetchone()
            assert HOME not in str(asked)
        assert mine.get("/sign-in").status_code == 200
        with mailed.browser() as desk:
            signed = desk.get(DESK, headers={"authorization": f"Bearer {mailed.tokens['owner']}"})
            assert "lien de connexion" not in signed.text
            page = desk.get("/desk/messages", headers={"authorization": f"Bearer {mailed.tokens['owner']}"})
            assert "Votre lien de connexion" not in page.text


def test_a_session_ends_when_the_address_changes_or_the_account_closes(mailed: Any) -> None:
    with mailed.browser() as mine:
        asks(mine)
        assert mine.get(link(mailed)).status_code == 303
        assert mine.get(DESK).status_code == 200
        with connect(mailed.database_url) as owner:
            outbox.set_contact(owner, "demo-owner", email="autre@ville.example", lang=None, author="t")
        assert mine.get(DESK).status_code == 401
        with connect(mailed.database_url) as owner:
            outbox.set_contact(owner, "demo-owner", email=HOME, lang=None, author="t")
        assert mine.get(DESK).status_code == 200
        with connect(mailed.database_url) as owner:
            tokens.close_account(owner, "demo-owner")
        assert mine.get(DESK).status_code == 401
        asks(mine)
        written(mailed, 2)
        before = len(mailed.mailbox.mails)
        mailed.deliver()
        assert len(mailed.mailbox.mails) == before


def test_the_form_is_ours_and_what_is_no_address_is_told(mailed: Any) -> None:
    with mailed.browser() as mine:
        assert asks(mine, word="theirs").status_code == 403
        for bad in ("", "ville", "a@b\r\nBcc: c@d.example"):
            assert asks(mine, bad).status_code == 400
        page = mine.get("/sign-in")
        word = re.search(r'name="word" value="([^"]+)"', page.text)
        assert word
        said = {"word": word[1], "email": HOME}
        assert mine.post("/sign-in/mail", data=said, headers={"sec-fetch-site": "cross-site"}).status_code == 403
        assert mine.get("/sign-in/mail").status_code == 405
        outside = asks(mine, next="//ailleurs.example")
        assert outside.status_code == 200
        assert mine.get(link(mailed)).headers["location"] == f"{mailed.url}/"


def test_without_a_mail_server_there_is_no_such_door(service: Any) -> None:
    assert 'action="/sign-in/mail' not in service.get("/sign-in", headers={"accept": "text/html"}).text
    assert service.ask("POST", "/sign-in/mail", data={"email": HOME}).status_code == 404
