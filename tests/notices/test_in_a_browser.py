"""In a real browser, scripts off: signing in by a link of a mail, writing a remark, answering it; and axe-core on each page."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from mig_idg.database import connect
from mig_idg.registry import outbox

from .conftest import HOME
from .test_sign_in_by_mail import link

pytestmark = pytest.mark.clients

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
OWNED = "videosurveillance"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium, without a head."""
    if not shutil.which(CHROMIUM):
        pytest.skip("Chromium is not installed; ./idg test installs it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield launched
        launched.close()


@pytest.mark.parametrize("lang", ["fr-FR", "en-GB"])
def test_one_signs_in_by_a_link_and_answers_a_remark_and_its_author_reads_the_answer(
    browser: Any, mailed: Any, lang: str
) -> None:
    def t(fr: str, en: str) -> str:
        return fr if lang.startswith("fr") else en

    town, agent = (browser.new_context(locale=lang, java_script_enabled=False) for _ in range(2))
    try:
        page = town.new_page()
        page.goto(f"{mailed.url}/sign-in?next=/collections/{OWNED}")
        page.fill("#login", "demo-other-partner")
        page.fill("#token", mailed.tokens["other-partner"])
        page.locator("form.sign-in").first.get_by_role("button").click()
        page.get_by_role("link", name=t("Écrire à qui répond de cette donnée", "Write to who answers")).click()
        page.get_by_label(t("Votre message", "Your message")).fill("Une caméra a été déposée.")
        page.get_by_role("button", name=t("Envoyer", "Send"), exact=True).click()
        followed = page.url
        assert re.search(r"/remarks/\d+-", followed)
        desk = agent.new_page()
        desk.goto(f"{mailed.url}/sign-in?next=/desk/remarks")
        desk.get_by_label(t("Adresse de courriel de votre compte", "E-mail address of your account")).fill(HOME)
        desk.get_by_role("button", name=t("Recevoir un lien", "Send me a link")).click()
        assert HOME in desk.locator("main").inner_text()
        desk.goto(link(mailed))
        assert desk.url.endswith("/desk/remarks")
        desk.locator("main table a").first.click()
        desk.get_by_label(t("Votre réponse", "Your answer")).fill("Elle est ôtée de la base.")
        desk.get_by_label(t("Publier la question", "Publish the question")).check()
        desk.get_by_role("button", name=t("Enregistrer", "Save")).click()
        page.goto(followed)
        assert "Elle est ôtée de la base." in page.locator("main").inner_text()
        page.goto(f"{mailed.url}/collections/{OWNED}/remarks")
        assert "Elle est ôtée de la base." in page.locator("#public").inner_text()
    finally:
        town.close()
        agent.close()


@pytest.mark.parametrize("lang", ["fr-FR", "en-GB"])
def test_axe_finds_nothing_on_the_pages_of_messages_and_remarks(browser: Any, mailed: Any, lang: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    sent = mailed.ask("POST", f"/collections/{OWNED}/remarks", "owner", json={"words": "Une caméra a été déposée."})
    number, follow = sent.json()["id"], sent.json()["follow"].removeprefix(mailed.url)
    with connect(mailed.database_url) as owner:
        owner.execute("update notices.message set state = 'kept'")
        outbox.post(owner, "axe", outbox.Letter("case move", remark_title(), remark_title()),
                    [outbox.Recipient("perdu@b.example", "92050")])  # fmt: skip
        owner.execute("update notices.message set state = 'refused', reply = '550' where address = 'perdu@b.example'")
    found: dict[str, Any] = {}
    for account, paths in (
        ("owner", ("/desk/messages", "/desk/remarks", f"/desk/remarks/{number}", f"/collections/{OWNED}/remarks")),
        ("pilot", ("/desk/notices", "/desk/remarks")),
        (None, ("/sign-in", "/collections/adresses/remarks", "/remarks", follow)),
    ):
        context = browser.new_context(locale=lang)
        try:
            page = context.new_page()
            if account:
                page.goto(f"{mailed.url}/sign-in?next=/desk")
                page.fill("#login", f"demo-{account}")
                page.fill("#token", mailed.tokens[account])
                page.locator("form.sign-in").first.get_by_role("button").click()
            for path in paths:
                assert page.goto(mailed.url + path).status == 200, path
                violations = Axe().run(page, options=RULES).response["violations"]
                if violations:
                    found[path] = [(one["id"], one["nodes"][0]["html"][:160]) for one in violations]
        finally:
            context.close()
    assert found == {}


def remark_title() -> Any:
    from mig_idg.errors import Text

    return Text("Dossier", "Case")
