"""The probe of withdrawals: asks each harvester's own page of a record that was taken down, until it is gone there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from urllib.parse import quote, urlsplit

from mig_idg.errors import Problem
from mig_idg.jobs.outgoing import NotReached, Outgoing
from mig_idg.registry import downstream
from mig_idg.registry.acts import Conn

GONE = (404, 410)
PAGE_BYTES = 5 * 2**20
SECONDS = 120.0
Opened = Callable[[], AbstractContextManager[Conn]]
Network = Callable[[frozenset[str]], Outgoing]


def outgoing(hosts: frozenset[str]) -> Outgoing:
    """The guarded connection of a probe: those hosts only, no private address."""
    made = Outgoing(hosts, delay=1.0, page_bytes=PAGE_BYTES)
    made.deadline = made.clock() + SECONDS
    return made


def probe(opened: Opened, now: datetime, network: Network = outgoing) -> list[dict[str, str]]:
    """Ask after every copy that is not known to be gone; what each page answered. One that fails stops no other, and no
    transaction is open while a page is awaited."""
    told = []
    with opened() as conn:
        awaited = downstream.copies(conn, awaited=True)
    for one in awaited:
        if one["page"] is None:
            continue
        address = one["page"].replace("{id}", quote(one["dataset"], safe=""))
        state, reply = _asked(address, network)
        with opened() as conn:
            downstream.checked(conn, one["takedown"], one["downstream"], state, reply, now)
        told.append({"takedown": str(one["takedown"]), "dataset": one["dataset"], "downstream": one["downstream"],
                     "state": state, "reply": reply})  # fmt: skip
    return told


def _asked(address: str, network: Network) -> tuple[str, str]:
    try:
        with network(frozenset({(urlsplit(address).hostname or "").lower()})) as net:
            answer = net.read(address)
    except NotReached as error:
        status = error.extra.get("status")
        return ("gone" if status in GONE else "unread"), str(status or error.text("fr"))
    except Problem as error:
        return "unread", error.text("fr")
    return "there", str(answer.status)
