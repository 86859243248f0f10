"""Versions of a layer: each replacement makes one, at the cost of what changed; the pointer moves, whole or not at all."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click
import psycopg
import pytest

from mig_idg.cli import messages
from mig_idg.cli.main import directory
from mig_idg.cli.messages import guarded
from mig_idg.database import connect
from mig_idg.demonstration import adhesion
from mig_idg.deposits.intake import imports
from mig_idg.deposits.intake.imports import Choices
from mig_idg.deposits.intake.republish import republish
from mig_idg.errors import Conflict, Gone, NotFound
from mig_idg.publication import versions
from mig_idg.publication.load import load_folder
from mig_idg.publication.model import Declaration
from mig_idg.publication.publish import publish
from mig_idg.registry import publications
from mig_idg.store import versions as recorded
from mig_idg.store import vintages

DAY = date(2026, 3, 2)
DECLARED = """
id: bancs
title: {fr: Bancs, en: Benches}
description: {fr: Bancs, en: Benches}
kind: mutualised
owner: "92050"
source: {table: data.bancs, id: id, geometry: geom, crs: EPSG:2154}
territory: insee
"""
Lines = list[tuple[int, str, str]]
FIRST: Lines = [(1, "bois", "92050"), (2, "métal", "92050"), (3, "pierre", "92036")]
SECOND: Lines = [(1, "bois", "92050"), (2, "béton", "92050"), (4, "neuf", "92036")]


@pytest.fixture
def url(cluster: Any) -> Iterator[str]:
    """The owner's address of a database of its own."""
    name = f"idg_{os.getpid()}_{uuid.uuid4().hex[:8]}"
    with connect(cluster.url(role="idg_owner", database="postgres"), autocommit=True) as admin:
        admin.execute(f"create database {name} template idg_template strategy file_copy")
    yield cluster.url(role="idg_owner", database=name)
    with connect(cluster.url(role="idg_owner", database="postgres"), autocommit=True) as admin:
        admin.execute(f"drop database {name} with (force)")


@pytest.fixture
def owner(url: str, tmp_path: Path) -> Iterator[Any]:
    """The owner's connection, with `bancs` published, empty."""
    with connect(url) as opened:
        opened.execute(
            "create table data.bancs (id bigint primary key, matiere text, insee text, geom geometry(Point, 2154))"
        )
        adhesion.adopt(opened, DAY)
        (tmp_path / "collections").mkdir()
        (tmp_path / "collections/bancs.yml").write_text(DECLARED, encoding="utf-8")
        opened.commit()
        publish(opened, tmp_path / "collections", author="essai", on=date(2026, 1, 2))
        opened.commit()
        yield opened
        opened.rollback()


@pytest.fixture
def declared(tmp_path: Path, owner: Any) -> Declaration:
    """The declaration of `bancs`."""
    (one,) = load_folder(tmp_path / "collections").declared
    return one.declaration


Load = Callable[..., Any]


@pytest.fixture
def load(owner: Any, declared: Declaration, tmp_path: Path) -> Load:
    """`load(lines)`: an import of these lines, committed."""

    def loaded(lines: Lines, **choices: Any) -> Any:
        report = imports.run(owner, file(tmp_path, lines), declared, Choices(author="greffier", **choices))
        owner.commit()
        return report

    return loaded


def file(place: Path, lines: Lines) -> Path:
    path = place / "bancs.csv"
    rows = (f"{id},{what},{insee},{640000 + id},6860000" for id, what, insee in lines)
    path.write_text("\n".join(("id,matiere,insee,x,y", *rows)) + "\n", encoding="utf-8")
    return path


def rows(owner: Any) -> Lines:
    return owner.execute("select id, matiere, insee from data.bancs order by id").fetchall()


def served(owner: Any) -> Lines:
    """What readers have: the copy."""
    table = publications.latest(owner).collections["bancs"]["table"]
    return owner.execute(f'select id, matiere, insee from prepared."{table["copy"]}" order by id').fetchall()


def of(owner: Any, number: int) -> Lines:
    """The rows of a version."""
    return owner.execute(
        "select id, matiere, insee from vintages.bancs where idg_from <= %s and idg_to > %s order by id",
        (number, number),
    ).fetchall()


def restore(owner: Any, declared: Declaration, number: int) -> None:
    with owner.transaction():
        versions.put_in_force(owner, declared, number, "greffier")
        republish(owner, "bancs", author="greffier")
    owner.commit()


