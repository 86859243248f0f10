"""Mutation run over the law: every small change to `charter/` must be noticed by a test.

    .venv/bin/python tests/charter/mutate.py                    # everything, some minutes
    .venv/bin/python tests/charter/mutate.py conditions case    # these modules only
    .venv/bin/python tests/charter/mutate.py rulebook.yml       # the rules themselves
    .venv/bin/python tests/charter/mutate.py --sample 40        # some, drawn from a fixed seed
    .venv/bin/python tests/charter/mutate.py --proofs conditions decision rulebook.yml   # which ones proofs alone deny

Each mutant lives in a process of its own, in memory: no file is written. The tests run on fewer drawn cases first;
a mutant that survives them meets the whole suite. Exit 1 when one survives both.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib.util
import linecache
import os
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
CHARTER = ROOT / "src/mig_idg/charter"
HERE = Path(__file__).parent
BOOK = "rulebook.yml"
FIRST = {  # the tests most likely to notice, by module
    "located_yaml": ["scenario_files"],
    "fields": ["scenario_files"],
    "scenario": ["scenario_files", "scenarios"],
    "messages": ["words"],
    "nouns": ["nouns", "words"],
    "questions": ["questions"],
    "what_if": ["words", "questions"],
    "scenario_file": ["scenario_files"],
    "deadlines": ["deadlines"],
    "articles": ["articles", "settings"],
    "reference": ["command"],
    "settings": ["settings"],
}
ORDER = [
    "scenarios",
    "settings",
    "words",
    "nouns",
    "decision",
    "questions",
    "properties",
    "scenario_files",
    "articles",
    "deadlines",
    "command",
]
LEFT_OUT = "not reference_page and not nothing_heavy and not survivor"  # golden page; own process; this runner itself
HEAVY = " and not aliases_are_counted and not five_thousand and not random_worlds and not eight_million"
SMALL, WHOLE = 0.05, 0.5
SECONDS = 60  # of processor: a mutant that asks itself for ever has been noticed

# Mutants that change nothing anybody could notice: (module, fragment of the mutated line, fragment of the mutation): why.
LOADER = "without libyaml, PyYAML reads the same, more slowly"
CODEC = "a codec's name is read without its punctuation"
FRENCH = "a language that is not English is answered in French"
EQUIVALENT: dict[tuple[str, str, str], str] = {
    ("located_yaml", "getattr(yaml,", "'CSafeLoader'"): LOADER,
    ("rulebook", "getattr(yaml,", "'CSafeLoader'"): LOADER,
    ("articles", "getattr(yaml,", "'CSafeLoader'"): LOADER,
    ("rulebook", "read_text(", "'utf-8'"): CODEC,
    ("articles", "read_text(", "'utf-8'"): CODEC,
    ("rulebook", "UNKNOWN =", "'unknown'"): "any word that is no action will do",
    (
        "rulebook",
        'rule.effect == "permit"',
        "without filter",
    ): "a forbid that holds has refused before permits are read",
    ("scenario", 'lang: Lang = "fr"', "'fr'"): FRENCH,
}


@dataclass(frozen=True)
class Mutant:
    """One change: the module (or the rule book), the line, what was changed, and what makes the resulting text."""

    module: str
    line: int
    what: str
    source: Callable[[], str]


# --- changes to Python -----------------------------------------------------------------------------------------------

SWAPS: dict[type[ast.cmpop], list[type[ast.cmpop]]] = {
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
    ast.Lt: [ast.LtE, ast.GtE],
    ast.LtE: [ast.Lt, ast.Gt],
    ast.Gt: [ast.GtE, ast.LtE],
    ast.GtE: [ast.Gt, ast.Lt],
    ast.In: [ast.NotIn],
    ast.NotIn: [ast.In],
    ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
}
NAMES = {"any": "all", "all": "any", "min": "max", "max": "min"}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
TOLD = {"Text", "_refused", "did_you_mean", "remark", "ValueError", "LookupError", "format", "TypeVar", "cast"}


def python_mutants(module: str) -> Iterator[Mutant]:
    """Every mutant of one module, from its syntax tree."""
    text = (CHARTER / f"{module}.py").read_text("utf-8")
    lines = text.splitlines()
    for number, (node, changes) in enumerate(_sites(ast.parse(text))):
        for choice, (what, _) in enumerate(changes):
            line = getattr(node.target if isinstance(node, ast.comprehension) else node, "lineno", 1)
            yield Mutant(module, line, f"{what}   | {lines[line - 1].strip()}", partial(_changed, text, number, choice))


def _changed(text: str, number: int, choice: int) -> str:
    """The module with one change, the `choice`-th of its `number`-th site."""
    tree = ast.parse(text)
    _, changes = list(_sites(tree))[number]
    changes[choice][1]()
    return ast.unparse(ast.fix_missing_locations(tree))


def _sites(tree: ast.AST) -> Iterator[tuple[ast.AST, list[tuple[str, object]]]]:
    """The nodes that can be changed, each with its changes (a name, and what applies it in place)."""
    for parent, field, index, node in _walk(tree):
        changes = list(_changes(parent, field, index, node))
        if changes:
            yield node, changes


def _walk(node: ast.AST) -> Iterator[tuple[ast.AST, str, int | None, ast.AST]]:
    """Every node below, with its place; docstrings, annotations, decorators, imports and sentences are left alone."""
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list", "type_params", "type_comment", "format_spec"):
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(child, ast.AST) or _left_alone(child):
                continue
            yield node, field, index, child
            yield from _walk(child)


def _left_alone(node: ast.AST) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom | ast.JoinedStr):
        return True
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Literal":
        return True
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return True
    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in ("__all__",):
        return True
    if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "field":
        return True
    if isinstance(node, ast.Raise):
        return True
    return isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in TOLD


def _changes(parent: ast.AST, field: str, index: int | None, node: ast.AST) -> Iterator[tuple[str, object]]:
    def become(new: ast.AST):
        def apply() -> None:
            if index is None:
                setattr(parent, field, new)
            else:
                getattr(parent, field)[index] = new

        return apply

    match node:
        case ast.Compare(ops=[op]):
            for other in SWAPS[type(op)]:
                yield f"{type(op).__name__} → {other.__name__}", lambda other=other: node.ops.__setitem__(0, other())
        case ast.BoolOp():
            other = ast.Or if isinstance(node.op, ast.And) else ast.And
            yield f"{type(node.op).__name__} → {other.__name__}", lambda: setattr(node, "op", other())
            for place in range(len(node.values)):
                yield f"without operand {place + 1}", lambda place=place: node.values.pop(place)
        case ast.UnaryOp(op=ast.Not()):
            yield "not x → x", become(node.operand)
        case ast.BinOp() if type(node.op) in OPERATORS:
            other = OPERATORS[type(node.op)]
            yield f"{type(node.op).__name__} → {other.__name__}", lambda: setattr(node, "op", other())
        case ast.Constant(value=bool()):
            yield f"{node.value} → {not node.value}", become(ast.Constant(not node.value))
        case ast.Constant(value=int()):
            yield f"{node.value} → {node.value + 1}", become(ast.Constant(node.value + 1))
        case ast.Constant(value=str()) if not isinstance(parent, ast.Subscript):
            yield f"{node.value!r} → other", become(ast.Constant(node.value + "·"))
        case ast.If() | ast.While() | ast.IfExp():
            yield "condition negated", lambda: setattr(node, "test", ast.UnaryOp(ast.Not(), node.test))
        case ast.comprehension() if node.ifs:
            for place in range(len(node.ifs)):
                yield f"without filter {place + 1}", lambda place=place: node.ifs.pop(place)
        case ast.Return(value=value) if not _says_no(value):
            yield "returns None", lambda: setattr(node, "value", ast.Constant(None))
        case ast.Name(id=name) if name in NAMES and isinstance(parent, ast.Call) and field == "func":
            yield f"{name} → {NAMES[name]}", lambda: setattr(node, "id", NAMES[name])
        case ast.Expr(value=ast.Call()) | ast.AugAssign() | ast.Continue():
            yield "statement removed", become(ast.Pass())
        case ast.Expr(value=ast.Yield() | ast.YieldFrom()):
            yield "nothing yielded", become(ast.Expr(ast.Constant(0)))


def _says_no(value: ast.expr | None) -> bool:
    """None and False tell a caller the same."""
    return value is None or (isinstance(value, ast.Constant) and value.value in (None, False))


# --- changes to the rules --------------------------------------------------------------------------------------------


def book_mutants() -> Iterator[Mutant]:
    """Every mutant of the rule book: a condition, an action, an obligation less; an effect, an order, a view changed."""
    text = (CHARTER / BOOK).read_text("utf-8")
    told = yaml.safe_load(text)
    for place, rule in enumerate(told["rules"]):
        for what, change in _book_changes(rule):
            changed = copy.deepcopy(told)
            change(changed["rules"][place])
            yield Mutant(BOOK, place + 1, f"{rule['id']}: {what}", partial(yaml.safe_dump, changed, allow_unicode=True))
        if 0 < place < len(told["rules"]) - 2:
            changed = copy.deepcopy(told)
            rules = changed["rules"]
            rules[place], rules[place + 1] = rules[place + 1], rules[place]
            yield Mutant(
                BOOK,
                place + 1,
                f"{rule['id']} after {rules[place]['id']}",
                partial(yaml.safe_dump, changed, allow_unicode=True),
            )


def _book_changes(rule: dict) -> Iterator[tuple[str, object]]:
    for key in ("when", "any", "obligations", "unless"):
        for name in rule.get(key, []):
            yield f"{key} without {name}", lambda r, key=key, name=name: r[key].remove(name)
    if isinstance(rule["actions"], list):
        for action in rule["actions"]:
            yield f"actions without {action}", lambda r, action=action: r["actions"].remove(action)
        for action in sorted(_every_action() - set(rule["actions"])):
            yield f"actions with {action}", lambda r, action=action: r["actions"].append(action)
    if len(rule.get("any", [])) > 1:
        yield "any → all", lambda r: r.update(when=[*r.get("when", []), *r.pop("any")])
    if "masks" in rule:
        yield "masks nothing", lambda r: r.pop("masks")
    if rule.get("view") not in (None, "everything"):
        yield "shows everything", lambda r: r.update(view="everything")
    for key in ("obligations_for_action", "obligations_for_licence"):
        for name, codes in rule.get(key, {}).items():
            for code in codes:
                yield f"{key} {name} without {code}", lambda r, key=key, name=name, code=code: r[key][name].remove(code)


def _every_action() -> set[str]:
    actions = set(yaml.safe_load((CHARTER / BOOK).read_text("utf-8"))["rules"][3]["actions"])  # B1: all but validate
    return actions | {"validate"}


# --- running ---------------------------------------------------------------------------------------------------------


class Mutated:
    """An importer that serves the mutated text instead of the file's."""

    def __init__(self, mutant: Mutant) -> None:
        self.name = "mig_idg.charter." + ("rulebook" if mutant.module == BOOK else mutant.module)
        self.mutant = mutant

    def find_spec(self, name, path=None, target=None):
        if name != self.name:
            return None
        file = CHARTER / (name.rsplit(".", 1)[1] + ".py")
        return importlib.util.spec_from_file_location(name, file, loader=self)

    def create_module(self, spec):
        return None

    def exec_module(self, module) -> None:
        source = self.mutant.source()
        if self.mutant.module == BOOK:
            original = Path(module.__spec__.origin).read_text("utf-8")
            place = f'TEXT = (files(__package__) / "{BOOK}").read_text("utf-8")'
            assert place in original
            source = original.replace(place, f"TEXT = {source!r}")
        origin = module.__spec__.origin
        linecache.cache[origin] = (len(source), None, source.splitlines(keepends=True), origin)  # proofs read it there
        exec(compile(source, origin, "exec"), module.__dict__)


