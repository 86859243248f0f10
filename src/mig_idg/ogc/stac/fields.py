"""The fields extension of STAC API: which members of an item are given.

`include` alone gives these and what names the item; `exclude` alone gives the rest; an empty `include` starts from the
default set; a member both included and excluded is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from mig_idg.errors import InvalidParameter, Text

IDENTITY = ("type", "stac_version", "id", "collection")
DEFAULT = (*IDENTITY, "geometry", "bbox", "links", "assets", "properties.datetime")


@dataclass(frozen=True, slots=True)
class Fields:
    """What the answer starts from, what is taken out of it, then what is put in."""

    start: Literal["whole", "default", "identity"]
    include: tuple[str, ...]
    exclude: tuple[str, ...]

    def of(self, item: dict[str, Any]) -> dict[str, Any]:
        """The item with the members asked for; what names it stays whatever is asked."""
        kept = dict(item) if self.start == "whole" else {}
        for word in DEFAULT if self.start == "default" else IDENTITY:
            _put(kept, item, word)
        for word in self.exclude:
            _drop(kept, word)
        for word in self.include:
            _put(kept, item, word)
        return kept


def from_text(text: str) -> Fields:
    """`a,+b,-properties.c`, as an address writes it."""
    words = [part.strip() for part in text.split(",") if part.strip()]
    exclude = tuple(word[1:] for word in words if word.startswith("-"))
    include = tuple(word.lstrip("+ ") for word in words if not word.startswith("-"))
    return Fields("identity" if include else "whole" if exclude else "default", include, exclude)


def from_json(value: Any) -> Fields:
    """`{"include": […], "exclude": […]}`, as a body writes it. Raises InvalidParameter."""
    if not isinstance(value, dict) or not set(value) <= {"include", "exclude"}:
        raise _unreadable()
    include, exclude = value.get("include") or [], value.get("exclude") or []
    if not all(
        isinstance(words, list) and all(isinstance(word, str) for word in words) for words in (include, exclude)
    ):
        raise _unreadable()
    start: Literal["whole", "default", "identity"] = "identity" if include else "default"
    if exclude and "include" not in value:
        start = "whole"
    return Fields(start, tuple(include), tuple(exclude))


def _words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _unreadable() -> InvalidParameter:
    return InvalidParameter(
        "fields",
        Text("« fields » a une forme inattendue.", "“fields” has an unexpected form."),
        remedy=Text('{"include": ["id"], "exclude": ["links"]}', '{"include": ["id"], "exclude": ["links"]}'),
    )


def _put(kept: dict[str, Any], item: dict[str, Any], word: str) -> None:
    outer, _, inner = word.partition(".")
    if not inner and outer in item:
        kept[outer] = item[outer]
    elif inner and isinstance(item.get(outer), dict) and inner in item[outer]:
        kept[outer] = {**kept.get(outer, {}), inner: item[outer][inner]}


def _drop(kept: dict[str, Any], word: str) -> None:
    outer, _, inner = word.partition(".")
    if not inner and outer not in IDENTITY:
        kept.pop(outer, None)
    elif inner and isinstance(kept.get(outer), dict):
        kept[outer] = {name: value for name, value in kept[outer].items() if name != inner}
