"""Formulas read from the Python itself: a condition's source, followed for all facts at once.

A condition is a small function. Its syntax tree is walked as Python would, but what the facts hold is unknown: a truth
is a formula, an `if` on a formula follows both branches, `any(… for row in rows)` is a quantifier. Nothing is copied by
hand, so that a condition changed is a formula changed. What this does not follow raises `NotFollowed`, and the rule
book then has no proof: a condition without its formula never passes for a proved one.

What Python would raise (an attribute of None) is read as false; `decide` refuses there, and every counterexample is
asked of the real `decide` before it is shown.
"""

from __future__ import annotations

import ast
import builtins
import inspect
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import z3

Truth = Any  # bool, or a formula
Value = Any


class NotFollowed(Exception):
    """A piece of Python for which there is no formula: which, and where."""


@dataclass(frozen=True, eq=False)
class Either:
    """A value that depends on the facts: each possible one, with the formula under which it is that one."""

    cases: tuple[tuple[Truth, Value], ...]


@dataclass(frozen=True, eq=False)
class Word:
    """A word of a closed vocabulary (None may be one of them): a constant of an enumerated sort."""

    term: z3.ExprRef
    members: Mapping[str | None, z3.ExprRef]


@dataclass(frozen=True, eq=False)
class Body:
    """A body, or nobody: a term of the sort of bodies; `nobody` is what None stands for."""

    term: z3.ExprRef
    nobody: z3.ExprRef


@dataclass(frozen=True, eq=False)
class Members:
    """A set known by what belongs to it: bodies, or attributes. `empty` is a formula."""

    contains: Callable[[z3.ExprRef], Truth]
    empty: Truth
    each: Domain | None = None


@dataclass(frozen=True, eq=False)
class Words:
    """A set of known words, each with the formula under which it is in the set."""

    held: Mapping[str, Truth]


@dataclass(frozen=True, eq=False)
class Domain:
    """What a quantifier runs over: every value of a sort, or a few named ones, each with whether it is there."""

    sort: z3.SortRef
    few: tuple[tuple[z3.ExprRef, z3.BoolRef], ...] | None = None
    numbers: list[int] = field(default_factory=lambda: [0])

    def exists(self, holds: Callable[[z3.ExprRef], Truth]) -> Truth:
        """Whether one value is as asked."""
        if self.few is not None:
            return either(*(both(there, holds(value)) for value, there in self.few))
        return self._quantified(z3.Exists, holds)

    def every(self, holds: Callable[[z3.ExprRef], Truth]) -> Truth:
        """Whether all values are as asked."""
        return negated(self.exists(lambda value: negated(holds(value))))

    def _quantified(self, quantifier: Callable[..., Any], holds: Callable[[z3.ExprRef], Truth]) -> Truth:
        self.numbers[0] += 1
        bound = z3.Const(f"{self.sort.name()}!{self.numbers[0]}", self.sort)
        inner = holds(bound)
        return inner if isinstance(inner, bool) else quantifier([bound], inner)


@dataclass(frozen=True, eq=False)
class Part:
    """Some rows of a collection: where they are taken from (None: one row), which of them, and what each is."""

    domain: Domain | None
    row: Callable[[z3.ExprRef | None], tuple[Truth, Value]]

    def exists(self, holds: Callable[[Value], Truth]) -> Truth:
        """Whether one of these rows is as asked."""

        def there(value: z3.ExprRef | None) -> Truth:
            guard, row = self.row(value)
            return False if guard is False else both(guard, holds(row))

        return there(None) if self.domain is None else self.domain.exists(there)

    def only(self, wanted: Callable[[Value], Truth], told: Callable[[Value], Value] = lambda row: row) -> Part:
        """The rows that are as wanted, each told otherwise."""

        def row(value: z3.ExprRef | None) -> tuple[Truth, Value]:
            guard, known = self.row(value)
            return both(guard, wanted(known)), told(known)

        return Part(self.domain, row)


def one_row(guard: Truth, row: Value) -> Part:
    """One row, there or not."""
    return Part(None, lambda _: (guard, row))


def always(guard: Truth) -> Callable[[Value], Truth]:
    """The same of every row."""
    return lambda _: guard