PROOFS = ["proofs alone"]


def stages(mutant: Mutant | None) -> list[tuple[float, list[str], str]]:
    """What a mutant has to survive, cheapest first: share of the drawn cases, test modules, tests left out.

    No test module: the quick look.
    """
    if mutant is None:
        return [(SMALL, ORDER, LEFT_OUT)]
    first = FIRST.get(mutant.module, [])
    others = [name for name in ORDER if name not in first]
    return [(SMALL, first, LEFT_OUT + HEAVY), (SMALL, others, LEFT_OUT + HEAVY), (WHOLE, ORDER, LEFT_OUT)]


def quick_look() -> bool:
    """Whether the committee's cases and two thousand drawn ones are answered as expected; no test runner, a moment."""
    oracle, worlds = importlib.import_module("oracle"), importlib.import_module("worlds")
    from mig_idg.charter import decide
    from mig_idg.charter.scenario import answer, parse

    for path in (HERE / "scenarios").glob("*.yml"):
        scenario = parse(path.read_text("utf-8"), path.name)
        if not all(answer(question, scenario.facts)["ok"] for question in scenario.questions):
            return False
    for number, (world, facts, questions) in enumerate(worlds.draw(seed=5)):
        for organisation, roles, action, day in questions:
            decision = decide(worlds.request(organisation, roles, action, day), facts)
            expected = oracle.ask(world, organisation, roles, action, "d", day)
            told = (
                decision.outcome,
                decision.rule,
                sorted(decision.hidden),
                list(decision.obligations),
                list(decision.other),
            )
            if told != tuple(expected[key] for key in ("outcome", "rule", "hidden", "obligations", "other")):
                return False
        if number > 160:
            return True
    return True


