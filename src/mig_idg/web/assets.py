"""Static files, read once at start: the list is closed, the address carries a hash of their content.

All files share one hash, so that a module can import another by a relative address (MapLibre and its worker).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

MEDIA = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".txt": "text/plain; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One static file."""

    body: bytes
    media_type: str
    etag: str

    @property
    def is_text(self) -> bool:
        """True for what compresses well."""
        return self.media_type.startswith("text/") or self.media_type.endswith("+xml")


@dataclass(frozen=True, slots=True)
class Assets:
    """All static files by their path under `static/`, and the hash of the whole."""

    files: dict[str, Asset]
    digest: str

    def path(self, name: str) -> str:
        """The address of a file, under the root of the service. Raises KeyError for a file that is not there."""
        assert self.files[name]
        return f"/static/{self.digest}/{name}"

    def find(self, path: str) -> tuple[Asset, bool] | None:
        """The file of an address below `/static/`, and whether the address carries its content's hash."""
        digest, _, name = path.partition("/")
        found = self.files.get(name)
        return (found, digest == self.digest) if found else None


@cache
def assets() -> Assets:
    """The static files of this installation."""
    found = dict(sorted(_read(files("mig_idg.web") / "static", "")))
    whole = hashlib.blake2b(digest_size=8)
    for name, asset in found.items():
        whole.update(f"{name}\x1f{asset.etag}\x1f".encode())
    return Assets(found, whole.hexdigest())


def _read(folder: Traversable, prefix: str) -> list[tuple[str, Asset]]:
    found = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found.extend(_read(entry, f"{prefix}{entry.name}/"))
            continue
        suffix = "." + entry.name.rsplit(".", 1)[-1]
        if suffix in MEDIA:
            body = entry.read_bytes()
            etag = hashlib.blake2b(body, digest_size=12).hexdigest()
            found.append((f"{prefix}{entry.name}", Asset(body, MEDIA[suffix], etag)))
    return found