@dataclass(frozen=True, eq=False)
class Rows:
    """A collection of facts, of any size."""

    parts: tuple[Part, ...] = ()

    def exists(self, holds: Callable[[Value], Truth]) -> Truth:
        """Whether one row is as asked."""
        return either(*(part.exists(holds) for part in self.parts))

    def only(self, wanted: Callable[[Value], Truth], told: Callable[[Value], Value] = lambda row: row) -> Rows:
        """The rows that are as wanted, each told otherwise."""
        return Rows(tuple(part.only(wanted, told) for part in self.parts))

    def and_one(self, row: Value) -> Rows:
        """The same rows and one more."""
        return Rows((*self.parts, one_row(True, row)))


@dataclass(frozen=True, eq=False)
class Record:
    """An object whose fields are unknown; its methods are those of its class, followed. `known` wins over the class."""

    of: type
    known: Mapping[str, Value]
    followed: dict[str, Value] = field(default_factory=dict)


RAISES = Record(type(None), {})  # where Python would raise


# ── truths ───────────────────────────────────────────────────────────────────────────────────────────────────────


def both(*truths: Truth) -> Truth:
    """All hold."""
    left = [truth for truth in truths if truth is not True]
    if any(truth is False for truth in left):
        return False
    return True if not left else left[0] if len(left) == 1 else z3.And(*left)


def either(*truths: Truth) -> Truth:
    """One holds."""
    left = [truth for truth in truths if truth is not False]
    if any(truth is True for truth in left):
        return True
    return False if not left else left[0] if len(left) == 1 else z3.Or(*left)


def negated(truth: Truth) -> Truth:
    """It does not hold."""
    return (not truth) if isinstance(truth, bool) else z3.Not(truth)


def implied(truth: Truth, then: Truth) -> Truth:
    """The second holds whenever the first does."""
    return either(negated(truth), then)


def truth(value: Value) -> Truth:
    """What Python's `bool` makes of a value."""
    match value:
        case bool() | z3.BoolRef():
            return value
        case Either():
            return either(*(both(guard, truth(known)) for guard, known in value.cases))
        case Word():
            return both(*(negated(value.term == term) for word, term in value.members.items() if not word))
        case Body():
            return value.term != value.nobody
        case Members():
            return negated(value.empty)
        case Words():
            return either(*value.held.values())
        case Rows():
            return value.exists(lambda _: True)
        case Record():
            return value is not RAISES
    return bool(value)


def one_or_other(guard: Truth, then: Value, otherwise: Value) -> Value:
    """A value that depends on a formula; two truths make one."""
    if isinstance(guard, bool):
        return then if guard else otherwise
    if isinstance(then, bool | z3.BoolRef) and isinstance(otherwise, bool | z3.BoolRef):
        return either(both(guard, then), both(negated(guard), otherwise))
    cases = [(both(guard, g), v) for g, v in _cases(then)]
    return Either((*cases, *((both(negated(guard), g), v) for g, v in _cases(otherwise))))


def _cases(value: Value) -> tuple[tuple[Truth, Value], ...]:
    return value.cases if isinstance(value, Either) else ((True, value),)


def lifted(function: Callable[..., Value], *values: Value) -> Value:
    """A function of values that may depend on the facts."""
    for place, value in enumerate(values):
        if isinstance(value, Either):
            *first, last = (
                (guard, lifted(function, *values[:place], known, *values[place + 1 :])) for guard, known in value.cases
            )
            told = last[1]
            for guard, inner in reversed(first):
                told = one_or_other(guard, inner, told)
            return told
    return RAISES if any(value is RAISES for value in values) else function(*values)


# ── operators ────────────────────────────────────────────────────────────────────────────────────────────────────


def same(one: Value, other: Value) -> Truth:
    """`==` and `is`, of values of which one at least is unknown."""
    if one is RAISES or other is RAISES:
        return False
    match one, other:
        case tuple(), tuple():
            return len(one) == len(other) and both(*(same(a, b) for a, b in zip(one, other, strict=True)))
        case Either(), _:
            return truth(lifted(same, one, other))
        case _, Either():
            return truth(lifted(same, one, other))
        case Word(), Word():
            return one.term == other.term if one.members is other.members else _words_in_common(one, other)
        case Word(), _:
            return one.term == one.members[other] if other in one.members else False
        case Body(), Body():
            return one.term == other.term
        case Body(), None:
            return one.term == one.nobody
        case ((str() | None), (Word() | Body())):
            return same(other, one)
        case bool() | z3.BoolRef(), bool() | z3.BoolRef():
            return either(both(one, other), both(negated(one), negated(other)))
        case ((Members() | Words() | Rows() | Record()), None):
            return False
        case None, (Members() | Words() | Rows() | Record()):
            return False
    if any(isinstance(value, Members | Words | Rows | Record | Word | Body) for value in (one, other)):
        raise NotFollowed(f"== of {type(one).__name__} and {type(other).__name__}")
    return bool(one == other)


