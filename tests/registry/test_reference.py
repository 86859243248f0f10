"""The page on the registry says all that the database refuses."""

from pathlib import Path

from mig_idg.registry.refusals import REFUSED

ROOT = Path(__file__).parents[2]


def test_every_refusal_of_the_database_is_on_the_page():
    page = (ROOT / "docs" / "reference" / "registry.md").read_text("utf-8")
    assert [name for name in REFUSED if f"`{name}`" not in page] == []


def test_every_refusal_that_has_words_is_one_the_database_makes(bare):
    rows = bare.execute("select conname from pg_constraint where connamespace = 'registry'::regnamespace").fetchall()
    source = bare.execute(
        "select string_agg(prosrc, '') from pg_proc where pronamespace = 'registry'::regnamespace"
    ).fetchone()[0]
    constraints = {name for (name,) in rows}
    assert [name for name in REFUSED if name not in constraints and f"'{name}'" not in source] == []