def test_each_import_makes_a_version_with_what_it_changed(owner: Any, load: Load) -> None:
    assert [load(FIRST).version, load(SECOND, label="printemps", valid_from=date(2026, 2, 1)).version] == [1, 2]
    last, first = recorded.known(owner, "bancs")
    assert (last.number, last.label, last.valid_from, last.act, last.author) == (
        2, "printemps", date(2026, 2, 1), "import", "greffier",
    )  # fmt: skip
    assert (last.rows, last.added, last.changed, last.removed, last.replaces) == (3, 1, 1, 1, 1)
    assert (last.source, len(last.sha256 or ""), last.in_force) == ("bancs.csv", 64, True)
    assert (first.added, first.in_force, first.digest != last.digest) == (3, False, True)
    assert (of(owner, 1), of(owner, 2)) == (FIRST, SECOND)
    assert publications.latest(owner).collections["bancs"]["version"]["number"] == 2


def test_an_import_that_changes_nothing_makes_no_version(owner: Any, load: Load) -> None:
    load(FIRST)
    assert load(list(reversed(FIRST))).version is None
    assert len(recorded.known(owner, "bancs")) == 1
    assert not recorded.pending(owner, "bancs")


def test_a_rehearsal_makes_no_version(owner: Any, load: Load) -> None:
    load(FIRST, rehearse=True)
    assert recorded.known(owner, "bancs") == []


def test_rows_that_were_there_before_the_first_version_are_kept(owner: Any, load: Load) -> None:
    owner.execute("insert into data.bancs select 9, 'ancien', '92050', st_setsrid(st_point(640009, 6860000), 2154)")
    owner.commit()
    load(FIRST)
    assert [(one.number, one.act) for one in recorded.known(owner, "bancs")] == [(2, "import"), (1, "baseline")]
    assert of(owner, 1) == [(9, "ancien", "92050")]


def test_rows_written_one_by_one_go_into_the_next_version(owner: Any, load: Load, declared: Declaration) -> None:
    """Part 4 of OGC API Features writes so; an import over them loses nothing that was acknowledged."""
    load(FIRST)
    assert versions.cut(owner, declared, "g") is None
    owner.execute("update data.bancs set matiere = 'osier' where id = 1")
    owner.commit()
    made = versions.cut(owner, declared, "g", label="saisies de mars")
    assert made is not None
    assert (made.number, made.act, made.changed, made.label) == (2, "edits", 1, "saisies de mars")
    owner.execute("delete from data.bancs where id = 3")
    owner.commit()
    load(SECOND)
    assert [(one.number, one.act) for one in recorded.known(owner, "bancs")] == [
        (4, "import"), (3, "edits"), (2, "edits"), (1, "import"),
    ]  # fmt: skip
    assert of(owner, 3) == [(1, "osier", "92050"), (2, "métal", "92050")]


def test_a_restore_moves_the_pointer_and_makes_no_version(owner: Any, load: Load, declared: Declaration) -> None:
    load(FIRST)
    load(SECOND)
    untouched = owner.execute("select xmin::text from data.bancs where id = 1").fetchone()
    restore(owner, declared, 1)
    assert (rows(owner), served(owner)) == (FIRST, FIRST)
    assert owner.execute("select xmin::text from data.bancs where id = 1").fetchone() == untouched
    assert [(one.number, one.in_force) for one in recorded.known(owner, "bancs")] == [(2, False), (1, True)]
    restore(owner, declared, 2)
    assert (rows(owner), served(owner)) == (SECOND, SECOND)
    with pytest.raises(Conflict, match="déjà en vigueur"):
        versions.put_in_force(owner, declared, 2, "g")
    owner.rollback()
    with pytest.raises(NotFound):
        versions.put_in_force(owner, declared, 7, "g")


def test_an_import_after_a_restore_counts_from_what_was_in_force(owner: Any, load: Load, declared: Declaration) -> None:
    load(FIRST)
    load(SECOND)
    restore(owner, declared, 1)
    assert load(FIRST[:2]).version == 3
    (last, *_) = recorded.known(owner, "bancs")
    assert (last.replaces, last.added, last.changed, last.removed) == (1, 0, 0, 1)
    assert (of(owner, 1), of(owner, 2), of(owner, 3)) == (FIRST, SECOND, FIRST[:2])


