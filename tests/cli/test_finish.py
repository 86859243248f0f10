"""What follows a publication may be stopped: what was published stays."""

from __future__ import annotations

from typing import Any

import pytest

from mig_idg.cli.follow_up import finish
from mig_idg.database import connect


def test_stopping_the_tiles_leaves_the_publication(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(connection: Any, progress: Any) -> dict[str, int]:
        progress("adresses", 1)
        raise KeyboardInterrupt

    monkeypatch.setattr("mig_idg.ogc.tiles.seeding.draw_ahead", stopped)
    monkeypatch.setattr("mig_idg.cli.messages.lang", lambda: "fr")
    with connect(database_url) as owner:
        owner.execute("create table data.essai (id int)")
        finish(owner, quiet=True)
    assert "dessinées à la demande" in capsys.readouterr().err
    with connect(database_url) as owner:
        assert owner.execute("select to_regclass('data.essai') is not null").fetchone() == (True,)
        owner.execute("drop table data.essai")
