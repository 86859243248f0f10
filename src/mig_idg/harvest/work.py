"""What a job or a command asks of harvesting: run a source, and say which are due."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from mig_idg.errors import Problem, Text, Unprocessable, problem
from mig_idg.harvest import flow
from mig_idg.harvest.declared import Loaded, chosen
from mig_idg.harvest.flow import Load
from mig_idg.harvest.model import Source
from mig_idg.harvest.run import Clock, Network, Ours, Outcome, outgoing, plan, run
from mig_idg.registry import publications
from mig_idg.registry.acts import Conn

KIND = "harvest"
LOGIN = "mig-idg"
MARGIN_SECONDS = 600


def utc_now() -> datetime:
    """The clock of the service; tests give another."""
    return datetime.now(UTC)


def ours(connection: Conn, base: str) -> Ours:
    """How our own records are known when they come back."""
    with connection.transaction():
        collections = publications.latest(connection).collections
    external = {
        one: name for name, entry in collections.items() for one in entry["declaration"].get("external_ids") or ()
    }
    return Ours(base, frozenset(collections), external)


def harvest(
    connection: Conn,
    source: Source,
    base: str,
    load: Load,
    *,
    clock: Clock = utc_now,
    full: bool = False,
    rehearse: bool = False,
    network: Network = outgoing,
) -> Outcome:
    """Run a source, a flow or a catalogue; `rehearse` says what would change, and changes nothing."""
    if source.into is not None:
        return flow.run(connection, source, clock, load, rehearse=rehearse, network=network)
    known = ours(connection, base)
    if rehearse:
        return plan(connection, source, clock, known, network=network)
    return run(connection, source, clock, known, full=full, network=network)


def due(sources: Iterable[Source], standing: Iterable[Mapping[str, Any]], now: datetime) -> list[Source]:
    """The sources whose rhythm asks for a run now: never run, or last begun long enough ago."""
    last: dict[str, Any] = {}
    for one in standing:
        begun = one.get("started") or (one.get("run") or {}).get("started")
        last[one["source"]] = datetime.fromisoformat(begun) if isinstance(begun, str) else begun
    return [
        one
        for one in sources
        if one.rhythm is not None and ((begun := last.get(one.id)) is None or now - begun >= one.rhythm)
    ]


def perform(connection: Conn, call: Mapping[str, Any], loaded: Loaded, base: str, load: Load) -> dict[str, Any]:
    """What a job asks, as `jobs.worker` wants the answer. A run that failed is a job that failed, and says why."""
    try:
        (source,) = chosen(loaded, (call["subject"],))
        outcome = harvest(connection, source, base, load)
        if outcome.failed:
            raise Unprocessable(outcome.problem or Text("La passe a échoué.", "The run failed."))
    except Problem as error:
        return {"problem": {"fr": problem(error, "fr"), "en": problem(error, "en")}}
    except Exception as error:
        internal = Problem(Text("Une erreur interne a interrompu le moissonnage.", "An internal error stopped it."))
        told = {"fr": problem(internal, "fr"), "en": problem(internal, "en")}
        return {"problem": told, "trace": "".join(traceback.format_exception(error))[-4000:]}
    return {"outputs": []}