def _words_in_common(one: Word, other: Word) -> Truth:
    common = one.members.keys() & other.members.keys()
    return either(*(both(same(one, word), same(other, word)) for word in common))


def within(one: Value, many: Value) -> Truth:
    """`in`."""
    if isinstance(one, Either) or isinstance(many, Either):
        return truth(lifted(within, one, many))
    if many is RAISES:
        return False
    match many:
        case Members():
            return many.contains(one.term) if isinstance(one, Body) else many.contains(one)
        case Words():
            return many.held.get(one, False) if isinstance(one, str) else _not_followed("in", one, many)
        case tuple() | list() | frozenset() | set() | Mapping():
            if not isinstance(one, Word | Body | tuple):
                return one in many
            return either(*(same(one, known) for known in many))
        case None:
            return False
    return _not_followed("in", one, many)


def _not_followed(what: str, *values: Value) -> Truth:
    raise NotFollowed(f"{what}: {', '.join(type(value).__name__ for value in values)}")


# ── following a function ─────────────────────────────────────────────────────────────────────────────────────────

NOTHING = object()  # a block that ends without `return`


def follow(function: Callable[..., Any], *arguments: Value) -> Value:
    """What a function returns, for all facts at once."""
    tree, parameters = _definition(function)
    scope = dict(zip(parameters, arguments, strict=True))
    told = _Follower(function.__globals__).block(tree.body, scope)
    return None if told is NOTHING else told


_DEFINITIONS: dict[Any, tuple[ast.FunctionDef, tuple[str, ...]]] = {}


def _definition(function: Callable[..., Any]) -> tuple[ast.FunctionDef, tuple[str, ...]]:
    code = function.__code__
    if code not in _DEFINITIONS:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
        if not isinstance(tree, ast.FunctionDef):
            raise NotFollowed(function.__qualname__)
        _DEFINITIONS[code] = tree, tuple(argument.arg for argument in tree.args.args)
    return _DEFINITIONS[code]


