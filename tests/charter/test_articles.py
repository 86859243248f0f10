"""No article without a rule or a reason; no rule without an article that says so."""

import re

import pytest

from mig_idg.charter import RULEBOOK
from mig_idg.charter.articles import articles
from mig_idg.charter.citations import TEXTS

ELSEWHERE = {"registry", "deposit", "catalogue", "page", "nothing", None}
NAMES = {text.fr for text in TEXTS.values()}
BOOK = (*RULEBOOK.rules, RULEBOOK.silence)


def cited(rule):
    """The articles a rule rests on, as (text, article)."""
    text = None
    for part in re.split(r"\s*[;,]\s*", rule.article):
        if part in NAMES:
            text = part
            continue
        if re.fullmatch(r"[\d.]+", part):
            part = f"art. {part}"
        yield text, part


def test_every_article_has_a_rule_or_says_why_none_codes_it():
    for article in articles():
        assert article.why.fr, article
        assert article.why.en, article
        assert bool(article.rules) != bool(article.elsewhere), article
        assert article.elsewhere in ELSEWHERE


def test_rules_and_articles_cite_each_other():
    by_rule = {(rule.id, text, article) for rule in BOOK for text, article in cited(rule)}
    by_article = {(rule, article.text, article.id) for article in articles() for rule in article.rules}
    assert by_rule == by_article


def test_no_article_is_told_twice():
    told = [(article.text, article.id) for article in articles()]
    assert len(told) == len(set(told))


HEADINGS = {
    "004": ("004_*.txt", r"^\s*(\d\.\d(?:\.\d)?)\.?\s+[A-ZÉÀ«L]", "§ {}"),
    "000": ("000_*.txt", r"^ARTICLE\s+(\d+)\s*:", "art. {}"),
    "000.": ("000_*.txt", r"^((?:9|12)\.\d)\s", "art. {}"),
    "001": ("001_*.txt", r"^\s*Article (\d)\s", "art. {}"),
    "001.": ("001_*.txt", r"^\s*(\d)\s*[—–=-]\s*(\d)\s*/", "art. {}-{}"),
    "002": ("002_*.txt", r"^## (.+?)\s*$", "« {} »"),
    "003": ("003_*.txt", r"^\*{0,2}#*\s*Article\s+(\d+)\s*:[^.]*$", "art. {}"),
}


@pytest.mark.reference
@pytest.mark.parametrize("key", HEADINGS)
def test_every_heading_of_the_founding_texts_is_in_the_list(key, shared):
    if not shared.is_dir():
        pytest.skip("../shared is not there")
    pattern, heading, form = HEADINGS[key]
    (path,) = (shared / "seeds").glob(pattern)
    found = {form.format(*m.groups()) for m in re.finditer(heading, path.read_text("utf-8"), re.MULTILINE)}
    known = {article.id for article in articles() if article.text == TEXTS[key[:3]].fr}
    assert len(found) >= 2
    # the charter's § 3.3 and § 3.5.2 also quote their own numbers; chapters of 004 are told by their paragraphs
    parents = {"§ 2.1", "§ 2.2", "§ 2.3", "§ 2.4", "§ 3.1", "§ 3.5", "art. 9", "art. 12", "art. 2"}
    assert found - known <= parents, found - known
