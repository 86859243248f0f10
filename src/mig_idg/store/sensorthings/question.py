"""A question to the entities: what the query string asks, read strictly, within bounds (18-088, § 9.3).

Bounds are told, not applied silently: a request that nests, expands or asks for too much is refused with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from mig_idg.errors import InvalidParameter, Text, UnknownParameter, UnknownWord
from mig_idg.store.sensorthings.entities import ENTITIES, Entity, Navigation

MOST_ROWS = 10_000  # a page, and all that one request may expand to
PAGE = 100
MOST_SKIPPED = 100_000
DEEPEST = 4
MOST_EXPANDED = 12
LONGEST_FILTER = 4_000
MOST_KEYS = 4
OPTIONS = ("$filter", "$expand", "$orderby", "$select", "$top", "$skip", "$count")
_NUMBER = re.compile(r"\d{1,12}")


@dataclass(frozen=True, slots=True)
class Order:
    """One key: a property, perhaps across relations to one (`Datastream/name`)."""

    path: tuple[str, ...]
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a set of entities, or of one; `expand` holds what is asked of its relations.

    `top` None is the default of the place; `after` is where the page before ended; `options` are the words it was read
    from, for the address of the next page.
    """

    entity: Entity
    filter: str | None = None
    expand: tuple[tuple[Navigation, Question], ...] = ()
    orderby: tuple[Order, ...] = ()
    select: tuple[str, ...] | None = None
    top: int | None = None
    skip: int = 0
    count: bool = False
    after: tuple[str, ...] | None = None
    options: tuple[tuple[str, str], ...] = ()

    @property
    def limit(self) -> int:
        """Rows of a page."""
        return PAGE if self.top is None else self.top


def read(entity: Entity, query: Mapping[str, str], others: tuple[str, ...] = ()) -> Question:
    """The question of a query string; `others` are parameters read elsewhere. Raises BadRequest, with its reason."""
    for name in query:
        if name not in OPTIONS and name not in others:
            raise UnknownParameter(name, (*OPTIONS, *others))
    asked = _question(entity, {name: query[name] for name in OPTIONS if name in query}, 0)
    expanded = _expanded(asked)
    if expanded > MOST_EXPANDED:
        raise InvalidParameter(
            "$expand",
            Text(f"« $expand » nomme {expanded} relations.", f"“$expand” names {expanded} relations."),
            remedy=Text(f"{MOST_EXPANDED} au plus.", f"{MOST_EXPANDED} at most."),
        )
    return _bounded(asked, 1)


def _question(entity: Entity, options: Mapping[str, str], depth: int) -> Question:
    if depth > DEEPEST:
        raise InvalidParameter(
            "$expand",
            Text("« $expand » est trop profond.", "“$expand” is too deep."),
            remedy=Text(f"{DEEPEST} niveaux au plus.", f"{DEEPEST} levels at most."),
        )
    return Question(
        entity,
        filter=_filter(options.get("$filter")),
        expand=_expand(entity, options.get("$expand"), depth),
        orderby=_orderby(entity, options.get("$orderby")),
        select=_select(entity, options.get("$select")),
        top=_integer("$top", options["$top"], MOST_ROWS) if "$top" in options else None,
        skip=_integer("$skip", options["$skip"], MOST_SKIPPED) if "$skip" in options else 0,
        count=_boolean("$count", options.get("$count", "false")),
        options=tuple(options.items()),
    )


def _filter(text: str | None) -> str | None:
    if text is not None and len(text) > LONGEST_FILTER:
        raise InvalidParameter(
            "$filter",
            Text("« $filter » est trop long.", "“$filter” is too long."),
            remedy=Text(f"{LONGEST_FILTER} caractères au plus.", f"{LONGEST_FILTER} characters at most."),
        )
    return text


def _integer(name: str, text: str, most: int) -> int:
    if not _NUMBER.fullmatch(text):
        raise InvalidParameter(name, Text(f"« {text[:40]} » n'est pas un entier.", f"“{text[:40]}” is no integer."))
    value = int(text)
    if value > most:
        raise InvalidParameter(
            name,
            Text(f"« {name} » ne dépasse pas {most}.", f"“{name}” is at most {most}."),
            remedy=Text("Suivez « @iot.nextLink » de page en page.", "Follow “@iot.nextLink” from page to page."),
        )
    return value


def _boolean(name: str, text: str) -> bool:
    if text not in ("true", "false"):
        raise InvalidParameter(name, Text("true ou false est attendu.", "true or false is expected."))
    return text == "true"


def _select(entity: Entity, text: str | None) -> tuple[str, ...] | None:
    if text is None:
        return None
    words = []
    for word in (part.strip() for part in text.split(",")):
        name = "id" if word == "@iot.id" else word
        if name not in entity.properties and name not in entity.navigations:
            raise _unknown(entity, word, "$select")
        words.append(name)
    return tuple(words)


def _orderby(entity: Entity, text: str | None) -> tuple[Order, ...]:
    if text is None:
        return ()
    keys = []
    for part in text.split(","):
        words = part.split()
        if not 1 <= len(words) <= 2 or (len(words) == 2 and words[1].lower() not in ("asc", "desc")):
            raise InvalidParameter(
                "$orderby",
                Text(f"« {part.strip()[:80]} » n'est pas un ordre.", f"“{part.strip()[:80]}” is not an order."),
                remedy=Text("propriété asc, ou propriété desc.", "property asc, or property desc."),
            )
        path = tuple("id" if word == "@iot.id" else word for word in words[0].split("/"))
        _check_order(entity, path)
        keys.append(Order(path, len(words) == 2 and words[1].lower() == "desc"))
    if len(keys) > MOST_KEYS:
        raise InvalidParameter(
            "$orderby",
            Text("« $orderby » a trop de clés.", "“$orderby” has too many keys."),
            remedy=Text(f"{MOST_KEYS} au plus.", f"{MOST_KEYS} at most."),
        )
    return tuple(keys)


