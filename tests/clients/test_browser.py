"""The pages in a real browser: nothing leaves the machine, maps are drawn, keyboard and narrow screens work."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from rasterio.errors import NotGeoreferencedWarning
from rasterio.io import MemoryFile

pytestmark = pytest.mark.clients

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
)
PATHS = (
    "/",
    "/collections",
    "/collections/equipements",
    "/collections/equipements/access",
    "/collections/equipements/items",
    "/collections/equipements/schema",
    "/conformance",
    "/openapi",
    "/aide/connexion",
    "/collections/adresses/items",
)
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
REFUSED = "/collections/adresses/items"
CONTRAST = """
() => {
  const channel = (c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const numbers = (text) => text.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const found = numbers(getComputedStyle(one).backgroundColor);
      if (found.length === 3 || found[3] === 1) return found;
    }
    return [255, 255, 255];
  };
  const poor = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || element.closest(".maplibregl-map, .skip, .hidden") || !element.offsetParent) continue;
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize), bold = Number(style.fontWeight) >= 700;
    const [a, b] = [luminance(numbers(style.color)), luminance(behind(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < (size >= 24 || (bold && size >= 18.66) ? 3 : 4.5)) poor.push([element.textContent.trim().slice(0, 40), ratio]);
  }
  return poor;
}
"""


def pixels(png: bytes) -> np.ndarray[Any, Any]:
    """The picture as rows, columns and channels (0-255)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with MemoryFile(png) as file, file.open() as opened:
            return np.moveaxis(opened.read(), 0, -1).astype(int)


Open = Callable[..., Any]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium, without a head."""
    if not shutil.which(CHROMIUM):
        pytest.skip("Chromium is not installed; ./idg test installs it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield launched
        launched.close()


class Visited:
    """A page with what it asked for and complained of."""

    def __init__(self, page: Any, service: Any) -> None:
        self.page = page
        self.outside: list[str] = []
        self.complaints: list[str] = []
        self._own = (service.url, "data:", "blob:")
        page.on("request", self._asked)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _asked(self, request: Any) -> None:
        if not request.url.startswith(self._own):
            self.outside.append(request.url)

    def _said(self, message: Any) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def drawn(self) -> np.ndarray[Any, Any]:
        """The pixels of the map, once it is drawn and its tiles have come."""
        self.page.wait_for_selector(".map[data-drawn=true]", timeout=20_000)
        self.page.wait_for_load_state("networkidle")
        self.page.wait_for_timeout(400)
        return pixels(self.page.locator(".map canvas").screenshot())


@pytest.fixture
def visit(browser: Any, service: Any) -> Iterator[Open]:
    """Open a page of the service in a fresh profile, as an account or as the public."""
    contexts = []

    def visit(
        path: str, who: str | None = None, *, lang: str = "fr-FR", width: int = 1280, script: bool = True
    ) -> Visited:
        context = browser.new_context(locale=lang, viewport={"width": width, "height": 900}, java_script_enabled=script)
        contexts.append(context)
        visited = Visited(context.new_page(), service)
        prefix = f"/t/{service.tokens[who]}" if who else ""
        visited.page.goto(f"{service.url}{prefix}{path}", wait_until="networkidle")
        return visited

    yield visit
    for context in contexts:
        context.close()


@pytest.mark.parametrize("path", PATHS)
def test_no_request_leaves_the_machine_and_the_console_is_silent(visit: Open, path: str) -> None:
    visited = visit(path)
    assert visited.outside == []
    expected = ["401 (Unauthorized)"] if path == REFUSED else []
    assert [one for one in visited.complaints if not any(text in one for text in expected)] == []


@pytest.mark.parametrize("path", PATHS)
def test_every_text_stands_out_from_its_ground(visit: Open, path: str) -> None:
    assert visit(path).page.evaluate(CONTRAST) == []


@pytest.mark.parametrize("lang", ["fr-FR", "en-GB"])
@pytest.mark.parametrize("path", PATHS)
def test_a_narrow_screen_never_scrolls_sideways(visit: Open, path: str, lang: str) -> None:
    page = visit(path, lang=lang, width=360).page
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate("document.documentElement.lang") == lang[:2]


@pytest.mark.parametrize("lang", ["fr-FR", "en-GB"])
def test_the_first_screen_of_a_layer_has_the_map_and_how_to_get_it_side_by_side(visit: Open, lang: str) -> None:
    page = visit("/collections/equipements", lang=lang).page
    chart, get = page.locator(".map").bounding_box(), page.locator("section.get").bounding_box()
    assert chart["x"] + chart["width"] <= get["x"]
    for shown in (page.locator(".get .address code").first, page.locator(".get .formats a", has_text="GeoPackage")):
        box = shown.bounding_box()
        assert box["y"] + box["height"] <= 900
    assert chart["y"] < 500


@pytest.mark.parametrize("lang", ["fr-FR", "en-GB"])
@pytest.mark.parametrize("path", ["/", "/collections/equipements"])
def test_axe_finds_nothing_on_what_everybody_opens(visit: Open, path: str, lang: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(visit(path, lang=lang).page, options=AXE).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:160]) for one in found] == []


def test_the_map_shows_the_points_of_our_own_tiles(visit: Open) -> None:
    picture = visit("/collections/equipements").drawn()
    blue = (picture[..., 2] > 100) & (picture[..., 0] < 50) & (picture[..., 1] < 50)
    assert blue.sum() > 500


def test_the_map_of_a_page_shows_its_features_and_tells_one_that_is_clicked(visit: Open) -> None:
    visited = visit("/collections/equipements/items?limit=1")
    picture = visited.drawn()
    assert ((picture[..., 2] > 100) & (picture[..., 0] < 50)).sum() > 20
    box = visited.page.locator(".map canvas").bounding_box()
    visited.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    visited.page.wait_for_selector(".maplibregl-popup-content dl")


def test_the_landing_page_shows_the_territory_from_our_own_tiles(visit: Open) -> None:
    visited = visit("/")
    picture = visited.drawn()
    assert len(np.unique(picture.reshape(-1, picture.shape[-1]), axis=0)) > 3
    assert visited.outside == []
    assert visited.page.locator(".map").bounding_box()["y"] < 400


def test_a_partner_sees_the_pixels_of_the_orthophotograph(visit: Open) -> None:
    bare = visit("/collections/orthophoto")
    assert bare.page.locator(".map").count() == 0
    picture = visit("/collections/orthophoto", "owner").drawn()
    colours = np.unique(picture.reshape(-1, picture.shape[-1]), axis=0)
    assert len(colours) > 100


def test_the_keyboard_goes_straight_to_the_content(visit: Open) -> None:
    page = visit("/collections").page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_page_works_without_a_script(visit: Open) -> None:
    page = visit("/collections", script=False).page
    page.fill("#q", "équipements")
    page.press("#q", "Enter")
    page.click("text=Équipements publics")
    page.click("text=Parcourir les entités")
    assert page.locator("table tbody tr").count() == 50
    page.click("text=Suivantes")
    assert page.locator("table tbody tr").count() == 50


def test_a_token_in_the_address_follows_the_reader_and_is_never_shown(visit: Open, service: Any) -> None:
    page = visit("/", "owner").page
    assert "Nanterre" in page.inner_text(".who")
    page.click("text=Adresses")
    assert f"/t/{service.tokens['owner']}/collections/adresses" in page.url
    assert service.tokens["owner"] not in page.inner_text("body")
