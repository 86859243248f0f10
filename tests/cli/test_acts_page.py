"""The pages on acts and on the partnership, followed to the letter: every command they show does what it says."""

import os
import re
import shlex
from datetime import date
from pathlib import Path

import pytest

from mig_idg.cli import messages
from mig_idg.cli.main import directory
from mig_idg.cli.messages import guarded
from mig_idg.database import connect
from mig_idg.demonstration import adhesion
from mig_idg.registry import declared, publications

PAGES = Path(__file__).parents[2] / "docs" / "how-to"
PCRS = {
    "id": "pcrs",
    "kind": "mutualised",
    "owner": "92050",
    "columns": ["geom", "phone"],
    "terms": {"mode": "all_partners", "actions": ["view", "query"]},
}


@pytest.fixture
def adopted(cluster, monkeypatch):
    """The demonstration, with `pcrs` shared by Nanterre and a draft `voirie`, in a database of its own."""
    name = f"idg_page_{os.getpid()}"
    with connect(cluster.url(role="idg_owner", database="postgres"), autocommit=True) as admin:
        admin.execute(f"create database {name} template idg_template strategy file_copy")
    database_url = cluster.url(role="idg_owner", database=name)
    with connect(database_url) as conn:
        adhesion.adopt(conn, date(2026, 11, 22))
        declared.record(conn, PCRS, "greffier", date(2024, 1, 1))
        declared.record(conn, {"id": "voirie", "kind": "coproduced"}, "greffier", date(2024, 1, 1))
        record = {
            "title": {"fr": "Voies"},
            "description": {"fr": "Les voies du territoire."},
            "keywords": ["voirie"],
            "theme": "réseaux de transport",
            "lineage": {"fr": "Tirées pour l'essai."},
            "scale": [500, 5000],
            "update_frequency": "annually",
        }
        publications.record(conn, {"voirie": {"declaration": record}}, author="greffier")
    monkeypatch.setenv("IDG_DATABASE_URL", database_url)
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    messages.settings.cache_clear()
    yield
    messages.settings.cache_clear()
    with connect(cluster.url(role="idg_owner", database="postgres"), autocommit=True) as admin:
        admin.execute(f"drop database {name} with (force)")


@pytest.mark.parametrize("page", ["acts.fr.md", "partnership.fr.md", "equipment.fr.md"])
def test_every_command_of_the_page_does_what_it_says(adopted, capsys, page):
    shown = re.findall(r"```sh\n(.*?)```", (PAGES / page).read_text("utf-8"), re.DOTALL)
    lines = [line for block in shown for line in block.splitlines()]
    assert len(lines) > 12
    number = ""
    for line in lines:
        args = [number if word in ("NUMÉRO", "INTERVENTION") else word for word in shlex.split(line)[1:]]
        code = guarded(directory, args)
        out, err = capsys.readouterr()
        assert code == 0, (line, err)
        found = re.search(r"numéro de (?:l'exception|la demande|l'intervention) : (\d+)", out)
        number = found[1] if found else number