class _Follower:
    """Walks the syntax tree of one function."""

    def __init__(self, globals_: Mapping[str, Any]) -> None:
        self.globals = globals_

    def block(self, statements: Sequence[ast.stmt], scope: dict[str, Value]) -> Value:
        for place, statement in enumerate(statements):
            rest = statements[place + 1 :]
            match statement:
                case ast.Expr(value=ast.Constant()):
                    continue
                case ast.Return(value=None):
                    return None
                case ast.Return(value=value) if value is not None:
                    return self.of(value, scope)
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    scope = {**scope, name: self.of(value, scope)}
                case ast.If(test=test, body=body, orelse=orelse):
                    return self.fork(truth(self.of(test, scope)), [*body, *rest], [*orelse, *rest], scope)
                case ast.For(target=ast.Name(id=name), iter=iterated, body=body, orelse=[]):
                    return self.loop(name, self.of(iterated, scope), body, rest, scope)
                case ast.Match(subject=subject, cases=cases):
                    return self.match(self.of(subject, scope), cases, rest, scope)
                case ast.Raise():
                    return RAISES
                case _:
                    raise NotFollowed(ast.unparse(statement))
        return NOTHING

    def fork(self, test: Truth, then: Sequence[ast.stmt], otherwise: Sequence[ast.stmt], scope: Any) -> Value:
        if isinstance(test, bool):
            return self.block(then if test else otherwise, scope)
        return one_or_other(test, self.block(then, scope), self.block(otherwise, scope))

    def loop(self, name: str, items: Value, body: Sequence[ast.stmt], rest: Sequence[ast.stmt], scope: Any) -> Value:
        """A loop over known things, unrolled; what follows it is walked once the last one is done."""
        if not isinstance(items, tuple | list):
            raise NotFollowed(f"for over {type(items).__name__}")
        if not items:
            return self.block(rest, scope)
        first, *others = items
        again = _Again(name, tuple(others), tuple(body), tuple(rest))
        return self.block_then([*body], {**scope, name: first}, again)

    def block_then(self, statements: Sequence[ast.stmt], scope: dict[str, Value], again: _Again) -> Value:
        """A loop's body, then its next turn. The bodies met are one `if … return`."""
        match statements:
            case []:
                return self.loop(again.name, list(again.items), again.body, again.rest, scope)
            case [ast.If(test=test, body=[ast.Return() as returned], orelse=[]), *others]:
                asked = truth(self.of(test, scope))
                onward: Callable[[], Value] = lambda: self.block_then(others, scope, again)  # noqa: E731
                if isinstance(asked, bool):
                    return self.block([returned], scope) if asked else onward()
                return one_or_other(asked, self.block([returned], scope), onward())
        raise NotFollowed(ast.unparse(statements[0]))

    def match(self, subject: Value, cases: Sequence[ast.match_case], rest: Sequence[ast.stmt], scope: Any) -> Value:
        if not cases:
            return self.block(rest, scope)
        first, *others = cases
        match first.pattern:
            case ast.MatchValue(value=value) if first.guard is None:
                asked = same(subject, self.of(value, scope))
            case ast.MatchAs(pattern=None, name=None) if first.guard is None:
                asked = True
            case _:
                raise NotFollowed(ast.unparse(first))
        if isinstance(asked, bool):
            return self.block([*first.body, *rest], scope) if asked else self.match(subject, others, rest, scope)
        return one_or_other(asked, self.block([*first.body, *rest], scope), self.match(subject, others, rest, scope))

    def of(self, node: ast.expr, scope: dict[str, Value]) -> Value:
        """The value of an expression."""
        match node:
            case ast.Name(id=name):
                return self.name(name, scope)
            case ast.Attribute(value=value, attr=name):
                return lifted(lambda known: attribute(known, name), self.of(value, scope))
            case ast.Constant(value=value):
                return value
            case ast.Tuple(elts=elements):
                return tuple(self.of(element, scope) for element in elements)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return negated(truth(self.of(operand, scope)))
            case ast.BoolOp(op=ast.And(), values=values):
                return self.chain(values, scope, stop=False)
            case ast.BoolOp(op=ast.Or(), values=values):
                return self.chain(values, scope, stop=True)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                asked = truth(self.of(test, scope))
                if isinstance(asked, bool):
                    return self.of(body if asked else orelse, scope)
                return one_or_other(asked, self.of(body, scope), self.of(orelse, scope))
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return self.compare(op, self.of(left, scope), self.of(right, scope))
            case ast.Call():
                return self.call(node, scope)
            case ast.GeneratorExp(elt=told, generators=[ast.comprehension(target=ast.Name(id=name)) as made]):
                return self.comprehension(name, told, made, scope)
        raise NotFollowed(ast.unparse(node))

    def name(self, name: str, scope: dict[str, Value]) -> Value:
        for known in (scope, self.globals, vars(builtins)):
            if name in known:
                return known[name]
        raise NotFollowed(name)

    def chain(self, values: Sequence[ast.expr], scope: dict[str, Value], *, stop: bool) -> Truth:
        told: list[Truth] = []
        for value in values:
            told.append(truth(self.of(value, scope)))
            if told[-1] is stop:
                break
        return either(*told) if stop else both(*told)

    def compare(self, op: ast.cmpop, left: Value, right: Value) -> Truth:
        match op:
            case ast.Eq() | ast.Is():
                return same(left, right)
            case ast.NotEq() | ast.IsNot():
                return negated(same(left, right))
            case ast.In():
                return within(left, right)
            case ast.NotIn():
                return negated(within(left, right))
        raise NotFollowed(type(op).__name__)

    def comprehension(self, name: str, told: ast.expr, made: ast.comprehension, scope: dict[str, Value]) -> Value:
        items = self.of(made.iter, scope)

        def wanted(row: Value) -> Truth:
            return both(*(truth(self.of(asked, {**scope, name: row})) for asked in made.ifs))

        def each(row: Value) -> Value:
            return self.of(told, {**scope, name: row})

        return rows_of(items).only(wanted, each)

    def call(self, node: ast.Call, scope: dict[str, Value]) -> Value:
        if node.keywords:
            raise NotFollowed(ast.unparse(node))
        called = self.of(node.func, scope)
        arguments: list[Value] = []
        for argument in node.args:
            if isinstance(argument, ast.Starred):
                arguments.append(self.of(argument.value, scope))
            else:
                arguments.append(self.of(argument, scope))
        return self.called(called, arguments, node)

    def called(self, called: Value, arguments: list[Value], node: ast.Call) -> Value:
        if isinstance(called, Either):
            return lifted(lambda known: self.called(known, arguments, node), called)
        if called in (any, all, bool, tuple, type) or getattr(called, "__name__", "") == "cast":
            return built_in(called, arguments)
        if getattr(called, "__name__", "") == "union" and getattr(called, "__self__", None) == frozenset():
            return union(arguments)
        if isinstance(called, Follows):
            return called(*arguments)
        if getattr(called, "__name__", "") in OPAQUE and isinstance(arguments[0], Body):
            return opaque(called, arguments[0])
        if inspect.isfunction(called) and called.__module__.startswith("mig_idg.charter."):
            return memoised(called, arguments)
        if inspect.ismethod(called) and called.__func__.__module__.startswith("mig_idg.charter."):
            return memoised(called.__func__, [called.__self__, *arguments])  # of a known value: terms for all
        raise NotFollowed(ast.unparse(node))


