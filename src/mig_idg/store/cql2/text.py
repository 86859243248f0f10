"""CQL2 text to a tree: one pass, one token of look-ahead, no way back, so the time is linear in the text.

One grammar of expressions with precedences (or, and, not, comparison, sum, product, power) reads both what is true or
false and what is computed; `typing.check` then says which is which. Depth and size are bounded as one goes.
"""

from __future__ import annotations

import re
from typing import NoReturn

from mig_idg.errors import InvalidParameter, Text, TooLarge
from mig_idg.store.cql2 import geometries
from mig_idg.store.cql2.syntax import (
    MAX_DEPTH,
    MAX_LIST,
    MAX_NODES,
    Array,
    Call,
    Interval,
    Literal,
    Name,
    Node,
    Shape,
)
from mig_idg.store.cql2.temporal import OPEN, date_literal, timestamp_literal

_TOKEN = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?)
    | (?P<word>[^\W\d][\w.:]*)
    | (?P<sign><>|<=|>=|[=<>+\-*/%^(),])
    """,
    re.VERBOSE,
)
_COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")
END = ("end", "", 0)
Token = tuple[str, str, int]


def parse(text: str) -> Node:
    """The tree of a filter in CQL2 text. Raises InvalidParameter with the place, TooLarge beyond the limits."""
    return _Parser(text).whole()


class _Parser:
    """Reads tokens from left to right; each method reads one construct of the grammar."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._place = 0
        self._depth = 0
        self._nodes = 0
        self._vertices = 0
        self._token: Token = END
        self._step()

    def whole(self) -> Node:
        """The filter, and nothing after it."""
        node = self._either()
        if self._token[0] != "end":
            self._fail(f"« {self._token[1]} » inattendu", f"unexpected “{self._token[1]}”")
        return node

    # truth

    def _either(self) -> Node:
        self._enter()
        node = self._chain("or", self._both)
        self._depth -= 1
        return node

    def _both(self) -> Node:
        return self._chain("and", self._negation)

    def _chain(self, op: str, part: object) -> Node:
        parts = [part()]  # type: ignore[operator]
        while self._word(op):
            parts.append(part())  # type: ignore[operator]
        return parts[0] if len(parts) == 1 else self._call(op, *parts)

    def _negation(self) -> Node:
        negations = 0
        while self._word("not"):
            negations += 1
            self._count()
        node = self._comparison()
        return self._call("not", node) if negations % 2 else node

    def _comparison(self) -> Node:
        left = self._sum()
        kind, sign, place = self._token
        if kind == "sign" and sign in _COMPARISONS:
            self._step()
            return self._call(sign, left, self._sum(), place=place + 1)
        if self._word("is"):
            negated = self._word("not")
            self._expect_word("null")
            return self._negated(negated, self._call("isNull", left))
        negated = self._peek("not") and self._word("not")
        if self._word("like"):
            return self._negated(negated, self._call("like", left, self._sum(), place=place + 1))
        if self._word("between"):
            low = self._sum()
            self._expect_word("and")
            return self._negated(negated, self._call("between", left, low, self._sum(), place=place + 1))
        if self._word("in"):
            self._expect("(")
            return self._negated(negated, self._call("in", left, Array(self._list(")")), place=place + 1))
        if negated:
            self._fail("LIKE, BETWEEN ou IN attendu après NOT", "LIKE, BETWEEN or IN expected after NOT")
        return left

    def _negated(self, negated: bool, node: Node) -> Node:
        return self._call("not", node) if negated else node

    # values

    def _sum(self) -> Node:
        node = self._product()
        while self._token[0] == "sign" and self._token[1] in "+-":
            _, sign, place = self._take()
            node = self._call(sign, node, self._product(), place=place + 1)
        return node

    def _product(self) -> Node:
        node = self._power()
        while True:
            if self._token[0] == "sign" and self._token[1] in "*/%":
                _, sign, place = self._take()
                node = self._call(sign, node, self._power(), place=place + 1)
            elif self._word("div"):
                node = self._call("div", node, self._power())
            else:
                return node

    def _power(self) -> Node:
        node = self._signed()
        while self._sign("^"):
            node = self._call("^", node, self._signed())
        return node

    def _signed(self) -> Node:
        minus = False
        while self._token[0] == "sign" and self._token[1] in "+-":
            minus ^= self._take()[1] == "-"
            self._count()
        node = self._operand()
        if not minus:
            return node
        if isinstance(node, Literal) and node.type == "number":
            return Literal("number", f"-{node.value}")
        return self._call("*", Literal("number", "-1"), node)

    def _operand(self) -> Node:
        kind, text, place = self._token
        if kind == "number":
            self._step()
            return Literal("number", text)
        if kind == "text":
            self._step()
            return Literal("text", text)
        if kind == "quoted":
            self._step()
            self._count()
            return Name(text, place + 1)
        if kind == "word":
            return self._worded(text, place + 1)
        if self._sign("("):
            return self._parenthesis()
        if kind == "end":
            self._fail("le filtre s'arrête trop tôt", "the filter stops too early")
        self._fail(f"« {text} » inattendu", f"unexpected “{text}”")

    def _parenthesis(self) -> Node:
        if self._sign(")"):
            return Array(())
        first = self._either()
        if self._sign(")"):
            return first
        self._expect_more(")")
        return Array((first, *self._list(")")))

    def _worded(self, word: str, place: int) -> Node:
        lower = word.lower()
        if lower in ("and", "or", "like", "between", "in", "is", "null", "div", "not"):
            self._fail(f"« {word} » inattendu", f"unexpected “{word}”")
        self._step()
        if lower in ("true", "false"):
            return Literal("boolean", lower)
        upper = word.upper()
        if upper in geometries.FORMS and (self._token[1] == "(" or self._token[1].upper() in ("Z", "EMPTY")):
            return self._shape(upper)
        if self._token[:2] != ("sign", "("):
            self._count()
            return Name(word, place)
        self._step()
        if lower == "date":
            return date_literal(self._only_text())
        if lower == "timestamp":
            return timestamp_literal(self._only_text())
        if lower == "bbox":
            return geometries.box([float(text) for text in self._numbers()])
        if lower == "interval":
            return self._interval()
        return self._call(lower, *self._list(")"), place=place)

    def _interval(self) -> Interval:
        self._enter()
        start = self._instant()
        self._expect(",")
        end = self._instant()
        self._expect(")")
        self._depth -= 1
        self._count()
        return Interval(start, end)

    def _instant(self) -> Node | None:
        kind, text, _ = self._token
        if kind == "text":
            self._step()
            return None if text in OPEN else (date_literal(text) if len(text) == 10 else timestamp_literal(text))
        return self._sum()

    def _only_text(self) -> str:
        kind, text, _ = self._token
        if kind != "text":
            self._fail("un texte entre apostrophes est attendu", "a text between single quotes is expected")
        self._step()
        self._expect(")")
        return text

    def _list(self, closing: str) -> tuple[Node, ...]:
        items: list[Node] = []
        if self._sign(closing):
            return ()
        while True:
            items.append(self._either())
            if len(items) > MAX_LIST:
                self._too_large(f"une liste dépasse {MAX_LIST} valeurs", f"a list is over {MAX_LIST} values")
            if self._sign(closing):
                return tuple(items)
            self._expect_more(closing)

    # geometries

    def _shape(self, form: str) -> Shape:
        self._enter()
        self._count()
        self._word("z")
        if self._word("empty"):
            self._fail("une géométrie vide ne se compare pas", "an empty geometry cannot be compared")
        self._expect("(")
        if form == "GEOMETRYCOLLECTION":
            members = [self._member()]
            while self._sign(","):
                members.append(self._member())
            self._expect(")")
            made = Shape(form, members=tuple(members))
        else:
            made = Shape(form, self._nested(geometries.FORMS[form]))
        self._depth -= 1
        return made

    def _member(self) -> Shape:
        word = self._token[1].upper()
        if self._token[0] != "word" or word not in geometries.FORMS:
            self._fail("un type de géométrie est attendu", "a geometry type is expected")
        self._step()
        return self._shape(word)

    def _nested(self, levels: int) -> tuple[object, ...]:
        """What follows an opening parenthesis, with its closing one: a position (0), positions (1), rings (2)…"""
        if levels == 0:
            position = self._position()
            self._expect(")")
            return position
        parts: list[object] = [self._part(levels)]
        while self._sign(","):
            parts.append(self._part(levels))
        self._expect(")")
        return tuple(parts)

    def _part(self, levels: int) -> tuple[object, ...]:
        if levels == 1:
            bracketed = self._sign("(")  # MULTIPOINT((1 2), (3 4)) and MULTIPOINT(1 2, 3 4) are both written
            position = self._position()
            if bracketed:
                self._expect(")")
            return position
        self._expect("(")
        return self._nested(levels - 1)

    def _position(self) -> tuple[float, ...]:
        self._vertices += 1
        if self._vertices > geometries.MAX_VERTICES:
            self._too_large(
                f"une géométrie dépasse {geometries.MAX_VERTICES} sommets",
                f"a geometry is over {geometries.MAX_VERTICES} vertices",
            )
        numbers = [self._number()]
        while self._token[0] == "number" or (self._token[0] == "sign" and self._token[1] in "+-"):
            numbers.append(self._number())
        if len(numbers) not in (2, 3):
            self._fail("une position a deux ou trois nombres", "a position has two or three numbers")
        return tuple(numbers)

    def _numbers(self) -> list[float]:
        numbers = [self._number()]
        while self._sign(","):
            numbers.append(self._number())
            if len(numbers) > 6:
                self._fail("BBOX a quatre ou six nombres", "BBOX has four or six numbers")
        self._expect(")")
        return numbers

    def _number(self) -> float:
        minus = False
        if self._token[0] == "sign" and self._token[1] in "+-":
            minus = self._take()[1] == "-"
        if self._token[0] != "number":
            self._fail("un nombre est attendu", "a number is expected")
        value = float(self._take()[1])
        return -value if minus else value

    # tokens

    def _step(self) -> None:
        text, place = self._text, self._place
        while place < len(text):
            mark = text[place]
            if mark == "'":
                self._token = self._string(place, "'", "text")
                return
            if mark == '"':
                self._token = self._string(place, '"', "quoted")
                return
            found = _TOKEN.match(text, place)
            if found is None:
                self._place = place
                self._token = ("sign", mark, place)
                self._fail(f"« {mark} » n'a pas de sens ici", f"“{mark}” makes no sense here")
            if found.lastgroup != "space":
                self._place = found.end()
                self._token = (found.lastgroup or "", found.group(), place)
                return
            place = found.end()
        self._place = place
        self._token = ("end", "", place)

    def _string(self, start: int, quote: str, kind: str) -> Token:
        """A quoted text or name; the quote inside is doubled, or after a backslash in a text."""
        text, pieces, place = self._text, [], start + 1
        while True:
            end = text.find(quote, place)
            if end < 0:
                self._token = (kind, text[start : start + 20], start)
                self._fail("il manque le guillemet fermant", "the closing quote is missing")
            if quote == "'" and text[end - 1] == "\\" and end - 1 >= place:
                pieces.append(text[place : end - 1] + quote)
            elif text[end + 1 : end + 2] == quote:
                pieces.append(text[place : end + 1])
                end += 1
            else:
                pieces.append(text[place:end])
                self._place = end + 1
                return (kind, "".join(pieces), start)
            place = end + 1

    def _take(self) -> Token:
        token = self._token
        self._step()
        return token

    def _peek(self, word: str) -> bool:
        return self._token[0] == "word" and self._token[1].lower() == word

    def _word(self, word: str) -> bool:
        if self._token[0] == "word" and self._token[1].lower() == word:
            self._step()
            return True
        return False

    def _sign(self, sign: str) -> bool:
        if self._token[0] == "sign" and self._token[1] == sign:
            self._step()
            return True
        return False

    def _expect(self, sign: str) -> None:
        if not self._sign(sign):
            self._fail(f"« {sign} » attendu", f"“{sign}” expected")

    def _expect_more(self, closing: str) -> None:
        if not self._sign(","):
            self._fail(f"« , » ou « {closing} » attendu", f"“,” or “{closing}” expected")

    def _expect_word(self, word: str) -> None:
        if not self._word(word):
            self._fail(f"{word.upper()} attendu", f"{word.upper()} expected")

    # bounds

    def _call(self, op: str, *args: Node, place: int = 0) -> Call:
        self._count()
        return Call(op, args, place=place)

    def _count(self) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._too_large(f"plus de {MAX_NODES} opérations", f"more than {MAX_NODES} operations")

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self._too_large(f"plus de {MAX_DEPTH} parenthèses imbriquées", f"nested more than {MAX_DEPTH} deep")

    def _too_large(self, fr: str, en: str) -> NoReturn:
        raise TooLarge(Text(f"Filtre : {fr}.", f"Filter: {en}."), extra={"parameter": "filter"})

    def _fail(self, fr: str, en: str) -> NoReturn:
        place = self._token[2] + 1
        line, character = located(self._text, place)
        where = f"ligne {line}, caractère {character}" if line > 1 else f"caractère {character}"
        where_en = f"line {line}, character {character}" if line > 1 else f"character {character}"
        error = InvalidParameter("filter", Text(f"Filtre, {where} : {fr}.", f"Filter, {where_en}: {en}."))
        error.extra |= {"position": place, "line": line, "character": character}
        raise error


def located(text: str, place: int) -> tuple[int, int]:
    """Line and character, from 1, of a place in a filter."""
    before = text[: place - 1]
    return before.count("\n") + 1, place - 1 - (before.rfind("\n") + 1) + 1
