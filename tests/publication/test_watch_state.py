"""A change that `serve --watch` could not publish is told on /readyz, without the name of anything."""

import json
from types import SimpleNamespace

from mig_idg.app.operations import Operations
from mig_idg.cli.watch import publish_and_tell
from mig_idg.publication import watch_state
from mig_idg.settings import Settings


def readiness(home):
    current = SimpleNamespace(snapshot=None, refused_generation=None, broken=[])
    operations = Operations(current, lambda: True, watched=lambda: watch_state.read(home))
    return json.loads(operations.readiness().body)


def test_a_change_that_is_refused_is_told_without_a_name(database_url, tmp_path):
    folder, home = tmp_path / "collections", tmp_path / "home"
    folder.mkdir()
    home.mkdir()
    settings = Settings(home=home, database_url=database_url)
    assert "watch" not in readiness(home), "nobody watches"
    (folder / "secrets.yml").write_text("id: secrets\nkind: neither\n", "utf-8")
    assert not publish_and_tell(folder, database_url, settings)
    told = readiness(home)["watch"]
    assert told["state"] == "refused"
    assert told["errors"] >= 1
    assert "secrets" not in json.dumps(told)


def test_who_watches_no_longer_says_nothing(tmp_path):
    watch_state.write(tmp_path, "watching")
    assert readiness(tmp_path)["watch"]["state"] == "watching"
    watch_state.forget(tmp_path)
    assert "watch" not in readiness(tmp_path)
