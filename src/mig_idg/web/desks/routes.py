"""`/desk/…` and `/why`. Listings are of what the person may know; acts are the registry's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from mig_idg.deposits.handlers import Handlers
from mig_idg.guard.clerk import Clerk
from mig_idg.guard.route import Route
from mig_idg.guard.sessions import Sessions
from mig_idg.jobs import Records
from mig_idg.web.desks.calendar import Calendars
from mig_idg.web.desks.consolidation import Consolidations
from mig_idg.web.desks.deposits import FORM_ROOM, DepositDesk
from mig_idg.web.desks.handlers import Acts
from mig_idg.web.desks.messages import Messages
from mig_idg.web.desks.pages import Desks
from mig_idg.web.desks.posted import BODY_BYTES
from mig_idg.web.desks.receipts import Receipts
from mig_idg.web.desks.remarks import Remarks
from mig_idg.web.desks.report import Reports
from mig_idg.web.desks.tickets import Tickets
from mig_idg.web.desks.tokens import Tokens
from mig_idg.web.desks.why import Why

SENT = ("GET", "HEAD", "POST")
SMALL = 64 * 1024


def routes(
    url: str,
    sessions: Sessions,
    key: bytes,
    clock: Callable[[], datetime],
    deposits: Handlers,
    largest: int,
    *,
    records: Records | None = None,
    mail_server: bool = False,
) -> tuple[Route, ...]:
    """The routes of desks, on the database at `url` (the server's own); a deposit has `largest` bytes at most."""
    clerk = Clerk(url)
    acts = Acts(clerk, Tickets(key, clock), sessions, records)
    desks, receipts, tokens = Desks(clerk, acts), Receipts(clerk), Tokens(clerk, acts)
    heard = Remarks(clerk, acts, clock)
    told = Messages(clerk, acts, mail_server=mail_server)
    given, calendars, reports = DepositDesk(deposits, clerk, acts), Calendars(clerk, acts), Reports(clerk)
    return (
        Route("/why", "listing", Why(clerk).why, pool="none"),
        Route("/desk", "listing", desks.mine, pool="none"),
        *(
            Route(f"/desk/{name}", "listing", desks.desk, pool="none")
            for name in ("owner", "ept", "committees", "partnership", "pilot")
        ),
        Route("/desk/acts/{act}", "listing", acts.act, SENT, pool="none", body_limit=BODY_BYTES, forms=True),
        Route("/desk/acts/under-way/{job}", "listing", acts.under_way, pool="none"),
        Route("/desk/consolidation/{run}", "listing", Consolidations(clerk).one, pool="none"),
        Route("/desk/receipts/{act}", "listing", receipts.receipt, pool="none"),
        Route("/desk/receipts/{act}/pdf", "listing", receipts.pdf, pool="none"),
        Route("/desk/pieces/{piece}", "listing", receipts.piece, pool="none"),
        Route("/desk/calendar", "listing", calendars.manage, SENT, pool="none", body_limit=SMALL, forms=True),
        Route("/calendar/{feed}", "open", calendars.feed, pool="none"),
        Route("/desk/report/{year}", "listing", reports.page, pool="none"),
        Route("/desk/report/{year}/pdf", "listing", reports.pdf, pool="none"),
        Route("/desk/deposits", "listing", given.give, SENT, pool="none", body_limit=largest + FORM_ROOM, forms=True),
        Route("/desk/deposits/{deposit}", "listing", given.one, SENT, pool="none", body_limit=SMALL, forms=True),
        Route("/desk/messages", "listing", told.mine, SENT, pool="none", body_limit=SMALL, forms=True),
        Route("/desk/remarks", "listing", heard.listing, pool="none"),
        Route("/desk/remarks/{remark}", "listing", heard.one, SENT, pool="none", body_limit=SMALL, forms=True),
        Route("/desk/notices", "listing", told.operator, SENT, pool="none", body_limit=SMALL, forms=True),
        Route("/desk/tokens", "listing", tokens.create, SENT, pool="none", body_limit=SMALL, forms=True),
        Route("/desk/tokens/{token}", "listing", tokens.revoke, SENT, pool="none", body_limit=SMALL, forms=True),
    )
