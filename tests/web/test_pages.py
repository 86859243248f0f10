"""Pages: readable in both languages, without script, without anything from elsewhere, and silent on what is withheld."""

from __future__ import annotations

import html.parser
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.ogc.describe.conftest import ALL_PARTNERS, CONFIG, PARTNER, Asking, layer, snapshot, usual

from mig_idg.errors import ANSWERS, NotFound
from mig_idg.guard.principal import PUBLIC, Principal
from mig_idg.ogc.service_metadata import UNNAMED
from mig_idg.web import pages
from mig_idg.web.frame import Frame

PATHS = (
    "/",
    "/conformance",
    "/collections",
    "/collections/bancs",
    "/collections/reseaux",
    "/collections/bancs/access",
    "/openapi",
    "/aide/connexion",
)
LANGUAGES = ("fr", "en")


class Reader(html.parser.HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def all(self, tag: str) -> Iterator[dict[str, str | None]]:
        return (attributes for name, attributes in self.elements if name == tag)


@pytest.fixture
def asking() -> Asking:
    return Asking()


@pytest.fixture(scope="module")
def render() -> pages.Render:
    return pages.renderer(SimpleNamespace(config_file=CONFIG))


def page(
    asking: Asking, render: pages.Render, path: str, who: Principal = PUBLIC, lang: Any = "fr", **more: str
) -> str:
    response = asking.response(path, who, lang=lang, accept="text/html", **more)
    assert response.page is not None
    return render(*response.page, lang)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", PATHS)
def test_a_page_needs_nothing_but_ourselves(asking: Asking, render: pages.Render, path: str, lang: Any) -> None:
    text = page(asking, render, path, PARTNER, lang)
    reader = Reader(text)
    for tag, attribute in (("script", "src"), ("link", "href"), ("img", "src")):
        for element in reader.all(tag):
            address = element.get(attribute)
            assert address is not None, f"an inline {tag}"
            if element.get("rel") in ("search", "http://www.opengis.net/def/rel/ogc/1.0/ogc-catalog"):
                assert re.match("/[^/]", address), address  # what a client may read
            elif element.get("rel") not in ("alternate",):
                assert address.startswith("/static/"), address
    assert not [name for _, attributes in reader.elements for name in attributes if name == "style" or name[:2] == "on"]
    assert "<style" not in text


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", PATHS)
def test_a_page_can_be_read_by_everyone(asking: Asking, render: pages.Render, path: str, lang: Any) -> None:
    reader = Reader(page(asking, render, path, PARTNER, lang))
    assert next(reader.all("html"))["lang"] == lang
    assert [tag for tag, _ in reader.elements].count("h1") == 1
    assert [tag for tag, _ in reader.elements].count("main") == 1
    levels = [int(tag[1]) for tag, _ in reader.elements if re.fullmatch("h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels)), levels
    assert all("alt" in image for image in reader.all("img"))
    labelled = {label.get("for") for label in reader.all("label")}
    for field in reader.all("input"):
        assert field.get("type") == "hidden" or field["id"] in labelled
    ids = [attributes["id"] for _, attributes in reader.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert any(link.get("href") == "#content" for link in reader.all("a"))
    assert all(cell.get("scope") for cell in reader.all("th"))


@pytest.mark.parametrize("path", PATHS)
def test_every_page_says_that_this_is_a_demonstration(asking: Asking, render: pages.Render, path: str) -> None:
    assert "les données sont fictives" in page(asking, render, path)
    assert "the data are fictitious" in page(asking, render, path, lang="en")
    assert "fictives" not in pages.render("problem", {"problem": PROBLEM}, "fr")


def test_the_page_of_a_layer_answers_in_order(asking: Asking, render: pages.Render) -> None:
    text = page(asking, render, "/collections/bancs")
    questions = ["L'obtenir", "Ce que c'est", "Qui en répond", "De quand elle date", "Qui peut la voir"]
    places = [text.replace("&#39;", "'").index(question) for question in questions]
    assert places == sorted(places)
    assert "1er mai 2026" in text
    assert "convention Tarn-et-Garonne, art. 13" in text


def test_a_caller_by_token_is_told_the_address_but_never_the_token(asking: Asking, render: pages.Render) -> None:
    response = asking.response(
        "/collections/reseaux", PARTNER, base="https://idg.example/t/idg_secret", accept="text/html"
    )
    assert response.page is not None
    reader = Reader(render(*response.page, "fr"))
    shown = "".join(reader.text)
    assert "VOTRE_JETON" not in shown
    assert "https://idg.example/" in shown
    assert "onglet « De base »" in shown
    assert "idg_secret" not in shown
    assert "/t/idg_secret/collections" in {link.get("href") for link in reader.all("a")}


@pytest.mark.parametrize("metadata", ["public", "partners"])
def test_the_territory_is_drawn_for_who_may_see_the_communes_and_for_nobody_else(
    asking: Asking, render: pages.Render, metadata: str
) -> None:
    communes = layer("communes", terms=ALL_PARTNERS, metadata=metadata)
    asking.snapshot = snapshot([*usual(), communes])
    seen = page(asking, render, "/", PARTNER)
    assert "data-map" in seen
    assert "/collections/communes/tiles/WebMercatorQuad" in seen
    hidden = page(asking, render, "/")
    assert "data-map" not in hidden
    assert "map.js" not in hidden
    assert "communes/tiles" not in hidden


@pytest.mark.parametrize("path", ["/collections/erp", "/collections/erp/access", "/collections", "/openapi", "/"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_withheld_attribute_is_on_no_page_not_even_in_a_map(
    asking: Asking, render: pages.Render, path: str, lang: Any
) -> None:
    asking.snapshot = snapshot([one for one in usual() if one.collection.id == "erp"])
    text = page(asking, render, path, PARTNER, lang)
    for trace in ("telephone", "téléphone", "Phone"):
        assert trace not in text


def test_a_layer_behind_a_refusal_says_whom_to_ask(asking: Asking, render: pages.Render) -> None:
    text = page(asking, render, "/collections/reseaux")
    assert "Identifiez-vous au nom d&#39;un organisme partenaire." in text
    assert "/collections/reseaux/access" in text
    assert "Parcourir les entités" not in text


def test_the_search_keeps_its_words_and_its_language(asking: Asking, render: pages.Render) -> None:
    text = page(asking, render, "/collections", q='<b>"éclairage', lang="en")
    assert 'value="&lt;b&gt;&#34;éclairage"' in text
    assert "<b>" not in text


def test_other_pages_keep_the_language_chosen_by_address() -> None:
    chosen = Frame(UNNAMED, "en", query={"lang": "en"}, path="/collections", prefix="/t/idg_x")
    assert chosen.url("/openapi") == "/t/idg_x/openapi?lang=en"
    assert chosen.here(q="a b") == "/t/idg_x/collections?lang=en&q=a+b"
    assert Frame(UNNAMED, "en").url("/openapi") == "/openapi"


def test_the_other_language_is_one_link_away(asking: Asking, render: pages.Render) -> None:
    text = page(asking, render, "/collections/bancs", lang="en")
    assert 'hreflang="fr" href="/collections/bancs?lang=fr"' in text


def test_persons_sign_in_by_form_and_with_their_account_where_there_is_a_provider(asking: Asking) -> None:
    with_provider = pages.renderer(SimpleNamespace(config_file=CONFIG, oidc_issuer="https://id.example"))
    without = pages.renderer(SimpleNamespace(config_file=CONFIG, oidc_issuer=None))
    assert 'href="/connexion"' in page(asking, with_provider, "/aide/connexion")
    assert 'href="/connexion"' not in page(asking, without, "/aide/connexion")
    for render in (with_provider, without):
        assert 'href="/sign-in?next=/collections"' in page(asking, render, "/collections")
        assert 'href="/sign-in?' not in page(asking, render, "/", PARTNER)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_type_of_every_problem_leads_to_a_page(asking: Asking, render: pages.Render, lang: Any) -> None:
    for row in ANSWERS.values():
        text = page(asking, render, f"/problems/{row.code}", lang=lang)
        assert row.title.in_(lang).replace("'", "&#39;") in text
    with pytest.raises(NotFound):
        asking.response("/problems/nope")


PROBLEM = {
    "type": "/problems/refused",
    "title": "Accès refusé par la charte",
    "status": 403,
    "code": "refused",
    "detail": "Aucune règle n'ouvre <b>cette</b> action.",
    "remedy": "Parlez à Nanterre.",
    "rule": "B11",
    "article": "Charte MIG, § 3.2",
    "access": "https://idg.example/collections/x/access",
}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 406, 412, 429, 500, 503])
def test_a_problem_page_says_what_happened_and_what_to_do(lang: Any, status: int) -> None:
    text = pages.problem_page(PROBLEM | {"status": status}, lang)
    assert str(status) in text
    assert "Parlez à Nanterre." in text
    assert "&lt;b&gt;cette&lt;/b&gt;" in text
    assert 'href="/"' in text


def test_a_refusal_leads_to_the_page_of_rights() -> None:
    assert 'href="https://idg.example/collections/x/access"' in pages.problem_page(PROBLEM, "fr")
    assert "Charte MIG, § 3.2" in pages.problem_page(PROBLEM, "fr")


def test_no_template_has_an_inline_script_or_style() -> None:
    for template in (Path(pages.__file__).parent / "templates").iterdir():
        text = template.read_text("utf-8")
        assert not re.search(r"<[a-z][^>]*\sstyle=", text), template.name
        assert not re.search(r"<script(?![^>]*src=)", text), template.name
        assert "| safe" not in text, template.name