@dataclass(frozen=True, slots=True)
class _Again:
    """What is left of a loop: its variable, its next turns, its body, and what comes after."""

    name: str
    items: tuple[Value, ...]
    body: tuple[ast.stmt, ...]
    rest: tuple[ast.stmt, ...]


@dataclass(frozen=True, eq=False)
class Follows:
    """Something callable in place of what Python would call."""

    does: Callable[..., Value]

    def __call__(self, *arguments: Value) -> Value:
        return self.does(*arguments)


OPAQUE = ("_in_annex_1",)  # what is read of a body in the register of the territory: any body may be in it or not


def opaque(function: Callable[..., bool], body: Body) -> Truth:
    """What is known of a body elsewhere than in the facts: anything, in a world of which nothing is known."""
    if isinstance(body.term, str | None):
        return function(body.term)
    return z3.Function(function.__name__, body.term.sort(), z3.BoolSort())(body.term)


def memoised(function: Callable[..., Any], arguments: list[Value]) -> Value:
    """A function followed; of one case alone, once."""
    match arguments:
        case [Record() as record]:
            key = f"{function.__module__}.{function.__qualname__}"
            if key not in record.followed:
                record.followed[key] = follow(function, record)
            return record.followed[key]
    return follow(function, *arguments)


def attribute(known: Value, name: str) -> Value:
    """`known.name`."""
    if isinstance(known, Record):
        if known is RAISES:
            return RAISES
        if name in known.known:
            return known.known[name]
        return _of_the_class(known, name)
    if isinstance(known, Members) and name == "issuperset":
        return Follows(lambda other: superset(known, other))
    if isinstance(known, Members | Words | Rows | Word | Body):
        raise NotFollowed(f".{name} of {type(known).__name__}")
    return RAISES if known is None else getattr(known, name)


def _of_the_class(record: Record, name: str) -> Value:
    found = inspect.getattr_static(record.of, name, None)
    match found:
        case cached_property():
            return memoised(found.func, [record])
        case property() if found.fget is not None:
            return memoised(found.fget, [record])
    if inspect.isfunction(found):
        return Follows(lambda *arguments: follow(found, record, *arguments))
    raise NotFollowed(f"{record.of.__name__}.{name}")


def rows_of(items: Value) -> Rows:
    """Something iterated over, as rows."""
    match items:
        case Rows():
            return items
        case Either():
            return Rows(
                tuple(part for guard, known in items.cases for part in rows_of(known).only(always(guard)).parts)
            )
        case tuple() | list() | frozenset():
            return Rows(tuple(one_row(True, item) for item in items))
    raise NotFollowed(f"iteration over {type(items).__name__}")


def built_in(called: Value, arguments: list[Value]) -> Value:
    """The few functions of Python that conditions use."""
    if called is any:
        return rows_of(arguments[0]).exists(truth)
    if called is all:
        return negated(rows_of(arguments[0]).exists(lambda row: negated(truth(row))))
    if called is bool:
        return truth(arguments[0])
    if called is tuple:
        return rows_of(arguments[0])
    if called is type:
        return type(arguments[0])
    return arguments[-1]  # cast


def union(arguments: Iterable[Value]) -> Members:
    """The sets of some rows, together."""
    (sets,) = arguments
    rows = rows_of(sets)
    return Members(
        contains=lambda value: rows.exists(lambda one: one.contains(value)),
        empty=negated(rows.exists(lambda one: negated(one.empty))),
    )


def superset(wide: Members, narrow: Members) -> Truth:
    """Whether everything in the second set is in the first."""
    if narrow.each is None:
        raise NotFollowed("issuperset")
    return narrow.each.every(lambda value: implied(narrow.contains(value), wide.contains(value)))
