"""What a basis shows: the attributes it hides and the rows it leaves, by the name `rulebook.yml` uses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

from mig_idg.charter.case import Case
from mig_idg.charter.facts import NOBODY, RowLimit


@dataclass(frozen=True, slots=True)
class View:
    """What one basis shows. `rows` None is all rows, else the communes whose rows show.

    `responsible` is the body that answers for the use under 004 §3.6 or §3.5.2, when it is not the one asking.
    """

    hidden: frozenset[str] = NOBODY
    rows: frozenset[str] | None = None
    responsible: str | None = None


EVERYTHING = View()
ViewOf = Callable[[Case], tuple[View, ...]]
VIEWS: dict[str, ViewOf] = {}


def view(function: ViewOf) -> ViewOf:
    """Give a way of seeing its place in the rule book, under its own name; it holds at least one view."""
    VIEWS[function.__name__] = function
    return function


@view
def everything(case: Case) -> tuple[View, ...]:
    """All attributes, all rows."""
    return (EVERYTHING,)


@view
def owners_terms(case: Case) -> tuple[View, ...]:
    """Less the attributes the owner's terms hide, in the rows they leave."""
    terms = case.live_terms
    return (View(terms.hidden_attributes, _rows(case, terms.rows)),)


@view
def epts_act(case: Case) -> tuple[View, ...]:
    """All attributes, in the rows the EPT's act leaves; one view for each act that serves."""
    return tuple(View(NOBODY, _rows(case, act.rows), act.ept) for act in case.serving_acts)


@view
def epts_act_within_the_terms(case: Case) -> tuple[View, ...]:
    """What the owner's terms leave, in the rows that both they and the EPT's act leave."""
    terms = case.live_terms
    return tuple(
        View(terms.hidden_attributes, _rows(case, terms.rows or act.rows), act.ept)
        for act in case.serving_acts
        if terms.addresses(act.ept, case.action)
    )


@view
def delegators_view(case: Case) -> tuple[View, ...]:
    """What the delegator itself sees; one view for each delegation that works."""
    return tuple(View(own.hidden, own.rows, delegation.delegator) for delegation, own in case.mandates)


@view
def what_it_may_read(case: Case) -> tuple[View, ...]:
    """What the body sees by each action that reads, if it is permitted."""
    owns = (case.reading(action) for action in ("view", "query", "download"))
    return tuple(View(own.hidden, own.rows) for own in owns if own.permitted)


def joined(views: Sequence[View]) -> View:
    """The widest view some bases give together: the fewest hidden attributes, then every row shown with exactly those.

    Rows are joined only among views that hide the same attributes, so that no row shows an attribute that no single
    basis shows in it. At equal numbers of hidden attributes, the names in alphabetical order decide.
    """
    if len(views) == 1:
        return views[0]
    hidden = min((view.hidden for view in views), key=lambda names: (len(names), sorted(names)))
    rows: frozenset[str] = NOBODY
    for view in views:
        if view.hidden == hidden:
            if view.rows is None:
                return View(hidden)
            rows |= view.rows
    return View(hidden, rows)


def _rows(case: Case, limit: RowLimit | None) -> frozenset[str] | None:
    """The rows a limit leaves the body asking; None is all of them."""
    if limit is None:
        return None
    return case.facts.territory_of(cast("str", case.organisation), case.on)  # no basis with a limit serves the public
