"""The key that signs cookies of sessions, and addresses that only a mail holds."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

import structlog

from mig_idg.settings import Settings

log = structlog.get_logger(__name__)


def session_key(settings: Settings) -> bytes:
    """The 32 bytes that sign session cookies: from the settings, or a file of the home made once (mode 600).

    Workers that start together agree: the file appears whole. In a home that cannot be written, each worker has its
    own: people sign in again when another one answers, until IDG_SESSION_SECRET is set.
    """
    if settings.session_secret is not None:
        return hashlib.sha256(settings.session_secret.get_secret_value().encode()).digest()
    path = settings.home / "session.key"
    try:
        if not path.is_file():
            _keep_whole(path, secrets.token_bytes(32))
        return hashlib.sha256(path.read_bytes()).digest()
    except OSError as error:
        log.warning("session-key-not-kept", reason=type(error).__name__, remedy="IDG_SESSION_SECRET")
        return secrets.token_bytes(32)


def _keep_whole(path: Path, content: bytes) -> None:
    """Write a file of mode 600 that nobody sees half written; the one that is there already stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
