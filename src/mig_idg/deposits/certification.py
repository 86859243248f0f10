"""What the depositor says of its file: what it certifies (D-09, T-20), and its answers on the grounds of §3.3.

Written as plain words, the same in a form, a query, the metadata of an upload and the options of the command:
`same-files=yes`, `legal-conformity=yes`, `production=2025-01-01/2025-06-30`, `validity=2025-07-01/..`,
`checklist=none` or `checklist=E1:no,E2:yes,…`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from mig_idg.charter import messages
from mig_idg.errors import InvalidParameter, Text

WORDS = ("same-files", "legal-conformity", "production", "validity", "checklist")
GROUNDS: dict[str, Text] = {ground: words for ground, words in messages.GROUNDS.items() if ground != "E0"}
_YES, _NO = ("yes", "true", "1", "oui", "on"), ("no", "false", "0", "non", "")
_PERIOD = re.compile(r"(\d{4}-\d{2}-\d{2})/(\d{4}-\d{2}-\d{2}|\.\.)")
_ANSWER = re.compile(r"(E[1-6])\s*[:=]\s*(\w+)")


def read(words: Mapping[str, str]) -> tuple[dict[str, Any] | None, dict[str, str] | None]:
    """The certification and the checklist, None for what is not given. Raises InvalidParameter."""
    certified = None
    if any(words.get(name) for name in WORDS[:4]):
        certified = {
            "same_files": _certified(words, "same-files"),
            "legal_conformity": _certified(words, "legal-conformity"),
            "production": _period(words, "production"),
            "validity": _period(words, "validity"),
        }
    return certified, checklist(words["checklist"]) if words.get("checklist") else None


def checklist(text: str) -> dict[str, str]:
    """An answer, `yes` or `no`, to each of the six grounds."""
    if text.strip().lower() in ("none", "aucun", "aucune"):
        return dict.fromkeys(GROUNDS, "no")
    answers = {}
    for part in text.split(","):
        found = _ANSWER.fullmatch(part.strip())
        if found is None or found[2].lower() not in (*_YES, *_NO):
            raise _unread(part)
        answers[found[1]] = "yes" if found[2].lower() in _YES else "no"
    if missing := [ground for ground in GROUNDS if ground not in answers]:
        told = "; ".join(f"{ground} : {GROUNDS[ground].fr}" for ground in missing)
        said = "; ".join(f"{ground}: {GROUNDS[ground].en}" for ground in missing)
        raise InvalidParameter(
            "checklist",
            Text(f"Questions du § 3.3 sans réponse — {told}.", f"Questions of § 3.3 without an answer — {said}."),
            remedy=Text("« none » répond non aux six.", "“none” answers no to the six."),
        )
    return {ground: answers[ground] for ground in GROUNDS}


def _unread(part: str) -> InvalidParameter:
    return InvalidParameter(
        "checklist",
        Text(f"« {part.strip()[:40]} » n'est pas une réponse.", f"“{part.strip()[:40]}” is no answer."),
        remedy=Text("Écrivez none, ou E1:no,E2:yes,… pour E1 à E6.", "Write none, or E1:no,E2:yes,… for E1 to E6."),
    )


def _certified(words: Mapping[str, str], name: str) -> bool:
    said = words.get(name, "").strip().lower()
    if said in _YES:
        return True
    what = {
        "same-files": Text("les fichiers sont ceux que vous utilisez (Charte MIG, § 3.5.1)",
                           "the files are those you use yourselves (MIG charter, § 3.5.1)"),
        "legal-conformity": Text("leur conformité juridique a été contrôlée (convention, art. 9.2)",
                                 "their legal conformity was checked (convention, art. 9.2)"),
    }[name]  # fmt: skip
    raise InvalidParameter(
        name,
        Text(f"À certifier : {what.fr}.", f"To be certified: {what.en}."),
        remedy=Text(f"{name}=yes le certifie.", f"{name}=yes certifies it."),
    )


def _period(words: Mapping[str, str], name: str) -> str:
    said = words.get(name, "").strip()
    found = _PERIOD.fullmatch(said)
    try:
        if found is None:
            raise ValueError(said)
        start = date.fromisoformat(found[1])
        if found[2] != ".." and date.fromisoformat(found[2]) < start:
            raise ValueError(said)
    except ValueError:
        label = {"production": Text("production", "production"), "validity": Text("validité", "validity")}[name]
        raise InvalidParameter(
            name,
            Text(f"La période de {label.fr} est attendue, et non « {said[:40]} ».",
                 f"The period of {label.en} is expected, not “{said[:40]}”."),
            remedy=Text("Exemples : 2025-01-01/2025-06-30, 2025-07-01/.. (sans fin connue).",
                        "Examples: 2025-01-01/2025-06-30, 2025-07-01/.. (no known end)."),
        ) from None  # fmt: skip
    return said
