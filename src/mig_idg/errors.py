"""What can go wrong, in one tree.

    Problem                     anything mig-idg answers with a sentence instead of a stack trace
    ├── BadRequest           the request, file or command cannot be read            exit 2 · HTTP 400
    │   ├── UnknownParameter        a query parameter no route knows                        400
    │   ├── InvalidParameter        a parameter whose value cannot be used                 400
    │   ├── UnknownWord             a name that is not known; the nearest one is proposed  400
    │   ├── InvalidDeclaration      a file of collections/ that does not follow the model  422
    │   ├── UnsupportedMedia        a body or format nobody here reads or writes           415
    │   ├── NotAcceptable           no representation suits the Accept header              406
    │   ├── OutOfRange              bytes asked that the file does not have                416
    │   └── TooLarge                a body, filter or geometry over its limit              413
    ├── Unauthenticated         a credential that does not verify                      exit 1 · 401
    ├── Refused                 the charter says no, and which article                 exit 1 · 403
    ├── NotFound                missing, or hidden: the same answer                    exit 1 · 404
    ├── Gone                    it was, and is no longer kept                          exit 1 · 410
    ├── MethodNotAllowed        a route that exists, but not for this verb              405
    ├── Conflict                the act contradicts a recorded fact                    exit 1 · 409
    │   └── PreconditionFailed      If-Match does not hold                                 412
    ├── PreconditionRequired    a write that needs If-Match                            428
    ├── Unprocessable               a file or feature that breaks its data model           exit 1 · 422
    ├── TooMany                 over a rate or concurrency limit                       429
    └── Unavailable          database, disk, network: not the caller's fault        exit 3 · 503

A message is written in French first, English second; the caller's language chooses (`Problem.text`). The words are
ours and constant: never those of an exception from below. The table at the end is the only place where a class meets
its HTTP status and its stable `code`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal

Lang = Literal["fr", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in the two languages of the project: `Text(fr, en)`."""

    fr: str
    en: str

    def in_(self, lang: Lang) -> str:
        """The sentence in the language asked for."""
        return self.en if lang == "en" else self.fr


class Problem(Exception):
    """Base of every error that mig-idg answers for; raise the precise one.

    `detail` says what is wrong and with what (file, line, field, parameter); `remedy` says what to do. `extra` holds
    members added to the RFC 9457 problem document (`parameter`, `rule`, `article`…), never a secret nor a stack trace.
    """

    def __init__(self, detail: Text, *, remedy: Text | None = None, extra: Mapping[str, Any] | None = None) -> None:
        super().__init__(detail.fr)
        self.detail = detail
        self.remedy = remedy
        self.extra: dict[str, Any] = dict(extra or {})
        self.headers: dict[str, str] = {}

    def text(self, lang: Lang = "fr") -> str:
        """The whole message for a person: what is wrong, then what to do."""
        words = self.detail.in_(lang)
        return f"{words} {self.remedy.in_(lang)}" if self.remedy else words


class BadRequest(Problem):
    """The request, file or command cannot be read as written."""


class UnknownParameter(BadRequest):
    """A query parameter that no route knows; the nearest known one is proposed."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        near = nearest(name, known)
        super().__init__(
            Text(f"Paramètre inconnu : « {name} ».", f"Unknown parameter: “{name}”."),
            remedy=did_you_mean(near),
            extra={"parameter": name},
        )


class InvalidParameter(BadRequest):
    """A parameter that is known but whose value cannot be used."""

    def __init__(self, name: str, detail: Text, *, remedy: Text | None = None) -> None:
        super().__init__(detail, remedy=remedy, extra={"parameter": name})


class UnknownWord(BadRequest):
    """A body, collection, action, ground… that is not known; the nearest known one is proposed.

    `closed`: the words are few and nobody's secret; when none is near, they are all told.
    """

    def __init__(self, kind: Text, word: str, known: Iterable[str], *, closed: bool = False) -> None:
        known = tuple(known)
        near = did_you_mean(nearest(word, known))
        if near is None and closed:
            near = Text(f"Attendu : {', '.join(known)}.", f"Expected: {', '.join(known)}.")
        super().__init__(
            Text(f"{kind.fr} : mot inconnu, « {word} ».", f"Unknown {kind.en}: “{word}”."),
            remedy=near,
            extra={"word": word},
        )


class InvalidDeclaration(BadRequest):
    """A file of `collections/` (or a scenario) that does not follow the model: `file`, `line`, what was expected."""

    def __init__(self, file: str, line: int | None, detail: Text, *, remedy: Text | None = None) -> None:
        super().__init__(detail, remedy=remedy, extra={"file": file, "line": line})
        self.file, self.line = file, line

    def text(self, lang: Lang = "fr") -> str:
        """`file:line: message`, the form editors understand."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {super().text(lang)}"


class UnsupportedMedia(BadRequest):
    """A body or a format that nobody here reads or writes."""


class NotAcceptable(BadRequest):
    """No representation of this resource suits the Accept header."""


class OutOfRange(BadRequest):
    """A range of bytes that the file does not have; `Content-Range` tells its size."""


class TooLarge(BadRequest):
    """A body, a filter or a geometry over its documented limit."""


class Unauthenticated(Problem):
    """A credential was given and does not verify; never a quiet fall back to the public."""


class Refused(Problem):
    """The charter says no. `extra` carries `rule`, `article`, `reason` and `remedy` for the problem document."""