def test_a_row_comes_back_after_an_import_that_dropped_it(owner: Any, load: Load) -> None:
    """Copies that an import of the whole table left behind do not refuse what is written afterwards."""
    load(FIRST)
    load(SECOND)
    owner.execute("insert into data.bancs select 3, 'revenu', '92036', st_setsrid(st_point(640003, 6860000), 2154)")
    assert served(owner)[2] == (3, "revenu", "92036")


def test_what_was_being_written_is_kept_by_a_restore(owner: Any, load: Load, declared: Declaration) -> None:
    load(FIRST)
    load(SECOND)
    owner.execute("update data.bancs set matiere = 'osier' where id = 1")
    owner.commit()
    restore(owner, declared, 1)
    assert (rows(owner), of(owner, 3)[0]) == (FIRST, (1, "osier", "92050"))


def test_a_version_costs_what_changed(owner: Any, load: Load, declared: Declaration) -> None:
    """10 000 rows of which 1 % changed: 1 % more rows kept, and no more than 3 % of the bytes before any vacuum."""
    many: Lines = [(n, f"banc {n}", "92050") for n in range(10_000)]
    load(many)
    before = vintages.weight(owner, "bancs")
    load([(id, f"{what} repeint" if id % 100 == 0 else what, insee) for id, what, insee in many])
    (kept,) = owner.execute("select count(*) from vintages.bancs").fetchone()
    assert kept == 10_100
    assert vintages.weight(owner, "bancs") - before < 0.03 * before + 64 * 1024


def test_a_version_is_never_rewritten(owner: Any, load: Load) -> None:
    load(FIRST)
    for statement in ("update versions.version set digest = repeat('0', 64)", "delete from versions.version"):
        with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState):
            owner.execute(statement)
        owner.rollback()


def test_old_versions_are_pruned_and_validated_ones_never(owner: Any, load: Load, declared: Declaration) -> None:
    for n in range(1, 6):
        load([(1, f"état {n}", "92050"), (n + 10, "autre", "92050")])
    owner.execute("update versions.version set validated = 'v2' where number = 2")
    gone = versions.prune(owner, declared, "g", keep=2)
    owner.commit()
    assert [one.number for one in gone] == [3, 1]
    assert (of(owner, 2)[0], of(owner, 4)[0], of(owner, 5)[0]) == (
        (1, "état 2", "92050"), (1, "état 4", "92050"), (1, "état 5", "92050"),
    )  # fmt: skip
    assert of(owner, 3) == []
    with pytest.raises(Gone):
        recorded.find(owner, "bancs", 3)
    with pytest.raises(psycopg.errors.CheckViolation):
        owner.execute("update versions.version set pruned_at = now() where number = 2")


def test_nothing_is_pruned_unless_it_is_declared(owner: Any, load: Load, declared: Declaration) -> None:
    load(FIRST)
    load(SECOND)
    assert versions.prune(owner, declared, "g") == []
    keep_one = declared.model_copy(update={"versions": versions.Versions(keep=1)})
    assert [one.number for one in versions.prune(owner, keep_one, "g", dry=True)] == [1]
    assert of(owner, 1) == FIRST


def test_versions_may_be_declared_off(owner: Any, declared: Declaration, tmp_path: Path) -> None:
    off = declared.model_copy(update={"versions": versions.Versions(recorded=False)})
    assert imports.run(owner, file(tmp_path, FIRST), off, Choices()).version is None


def test_a_new_column_has_no_value_in_the_versions_before_it(
    owner: Any, load: Load, declared: Declaration, tmp_path: Path
) -> None:
    load(FIRST)
    owner.execute("alter table data.bancs add column places integer")
    owner.execute("update data.bancs set places = 3")
    owner.commit()
    publish(owner, tmp_path / "collections", author="essai", on=DAY)
    owner.commit()
    versions.cut(owner, declared, "g")
    told = owner.execute("select idg_from, places from vintages.bancs where id = 1 order by 1").fetchall()
    assert told == [(1, None), (2, 3)]
    restore(owner, declared, 1)
    assert rows(owner) == FIRST


def test_two_imports_at_once_one_waits_for_its_turn(
    owner: Any, load: Load, declared: Declaration, tmp_path: Path, url: str
) -> None:
    load(FIRST)
    with connect(url) as other, other.transaction():
        versions.layers.alone(other, "data.bancs")
        with pytest.raises(Conflict):
            imports.run(owner, file(tmp_path, SECOND), declared, Choices())
        owner.rollback()
        with pytest.raises(Conflict):
            versions.put_in_force(owner, declared, 1, "g")
        owner.rollback()
    assert (rows(owner), len(recorded.known(owner, "bancs"))) == (FIRST, 1)


