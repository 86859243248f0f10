"""Which picture a caller wants: `f=`, then Accept; without a preference, the lighter of two that shows all there is."""

from __future__ import annotations

from mig_idg.errors import InvalidParameter, NotAcceptable, Text, did_you_mean, nearest
from mig_idg.guard import negotiation
from mig_idg.guard.request import Request
from mig_idg.imagery import encode
from mig_idg.imagery.encode import JPEG, PNG, WEBP, Format
from mig_idg.imagery.frame import Pixels

WORDS = {"png": PNG, "jpeg": JPEG, "jpg": JPEG, "webp": WEBP}
BY_MEDIA = {PNG.media_type: PNG, JPEG.media_type: JPEG, WEBP.media_type: WEBP}
ANY = ("*/*", "image/*")


def wanted(request: Request) -> Format | None:
    """The format asked for; None: ours to choose. Raises InvalidParameter, NotAcceptable."""
    word = request.query.get("f")
    if word is not None:
        found = WORDS.get(word.lower()) or BY_MEDIA.get(word.lower())
        if found is None:
            raise InvalidParameter(
                "f",
                Text(f"Format inconnu ici : « {word[:40]} ».", f"Format not known here: “{word[:40]}”."),
                remedy=did_you_mean(nearest(word, WORDS))
                or Text("Formats : png, jpeg, webp.", "Formats: png, jpeg, webp."),
            )
        return found
    return _accepted(request.headers.get("accept", ""))


def _accepted(accept: str) -> Format | None:
    ranges: dict[str, float] = {}
    for media, quality in negotiation.accepted(accept):
        ranges[media] = max(ranges.get(media, 0.0), quality)
    if not ranges:
        return None
    loose = max((ranges.get(media, 0.0) for media in ANY), default=0.0)
    named = {media: quality for media, quality in ranges.items() if media in BY_MEDIA and quality > 0}
    if loose > 0 and loose >= max(named.values(), default=0.0):
        return None
    if named:
        return BY_MEDIA[max(named, key=lambda media: named[media])]
    if loose > 0:
        return None
    raise NotAcceptable(
        Text("Une image est servie en PNG, JPEG ou WebP.", "A picture is served as PNG, JPEG or WebP."),
        remedy=Text("Accept: image/png", "Accept: image/png"),
    )


def finish(pixels: Pixels, format: Format | None, background: encode.Colour | None = None) -> tuple[bytes, str]:
    """The picture and its media type; our choice is JPEG when nothing is transparent, PNG otherwise."""
    chosen = format or (JPEG if pixels.full or background is not None else PNG)
    return encode.encode(pixels, chosen, background), chosen.media_type