class SignInNeeded(Refused):
    """The charter says no to the public, and the caller showed no credential: the same document as 401, so that
    programs such as QGIS ask for one (design.md § 3)."""


class NotFound(Problem):
    """Missing, or hidden from this caller: the same answer to the byte but the name."""


class Gone(Problem):
    """It was, is no longer kept, and will not come back under this address."""


class TakenDown(Gone):
    """It was here and has been taken down: `extra` says since when and why."""


class MethodNotAllowed(Problem):
    """The route exists, but not for this verb."""


class Conflict(Problem):
    """The act contradicts a recorded fact, or another change came first."""


class PreconditionFailed(Conflict):
    """`If-Match` does not hold: somebody changed the resource in between."""


class PreconditionRequired(Problem):
    """A write that must name the state it was prepared on (`If-Match`)."""


class Unprocessable(Problem):
    """A file or a feature that breaks its data model; `extra` names file, line, column or field."""


class TooMany(Problem):
    """Over a rate or concurrency limit; `Retry-After` says when to come back."""


class Unavailable(Problem):
    """Something outside failed: database, disk, network, a missing program."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word closest to `word`, or the only one that it begins; None when nothing is near."""
    candidates = {k.casefold(): k for k in known}
    found = get_close_matches(word.casefold(), candidates, n=1, cutoff=0.6)
    if found:
        return candidates[found[0]]
    begun = [k for k in candidates if len(word) > 2 and k.startswith(word.casefold())]
    return candidates[begun[0]] if len(begun) == 1 else None


def did_you_mean(near: str | None) -> Text | None:
    """The proposal that follows an unknown word, or None when nothing is near."""
    return Text(f"Vouliez-vous dire « {near} » ?", f"Did you mean “{near}”?") if near else None


@dataclass(frozen=True, slots=True)
class Response:
    """How one class of trouble is told outside: HTTP status, stable code, titles, process exit code."""

    status: int
    code: str
    title: Text
    exit: int


ANSWERS: dict[type[Problem], Response] = {
    UnknownParameter: Response(400, "unknown-parameter", Text("Paramètre inconnu", "Unknown parameter"), 2),
    InvalidParameter: Response(400, "invalid-parameter", Text("Paramètre invalide", "Invalid parameter"), 2),
    UnknownWord: Response(400, "unknown-word", Text("Nom inconnu", "Unknown name"), 2),
    InvalidDeclaration: Response(422, "invalid-declaration", Text("Déclaration invalide", "Invalid declaration"), 2),
    UnsupportedMedia: Response(
        415, "unsupported-media-type", Text("Format non pris en charge", "Unsupported format"), 2
    ),
    NotAcceptable: Response(406, "not-acceptable", Text("Format non disponible", "Not available in this format"), 2),
    OutOfRange: Response(416, "range-not-satisfiable", Text("Intervalle hors du fichier", "Range not satisfiable"), 2),
    TooLarge: Response(413, "too-large", Text("Demande trop grande", "Request too large"), 2),
    BadRequest: Response(400, "not-understood", Text("Demande non comprise", "Request not understood"), 2),
    Unauthenticated: Response(401, "unauthenticated", Text("Identification refusée", "Not authenticated"), 1),
    Refused: Response(403, "refused", Text("Accès refusé par la charte", "Refused by the charter"), 1),
    SignInNeeded: Response(401, "refused", Text("Accès refusé par la charte", "Refused by the charter"), 1),
    NotFound: Response(404, "not-found", Text("Ressource introuvable", "Not found"), 1),
    Gone: Response(410, "gone", Text("N'est plus conservé", "No longer kept"), 1),
    TakenDown: Response(410, "taken-down", Text("Retiré de la diffusion", "Taken down"), 1),
    MethodNotAllowed: Response(405, "method-not-allowed", Text("Méthode non permise", "Method not allowed"), 1),
    PreconditionFailed: Response(
        412, "precondition-failed", Text("Ressource modifiée entre-temps", "Changed since"), 1
    ),
    Conflict: Response(409, "conflict", Text("Conflit", "Conflict"), 1),
    PreconditionRequired: Response(428, "precondition-required", Text("If-Match attendu", "If-Match required"), 1),
    Unprocessable: Response(422, "unfit-data", Text("Données non conformes", "Data do not fit their model"), 1),
    TooMany: Response(429, "too-many-requests", Text("Trop de demandes", "Too many requests"), 1),
    Unavailable: Response(503, "unavailable", Text("Service momentanément indisponible", "Service unavailable"), 3),
    Problem: Response(500, "internal", Text("Erreur interne", "Internal error"), 3),
}


def answer_for(error: Problem) -> Response:
    """The row of the table for this error: its own class, or the nearest parent that has one."""
    return next(ANSWERS[cls] for cls in type(error).__mro__ if cls in ANSWERS)


def problem(error: Problem, lang: Lang = "fr", instance: str | None = None) -> dict[str, Any]:
    """The RFC 9457 problem document of an error (`application/problem+json`).

    `type` is a relative reference to the page of the code, `instance` an incident id when there is one.
    """
    row = answer_for(error)
    document: dict[str, Any] = {
        "type": f"/problems/{row.code}",
        "title": row.title.in_(lang),
        "status": row.status,
        "detail": error.detail.in_(lang),
        "code": row.code,
    }
    if error.remedy:
        document["remedy"] = error.remedy.in_(lang)
    if instance:
        document["instance"] = instance
    for name, value in error.extra.items():
        document[name] = value.in_(lang) if isinstance(value, Text) else value
    return document
