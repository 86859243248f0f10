"""The folder of standards: schemas of other bodies, known by SHA-256, brought from a folder or from their address."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mig_idg.errors import Text, Unavailable
from mig_idg.standards.known import SchemaFile, schema_files

LIMIT = 20_000_000
COMMUNES = "adresses-bal/exemples-fictifs/id_ban_communes_fictifs.csv"


@dataclass(frozen=True, slots=True)
class Library:
    """Where the schemas are. A folder laid out as ours, or the `reference` folder of the project itself."""

    folder: Path

    def has(self, path: str) -> bool:
        """Is that file there?"""
        return (self.folder / path).is_file()

    def path(self, path: str) -> Path:
        """A schema needed now; raises Unavailable with what to run when it is absent or is not the known one."""
        known, found = schema_files()[path], self.folder / path
        try:
            content = found.read_bytes()
        except OSError:
            raise Unavailable(
                Text(f"Il manque le schéma {path} dans {self.folder}.", f"The schema {path} is not in {self.folder}."),
                remedy=_how(known),
            ) from None
        if hashlib.sha256(content).hexdigest() != known.sha256:
            raise Unavailable(
                Text(
                    f"Le schéma {found} n'est pas celui qui est connu (SHA-256).",
                    f"The schema {found} is not the known one (SHA-256).",
                ),
                remedy=_how(known),
            )
        return found

    def present(self, standard: str) -> tuple[int, int]:
        """How many files of a standard are there, of how many."""
        files = [one for one in schema_files().values() if standard in one.standards]
        return sum(self.has(one.path) for one in files), len(files)

    def communes(self) -> Path | None:
        """The identifiers that the BAN gives to communes, `code_insee;id_ban_commune`, when the folder has them."""
        for name in ("id_ban_communes.csv", COMMUNES):
            if self.has(name):
                return self.folder / name
        return None

    def bring(self, source: Path) -> Brought:
        """Copy the known files of a folder, wherever they lie in it, those whose hash is right only."""
        if not source.is_dir():
            raise Unavailable(Text(f"{source} n'est pas un dossier.", f"{source} is not a folder."))
        wanted = {one.path: one for one in schema_files().values()}
        wrong: list[str] = []
        done = 0
        for path, known in wanted.items():
            found = source / path
            if not found.is_file():
                continue
            content = found.read_bytes()
            if hashlib.sha256(content).hexdigest() != known.sha256:
                wrong.append(path)
                continue
            self._keep(path, content)
            done += 1
        if (source / COMMUNES).is_file():
            self._keep(COMMUNES, (source / COMMUNES).read_bytes())
        missing = [path for path in wanted if not self.has(path)]
        return Brought(done, tuple(wrong), tuple(missing))

    def fetch(self, standards: Iterable[str] = ()) -> Brought:
        """Download what has an address and is missing; each is kept only when its hash is right."""
        import httpx

        chosen = set(standards)
        wrong: list[str] = []
        done = 0
        with httpx.Client(timeout=30, follow_redirects=True) as client:
            for one in schema_files().values():
                if self.has(one.path) or one.address is None or (chosen and not chosen & set(one.standards)):
                    continue
                try:
                    answer = client.get(one.address)
                except httpx.HTTPError:
                    wrong.append(one.path)
                    continue
                content = answer.content[:LIMIT]
                if answer.status_code != 200 or hashlib.sha256(content).hexdigest() != one.sha256:
                    wrong.append(one.path)
                    continue
                self._keep(one.path, content)
                done += 1
        missing = [
            one.path
            for one in schema_files().values()
            if not self.has(one.path) and (not chosen or chosen & set(one.standards))
        ]
        return Brought(done, tuple(wrong), tuple(missing))

    def _keep(self, path: str, content: bytes) -> None:
        target = self.folder / path
        if target.exists() and target.read_bytes() == content:
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(target.name + ".part")
        part.write_bytes(content)
        part.replace(target)


@dataclass(frozen=True, slots=True)
class Brought:
    """What an import or a download did."""

    taken: int
    refused: tuple[str, ...]
    """Files whose hash is not the known one, or that no address gave."""
    missing: tuple[str, ...]


def _how(known: SchemaFile) -> Text:
    fetch = f"mig-idg standards fetch {known.standards[0]}"
    if known.address is None:
        return Text(
            "Lancez : mig-idg standards import DOSSIER (ou donnez IDG_STANDARDS_DIR).",
            "Run: mig-idg standards import FOLDER (or give IDG_STANDARDS_DIR).",
        )
    return Text(
        f"Lancez : {fetch}, ou mig-idg standards import DOSSIER (ou donnez IDG_STANDARDS_DIR).",
        f"Run: {fetch}, or mig-idg standards import FOLDER (or give IDG_STANDARDS_DIR).",
    )