@pytest.mark.parametrize("step", ["insert into versions.version", "insert into registry.publication"])
def test_a_statement_that_fails_leaves_what_was_there(
    owner: Any, load: Load, declared: Declaration, tmp_path: Path, step: str
) -> None:
    """A full disk is an error of one statement, wherever it comes."""
    load(FIRST)
    table = step.rpartition(" ")[2]
    owner.execute(
        "create function public.full_disk() returns trigger language plpgsql as"
        " $$begin raise exception 'disk full' using errcode = 'disk_full'; end$$"
    )
    owner.execute(f"create trigger full_disk before insert on {table} execute function public.full_disk()")
    owner.commit()
    generation = publications.latest(owner).number
    with pytest.raises(psycopg.errors.DiskFull):
        imports.run(owner, file(tmp_path, SECOND), declared, Choices())
    owner.rollback()
    assert (rows(owner), served(owner), of(owner, 1)) == (FIRST, FIRST, FIRST)
    assert owner.execute("select count(*) from vintages.bancs").fetchone() == (3,)
    assert (len(recorded.known(owner, "bancs")), publications.latest(owner).number) == (1, generation)


def test_a_connection_killed_in_the_middle_of_a_restore_leaves_what_was_there(
    owner: Any, load: Load, declared: Declaration, url: str
) -> None:
    load(FIRST)
    load(SECOND)
    with connect(url) as other:
        versions.put_in_force(other, declared, 1, "g")
        owner.execute("select pg_terminate_backend(%s)", (other.info.backend_pid,))
        with pytest.raises(psycopg.OperationalError):
            republish(other, "bancs", author="g")
    owner.commit()
    assert (rows(owner), served(owner)) == (SECOND, SECOND)
    assert recorded.pointer(owner, "bancs").in_force == 2
    restore(owner, declared, 1)
    assert rows(owner) == FIRST


STEPS = ("data.bancs", "versions.pointer", "registry.publication")
"""Where a restore writes, in the order in which it does."""


@pytest.mark.parametrize("step", STEPS)
def test_a_command_killed_at_each_step_leaves_what_was_there(owner: Any, load: Load, url: str, step: str) -> None:
    """`kill -9` while the command waits to write there; meanwhile another restore is told to wait its turn."""
    load(FIRST)
    load(SECOND)
    with connect(url) as other:
        other.execute(f"lock table {step} in share mode")
        first = command(url, "restore", "bancs", "1")
        try:
            backend = writing(other, first)
            second = command(url, "restore", "bancs", "1")
            said = second.communicate(timeout=120)[1]
            assert (second.returncode, "Un autre import" in said) == (1, True), said
        finally:
            first.kill()
            first.communicate(timeout=120)
    ended(owner, backend)
    assert (rows(owner), served(owner), of(owner, 2)) == (SECOND, SECOND, SECOND)
    assert (recorded.pointer(owner, "bancs").in_force, len(recorded.known(owner, "bancs"))) == (2, 2)
    owner.commit()
    again = command(url, "restore", "bancs", "1")
    said = again.communicate(timeout=120)[1]
    assert (again.returncode, rows(owner), served(owner)) == (0, FIRST, FIRST), said