def start(mutant: Mutant | None, scale: float, names: list[str], left_out: str) -> int:
    """The tests on a mutant (None: on the code as it is), in a process of its own: its number. It ends with 0 or 1."""
    if child := os.fork():
        return child
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))  # pytest-timeout takes the alarm for itself
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        if mutant is not None:
            sys.meta_path.insert(0, Mutated(mutant))
        sys.path.insert(0, str(HERE))
        worlds_scale = importlib.import_module("worlds_scale")
        worlds_scale.SCALE = scale
        if not names:
            os._exit(0 if quick_look() else 1)
        if names == PROOFS:
            os._exit(0 if importlib.import_module("mig_idg.charter.proofs.run").all_proved() else 1)
        if mutant is not None and mutant.module == "reference":
            left_out = left_out.replace("not reference_page and ", "")
        options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "pytest_timeout", "-k", left_out, "--rootdir", str(ROOT)]
        code = importlib.import_module("pytest").main([*options, *(str(HERE / f"test_{name}.py") for name in names)])
        os._exit(0 if code == 0 else 1)
    except BaseException:
        os._exit(1)


def survivors(mutants: list[Mutant], jobs: int, stages=stages) -> Iterator[Mutant]:
    """The mutants no test notices, as they are found; `jobs` processes at a time."""
    waiting = [(mutant, stages(mutant)) for mutant in reversed(mutants)]
    running: dict[int, tuple[Mutant, list[tuple[float, list[str], str]]]] = {}
    started, done = time.monotonic(), 0
    while waiting or running:
        while waiting and len(running) < jobs:
            mutant, left = waiting.pop()
            running[start(mutant, *left[0])] = (mutant, left[1:])
        child, status = os.wait()
        mutant, left = running.pop(child)
        if status == 0 and left:
            waiting.append((mutant, left))
            continue
        done += 1
        if done % 100 == 0:
            print(f"{done}/{len(mutants)}, {time.monotonic() - started:.0f} s", flush=True)
        if status == 0:
            yield mutant