def _check_order(entity: Entity, path: tuple[str, ...]) -> None:
    for word in path[:-1]:
        step = entity.navigations.get(word)
        if step is None:
            if word in entity.properties and entity.properties[word].kind in ("json", "result"):
                return
            raise _unknown(entity, word, "$orderby")
        if step.many:
            raise InvalidParameter(
                "$orderby",
                Text(f"« {word} » en désigne plusieurs.", f"“{word}” is several."),
                remedy=Text("Triez par une relation vers une seule entité.", "Sort by a relation to one entity."),
            )
        entity = ENTITIES[step.target]
    if path[-1] not in entity.properties:
        raise _unknown(entity, path[-1], "$orderby")


def _expand(entity: Entity, text: str | None, depth: int) -> tuple[tuple[Navigation, Question], ...]:
    if text is None:
        return ()
    found: dict[str, tuple[Navigation, Question]] = {}
    for part in split(text, ",", "$expand"):
        name, _, rest = part.strip().partition("(")
        options: dict[str, str] = {}
        if rest:
            if not rest.endswith(")"):
                raise _unbalanced("$expand")
            for option in split(rest[:-1], ";", "$expand"):
                word, _, value = option.strip().partition("=")
                if word not in OPTIONS or word in options:
                    raise UnknownParameter(word[:60], OPTIONS)
                options[word] = value
        first, _, further = name.strip().partition("/")
        step = entity.navigations.get(first)
        if step is None:
            raise _unknown(entity, first, "$expand")
        if further:  # A/B(…): the options are those of B
            inner = further + (f"({rest}" if rest else "")
            asked = _question(ENTITIES[step.target], {"$expand": inner}, depth + 1)
        else:
            asked = _question(ENTITIES[step.target], options, depth + 1)
        known = found.get(first)
        found[first] = (step, _joined(known[1], asked) if known else asked)
    return tuple(found.values())


def _joined(one: Question, other: Question) -> Question:
    """`A/B,A/C`: both are expanded in A."""
    fuller = one if one.filter or one.top is not None else other
    expanded = ",".join(value for asked in (one, other) for name, value in asked.options if name == "$expand")
    options = {**dict(fuller.options), **({"$expand": expanded} if expanded else {})}
    return replace(fuller, expand=(*one.expand, *other.expand), options=tuple(options.items()))


def split(text: str, separator: str, parameter: str) -> list[str]:
    """The parts of a list, outside parentheses and quotes. Raises InvalidParameter when these do not close."""
    parts, start, depth, quoted = [], 0, 0, False
    for position, character in enumerate(text):
        if character == "'":
            quoted = not quoted
        elif quoted:
            continue
        elif character == "(":
            depth += 1
            if depth > 4 * DEEPEST:
                raise InvalidParameter(
                    parameter,
                    Text(f"« {parameter} » est trop profond.", f"“{parameter}” is too deep."),
                    remedy=Text(f"{DEEPEST} niveaux au plus.", f"{DEEPEST} levels at most."),
                )
        elif character == ")":
            depth -= 1
            if depth < 0:
                raise _unbalanced(parameter)
        elif character == separator and depth == 0:
            parts.append(text[start:position])
            start = position + 1
    if depth or quoted:
        raise _unbalanced(parameter)
    parts.append(text[start:])
    return parts


def _expanded(asked: Question) -> int:
    return sum(1 + _expanded(inner) for _, inner in asked.expand)


def _bounded(asked: Question, rows: int) -> Question:
    """The same with the page of each level: what is asked for is kept or refused, what is not fits in what is left."""
    left = max(MOST_ROWS // rows, 1)
    if asked.top is not None and asked.top > left:
        raise InvalidParameter(
            "$top",
            Text(
                f"Cette demande déplierait plus de {MOST_ROWS} entités.",
                f"This request would expand to more than {MOST_ROWS} entities.",
            ),
            remedy=Text("Réduisez « $top » à chaque niveau.", "Use a smaller “$top” at each level."),
        )
    top = asked.top if asked.top is not None else min(PAGE, left)
    within = rows * max(top, 1)
    expand = tuple(
        (step, _bounded(inner, within) if step.many else _one(inner, within)) for step, inner in asked.expand
    )
    return replace(asked, top=top, expand=expand)


def _one(asked: Question, rows: int) -> Question:
    """A relation to one entity adds no level of rows."""
    return replace(
        asked,
        top=1,
        expand=tuple((s, _bounded(q, rows) if s.many else _one(q, rows)) for s, q in asked.expand),
    )


def _unbalanced(parameter: str) -> InvalidParameter:
    return InvalidParameter(
        parameter,
        Text("Une parenthèse ou une apostrophe n'est pas fermée.", "A parenthesis or a quote is not closed."),
    )


def _unknown(entity: Entity, word: str, parameter: str) -> UnknownWord:
    error = UnknownWord(
        Text(f"Mot de {entity.singular}", f"word of {entity.singular}"),
        word[:80],
        [*entity.properties, *entity.navigations],
        closed=True,
    )
    error.extra = {**(error.extra or {}), "parameter": parameter}
    return error


def single(asked: Question) -> Question:
    """The same of one entity."""
    return replace(asked, top=1, skip=0, count=False)


def following(asked: Question, keys: tuple[str, ...]) -> Question:
    """The same from the place where a page ended."""
    return replace(asked, after=keys, skip=0)
