"""The tus 1.0 protocol (tus.io), core, creation and termination: an upload that was cut goes on where it stopped."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from mig_idg.errors import BadRequest, InvalidParameter, PreconditionFailed, Text, UnsupportedMedia

VERSION = "1.0.0"
EXTENSIONS = "creation,termination"
BODY_TYPE = "application/offset+octet-stream"


def asked(headers: Mapping[str, str]) -> bool:
    """Whether the request is of the protocol. Raises PreconditionFailed (412) for a version that is not ours."""
    version = headers.get("tus-resumable")
    if version is None:
        return False
    if version != VERSION:
        error = PreconditionFailed(
            Text(f"Version de tus inconnue : « {version[:20]} ».", f"Unknown version of tus: “{version[:20]}”."),
            remedy=Text(f"Ce serveur parle tus {VERSION}.", f"This server speaks tus {VERSION}."),
        )
        error.headers["tus-version"] = VERSION
        raise error
    return True


def length(headers: Mapping[str, str]) -> int:
    """The size of the whole file, which must be announced."""
    return _number(headers, "upload-length")


def offset(headers: Mapping[str, str]) -> int:
    """Where the bytes of a PATCH go; its media type is the protocol's."""
    if headers.get("content-type", "").partition(";")[0].strip().lower() != BODY_TYPE:
        raise UnsupportedMedia(
            Text(f"Un PATCH porte {BODY_TYPE}.", f"A PATCH carries {BODY_TYPE}."),
        )
    return _number(headers, "upload-offset")


def metadata(headers: Mapping[str, str]) -> dict[str, str]:
    """`Upload-Metadata: filename bm9t, dataset aWQ=` as words. Raises BadRequest."""
    words = {}
    for pair in filter(None, (part.strip() for part in headers.get("upload-metadata", "").split(","))):
        name, _, value = pair.partition(" ")
        try:
            words[name.lower()] = base64.b64decode(value.strip(), validate=True).decode("utf-8")
        except (binascii.Error, ValueError):
            raise BadRequest(
                Text(f"Upload-Metadata : « {name[:40]} » n'est pas en base64 d'UTF-8.",
                     f"Upload-Metadata: “{name[:40]}” is not UTF-8 in base64."),
            ) from None  # fmt: skip
    return words


def _number(headers: Mapping[str, str], name: str) -> int:
    said = headers.get(name, "")
    if not (said.isascii() and said.isdigit() and len(said) < 16):
        raise InvalidParameter(
            name, Text(f"{name} : un nombre d'octets est attendu.", f"{name}: a number of bytes is expected.")
        )
    return int(said)