def equivalent(mutant: Mutant) -> str | None:
    """Why a mutant is one that nobody could notice, or None."""
    for (module, line, what), why in EQUIVALENT.items():
        if mutant.module == module and line in mutant.what.split("   | ")[-1] and what in mutant.what.split("   | ")[0]:
            return why
    return None


def all_mutants(modules: list[str]) -> list[Mutant]:
    """The mutants of these modules, or of all of `charter/`."""
    names = modules or [BOOK, *sorted(p.stem for p in CHARTER.glob("*.py") if p.stem != "__init__")]
    found: list[Mutant] = []
    for name in names:
        found += book_mutants() if name == BOOK else python_mutants(name)
    return [mutant for mutant in found if equivalent(mutant) is None]


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="mutation run over charter/")
    parser.add_argument("modules", nargs="*")
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--proofs", action="store_true", help="ask the proofs, and no test")
    chosen = parser.parse_args(argv)
    os.chdir(ROOT)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for name in (
        "pytest",
        "hypothesis",
        "psycopg",
        "click",
        "yaml",
        "rich.table",
        "mig_idg.database.cluster",
        "stdnum.fr.siren",
    ):
        importlib.import_module(name)
    mutants = all_mutants(chosen.modules)
    if chosen.sample:
        mutants = random.Random(2022).sample(mutants, min(chosen.sample, len(mutants)))
    if chosen.proofs:
        importlib.import_module("z3")
        alone = [(WHOLE, PROOFS, "")]
        return _told(mutants, survivors(mutants, chosen.jobs, lambda _: list(alone)))
    _, status = os.waitpid(start(None, *stages(None)[0]), 0)
    if status:
        print("the tests fail on the code as it is")
        return 2
    return _told(mutants, survivors(mutants, chosen.jobs))


def _told(mutants: list[Mutant], found: Iterator[Mutant]) -> int:
    """Each survivor as it is found, then how many."""
    started, alive = time.monotonic(), 0
    for mutant in found:
        alive += 1
        print(f"SURVIVES {mutant.module}:{mutant.line}: {mutant.what}", flush=True)
    print(f"{len(mutants)} mutants, {alive} survive, {time.monotonic() - started:.0f} s")
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main())
