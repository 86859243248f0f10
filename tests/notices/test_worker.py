"""The job: a real worker takes a message from the outbox and hands it to a real mail server."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from mig_idg.database.clerk import as_clerk
from mig_idg.errors import Text
from mig_idg.registry import outbox
from mig_idg.registry.outbox import Letter, Recipient

from .conftest import Mailbox, text


def test_a_worker_sends_what_cannot_wait(app_url: str, mailbox: Mailbox, tmp_path: Path) -> None:
    environment = {
        **os.environ, "IDG_SERVE_DATABASE_URL": app_url, "IDG_HOME": str(tmp_path), "IDG_SMTP_HOST": "127.0.0.1",
        "IDG_SMTP_PORT": str(mailbox.port), "IDG_SMTP_SECURITY": "none", "IDG_SMTP_FROM": "idg@b.example",
        "IDG_HARVEST_DIR": str(tmp_path),
    }  # fmt: skip
    worker = subprocess.Popen([sys.executable, "-m", "mig_idg.app.jobs", "worker"], env=environment)
    try:
        letter = Letter("case move", Text("Dossier", "Case"), Text("Le dossier avance.", "The case moves."))
        with as_clerk(app_url, write=True) as clerk:
            (number,) = outbox.post(clerk, "worker", letter, [Recipient("a@b.example", lang="fr")])
            outbox.wake(clerk)
            outbox.wake(clerk)
        assert mailbox.arrived.wait(120)
        until = threading.Event()
        for _ in range(600):
            with as_clerk(app_url) as clerk:
                found: Any = outbox.message(clerk, number)
            if found["state"] == "sent":
                break
            until.wait(0.1)
        assert found["state"] == "sent"
    finally:
        worker.terminate()
        worker.wait(60)
    (mail,) = mailbox.mails
    assert "Le dossier avance." in text(mail)