def command(url: str, *words: str) -> subprocess.Popen[str]:
    """`mig-idg versions …` as a process of its own."""
    program = [sys.executable, "-c", "from mig_idg.cli.main import main; main()", "versions", *words]
    environment = {**os.environ, "IDG_DATABASE_URL": url, "LC_ALL": "fr_FR.UTF-8", "PGAPPNAME": "versions-command"}
    return subprocess.Popen(program, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def writing(connection: Any, process: subprocess.Popen[str]) -> int:
    """The backend of a command, once it waits for what this connection holds."""
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        row = connection.execute(
            "select pid from pg_stat_activity where pg_backend_pid() = any(pg_blocking_pids(pid))"
        ).fetchone()
        if row is not None:
            return int(row[0])
        connection.execute("select pg_stat_clear_snapshot(), pg_sleep(0.05)")
    raise AssertionError(process.communicate(timeout=5))


def ended(connection: Any, backend: int) -> None:
    """Wait until the database noticed that a process is gone."""
    until = time.monotonic() + 120
    while connection.execute("select from pg_stat_activity where pid = %s", (backend,)).fetchone() is not None:
        assert time.monotonic() < until
        connection.commit()
        connection.execute("select pg_sleep(0.05)")
    connection.commit()


def test_the_command_tells_compares_and_restores(
    owner: Any, load: Load, declared: Declaration, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IDG_DATABASE_URL", owner.info.dsn)
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    messages.settings.cache_clear()

    def idg(*words: str) -> tuple[int, Any]:
        code = guarded(directory, ["versions", *words])
        said = capsys.readouterr()
        return code, json.loads(said.out) if said.out.startswith(("{", "[")) else said.out + said.err

    load(FIRST)
    load(SECOND)
    code, told = idg("list", "bancs", "--json")
    assert (code, [(one["number"], one["in_force"], one["rows"]) for one in told]) == (0, [(2, True, 3), (1, False, 3)])
    assert "en vigueur" in idg("list", "bancs")[1]
    code, told = idg("compare", "bancs", "1", "2", "--features", "--json")
    assert (code, told["added"], told["changed"], told["removed"]) == (0, 1, 1, 1)
    assert told["features"] == [
        {"id": "2", "change": "changed"}, {"id": "3", "change": "removed"}, {"id": "4", "change": "added"},
    ]  # fmt: skip
    assert idg("restore", "bancs", "1", "--json")[0] == 0
    assert (rows(owner), served(owner)) == (FIRST, FIRST)
    owner.commit()
    assert idg("restore", "bancs", "1") == (1, "La version 1 de « bancs » est déjà en vigueur.\n")
    code, said = idg("show", "bancs", "9")
    assert (code, "n'a pas de version 9" in said) == (1, True)
    assert idg("publish", "bancs")[0] == 1
    owner.execute("update data.bancs set matiere = 'chêne' where id = 1")
    owner.commit()
    code, told = idg("publish", "bancs", "--label", "printemps", "--valid-from", "2026-03-20", "--json")
    assert (code, told["number"], told["label"], told["changed"], told["act"]) == (0, 3, "printemps", 1, "edits")
    assert idg("prune", "bancs", "--keep", "1", "--dry-run", "--json") == (0, {"dry_run": True, "versions": [2, 1]})
    assert idg("prune", "bancs", "--keep", "1")[0] == 0
    code, told = idg("show", "bancs", "1", "--json")
    assert (code, told["pruned_at"] is not None) == (1, True)
    assert idg("restore", "bancs", "1")[0] == 1
    code, said = idg("list", "banc")
    assert (code, "« bancs »" in said) == (2, True)
    messages.settings.cache_clear()


@pytest.mark.parametrize("page", ["versions.md", "versions.fr.md"])
def test_the_page_shows_each_verb_and_no_other(page: str) -> None:
    text = (Path(__file__).parents[2] / "docs" / "how-to" / page).read_text("utf-8")
    group = directory.get_command(click.Context(directory), "versions")
    assert isinstance(group, click.Group)
    assert set(re.findall(r"\./idg versions ([a-z]+)", text)) == set(group.commands)


def test_a_layer_whose_key_changes_starts_anew_and_says_so(
    owner: Any, load: Load, declared: Declaration, tmp_path: Path
) -> None:
    """Of numbers that become texts each row is still itself; of texts that become numbers nobody knows which is which."""
    load(FIRST)
    owner.execute("alter table data.bancs alter column id type text")
    owner.commit()
    load(SECOND)
    assert [one.number for one in recorded.known(owner, "bancs") if not one.pruned_at] == [2, 1]
    owner.execute("truncate data.bancs")
    owner.execute("insert into data.bancs (id, matiere, insee) values ('a', 'bois', '92050')")
    assert versions.cut(owner, declared, "greffier") is not None
    owner.execute("truncate data.bancs")
    owner.execute("alter table data.bancs alter column id type bigint using 1")
    owner.commit()
    load(FIRST)
    found = {one.number: (one.rows, one.pruned_by) for one in recorded.known(owner, "bancs")}
    gone = (3, "key changed"), (3, "key changed"), (1, "key changed")
    assert found == dict(enumerate((*gone, (0, None), (3, None)), 1)), "what was emptied by hand is a version as well"
    assert of(owner, 5) == FIRST
    with pytest.raises(Gone):
        restore(owner, declared, 1)
