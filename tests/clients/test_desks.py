"""Desks in a real browser: three journeys in both languages with scripts off, and no violation that axe-core can find."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

pytestmark = pytest.mark.clients

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
LANGS = ("fr-FR", "en-GB")
OWNED = "videosurveillance"
# WCAG 2.1 A and AA, and what RGAA takes from them.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}


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


class Seated:
    """A person at a desk, in a browser of their own."""

    def __init__(self, page: Any, service: Any, lang: str) -> None:
        self.page, self.service, self.french = page, service, lang.startswith("fr")

    def t(self, fr: str, en: str) -> str:
        return fr if self.french else en

    def open(self, path: str) -> None:
        self.page.goto(self.service.url + path)

    def sign_in(self, account: str) -> None:
        self.open("/sign-in?next=/desk")
        self.page.fill("#login", f"demo-{account}")
        self.page.fill("#token", self.service.tokens[account])
        self.page.click("form.sign-in button")
        assert self.page.url.endswith("/desk")

    def press(self, words: str) -> None:
        self.page.locator("main").get_by_role("button", name=words, exact=True).click()

    def follow(self, words: str) -> None:
        self.page.locator("main").get_by_role("link", name=words).first.click()

    def confirm(self) -> str:
        self.press(self.t("Confirmer", "Confirm"))
        assert "/desk/receipts/" in self.page.url, self.text
        return self.text

    @property
    def text(self) -> str:
        return str(self.page.locator("main").inner_text())


@pytest.fixture
def seated(browser: Any, own_service: Any) -> Iterator[Callable[..., Seated]]:
    """`seated("owner", "fr-FR")`: somebody signed in, with scripts off unless asked for."""
    contexts = []

    def made(account: str, lang: str = "fr-FR", *, script: bool = False) -> Seated:
        context = browser.new_context(locale=lang, java_script_enabled=script, viewport={"width": 1280, "height": 900})
        contexts.append(context)
        one = Seated(context.new_page(), own_service, lang)
        one.sign_in(account)
        return one

    yield made
    for context in contexts:
        context.close()


@pytest.mark.parametrize("lang", LANGS)
def test_a_town_asks_and_the_owner_grants_with_a_preview(seated: Any, own_service: Any, lang: str) -> None:
    nanterre, town = seated("owner", lang), seated("other-partner", lang)
    t = nanterre.t
    nanterre.open("/desk/owner")
    nanterre.follow(t("Lever :", "Lift :"))
    nanterre.press(t("Voir l'effet", "See the effect"))
    nanterre.confirm()
    nanterre.open("/desk/owner")
    nanterre.follow(t("Changer :", "Change :"))
    nanterre.page.get_by_label(t("Sur demande, avec mon accord", "On request, with my agreement")).check()
    nanterre.press(t("Voir qui la lira", "See who will read them"))
    assert t("perd", "loses") in nanterre.text
    nanterre.confirm()
    town.open("/desk")
    town.follow(t("Demander l'accès à une donnée", "Ask for access to a dataset"))
    town.page.get_by_label(t("Donnée", "Dataset")).select_option(OWNED)
    town.page.get_by_label(t("Pour quel usage", "What for")).fill("Vidéoprotection")
    town.press(t("Relire ma demande", "Read my request again"))
    town.confirm()
    assert own_service.get(f"/collections/{OWNED}/items", "other-partner").status_code == 403
    nanterre.open("/desk")
    nanterre.follow(t("Répondre :", "Answer :"))
    nanterre.page.get_by_label(t("J'accorde", "I grant")).check()
    nanterre.press(t("Voir l'effet", "See the effect"))
    assert "Courbevoie" in nanterre.text
    nanterre.confirm()
    assert own_service.get(f"/collections/{OWNED}/items", "other-partner").status_code == 200


@pytest.mark.parametrize("lang", LANGS)
def test_an_ept_passes_a_layer_on_and_suspends(seated: Any, own_service: Any, lang: str) -> None:
    ept, town = seated("ept", lang), seated("unserved-commune", lang)
    t = ept.t
    ept.open("/desk/ept")
    ept.page.locator("tr", has_text="Vaucresson").get_by_role("link").first.click()
    ept.press(t("Voir l'effet", "See the effect"))
    ept.confirm()
    town.open("/desk")
    town.follow(t("Accepter :", "Accept :"))
    town.page.get_by_label(t("Nous acceptons ces conditions", "We accept these conditions")).check()
    town.press(t("Voir l'effet", "See the effect"))
    assert t("gagne", "gains") in town.text
    town.confirm()
    assert own_service.get("/collections/adresses/items", "unserved-commune").status_code == 200
    ept.open("/desk/ept")
    ept.page.locator("tr", has_text="Vaucresson").get_by_role("button").click()
    assert t("perd", "loses") in ept.text
    ept.confirm()
    assert own_service.get("/collections/adresses/items", "unserved-commune").status_code == 403


@pytest.mark.parametrize("lang", LANGS)
def test_the_pilot_records_an_adhesion_and_a_committee_meeting(seated: Any, lang: str) -> None:
    pilot = seated("pilot", lang)
    t, page = pilot.t, pilot.page
    pilot.open("/desk/acts/partner-apply")
    page.select_option("#f-who", "92048")
    for name in ("signatory_surname", "signatory_name", "signatory_capacity", "address", "steering_name",
                 "steering_phone", "referent_name", "referent_phone", "place"):  # fmt: skip
        page.fill(f"#f-{name}", "Meudon")
    page.fill("#f-steering_email", "maire@meudon.example")
    page.fill("#f-referent_email", "sig@meudon.example")
    page.fill("#f-signed", "2026-06-01")
    page.check("#f-agreed")
    pilot.press(t("Voir l'effet", "See the effect"))
    pilot.confirm()
    for _ in range(4):
        pilot.open("/desk/pilot")
        pilot.follow(t("Verser une pièce : Meudon", "File a piece : Meudon"))
        page.fill("#f-reference", "2026-41")
        page.fill("#f-dated", "2026-06-02")
        page.fill("#f-received", "2026-06-03")
        page.fill("#f-evidence", "bordereau : 1")
        pilot.press(t("Voir l'effet", "See the effect"))
        pilot.confirm()
    pilot.open("/desk/pilot")
    pilot.follow(t("Constater l'adhésion : Meudon", "Admit : Meudon"))
    page.set_input_files("#f-piece", {"name": "dossier.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n"})
    pilot.press(t("Voir l'effet", "See the effect"))
    assert t("gagne", "gains") in pilot.text
    assert "dossier.pdf" in pilot.confirm()
    pilot.open("/desk/committees")
    pilot.follow(t("Consigner une séance, ou un point de plus", "Record a meeting, or one more item"))
    page.get_by_label(t("le comité de pilotage", "the steering committee"), exact=True).check()
    for name in ("Nanterre", "Courbevoie", "Meudon"):
        page.get_by_role("group", name=t("Présents", "Present")).get_by_label(name, exact=True).check()
    page.select_option("#f-subject", "steering:orientations:decision")
    page.fill("#f-about", "2027")
    page.fill("#f-motion", "Feuille de route 2027")
    page.fill("#f-evidence", "compte-rendu : 15 juin")
    pilot.press(t("Voir l'effet", "See the effect"))
    pilot.confirm()
    pilot.open("/desk/committees")
    assert t("Feuille de route 2027 : adopté", "Feuille de route 2027 : adopted") in pilot.text


@pytest.mark.parametrize("lang", LANGS)
def test_axe_finds_nothing_on_any_page_of_desks(seated: Any, lang: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    axe, found = Axe(), {}
    pilot, owner, ept = (seated(who, lang, script=True) for who in ("pilot", "owner", "ept"))

    def tried(one: Any, name: str) -> None:
        violations = axe.run(one.page, options=RULES).response["violations"]
        if violations:
            found[name] = [(v["id"], v["nodes"][0]["html"][:160]) for v in violations]

    for one, paths in (
        (
            pilot,
            (
                "/desk",
                "/desk/deposits",
                "/desk/committees",
                "/desk/pilot",
                "/desk/acts/partner-apply",
                "/desk/acts/committee-record",
            ),
        ),
        (
            owner,
            (
                "/why?collection=adresses",
                "/desk/owner",
                "/desk/acts/terms-set",
                "/desk/acts/exception-declare",
                "/desk/tokens",
            ),
        ),
        (ept, ("/desk/ept", "/desk/acts/ept-sub-distribute")),
    ):
        for path in paths:
            one.open(path)
            tried(one, path)
    owner.open("/desk/acts/exception-declare")
    owner.press(owner.t("Voir qui perd l'accès", "See who loses access"))
    tried(owner, "errors")
    owner.open("/desk/owner")
    owner.follow(owner.t("Lever :", "Lift :"))
    owner.press(owner.t("Voir l'effet", "See the effect"))
    tried(owner, "preview")
    owner.confirm()
    tried(owner, "receipt")
    owner.open("/desk/pilot")
    tried(owner, "refused")
    assert found == {}


def test_a_desk_fits_a_narrow_screen_and_a_form_is_sent_with_the_keyboard_alone(browser: Any, own_service: Any) -> None:
    context = browser.new_context(locale="fr-FR", viewport={"width": 360, "height": 800})
    one = Seated(context.new_page(), own_service, "fr-FR")
    one.sign_in("other-partner")
    for path in ("/desk", "/desk/committees", "/desk/acts/grant-ask"):
        one.open(path)
        assert one.page.evaluate("document.documentElement.scrollWidth") <= 360
    one.page.focus("#f-dataset")
    one.page.keyboard.press("ArrowDown")
    one.page.focus("#f-purpose")
    one.page.keyboard.type("Essai")
    one.page.get_by_role("button", name="Relire ma demande").focus()
    with one.page.expect_navigation():
        one.page.keyboard.press("Enter")
    assert "Avant de confirmer" in one.text
    context.close()
