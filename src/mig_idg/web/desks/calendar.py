"""A person's calendar: what is due for the body acted for, in iCalendar, at a secret address that can be revoked.

The address is no credential of anything else; it has the form of a token, so that logs cut it wherever it stands.
"""

from __future__ import annotations

from mig_idg.errors import NotFound, Text
from mig_idg.guard.clerk import Clerk
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, page_answer
from mig_idg.registry import deadlines, desks, tokens
from mig_idg.web.desks.actor import actor
from mig_idg.web.desks.frame import desk_frame, redirect
from mig_idg.web.desks.handlers import Acts
from mig_idg.web.desks.posted import posted

ACT = "calendar"
SUFFIX = ".ics"
NAME = Text("Échéances du partenariat", "Deadlines of the partnership")


class Calendars:
    """The pages of calendars, and the feed itself."""

    def __init__(self, clerk: Clerk, acts: Acts) -> None:
        self._clerk = clerk
        self._acts = acts

    async def manage(self, request: Request) -> Response:
        """`/desk/calendar`: make the address, told once, or end it."""
        who = actor(request)
        await request.confirm()
        secret = ""
        if request.method == "POST":
            sent = await posted(request)
            self._acts.checked(request, ACT, who.login, sent.fields.get("ticket", ""))
            if sent.fields.get("step") == "end":
                await self._clerk.write(lambda conn: desks.end_feed(conn, who.login))
                return redirect(request, "/desk/calendar")
            made = secret = tokens.new_token()
            await self._clerk.write(lambda conn: desks.new_feed(conn, who.login, made))
        since = await self._clerk.read(lambda conn: desks.feed_since(conn, who.login))
        context = {
            **desk_frame(request, who, "mine"),
            "since": since,
            "secret": secret,
            "ticket": self._acts.ticket(request, ACT, who.login),
        }
        return page_answer("desks/calendar", context, private=True)

    async def feed(self, request: Request) -> Response:
        """`/calendar/{feed}`: what is due for the account's body; for the pilot's staff, for all."""
        name = request.params["feed"]
        secret, day, lang = name.removesuffix(SUFFIX), request.snapshot.day, request.lang
        found = None
        if name.endswith(SUFFIX) and tokens.well_formed(secret):
            found = await self._clerk.read(lambda conn: desks.fed(conn, secret))
        if found is None:
            raise NotFound(
                Text("Cet agenda n'existe pas, ou n'existe plus.", "This calendar does not exist, or no longer does."),
                remedy=Text("Le vôtre est à /desk/calendar.", "Yours is at /desk/calendar."),
            )
        body, roles = found
        everybody = "pilot_staff" in roles
        if body is None and not everybody:
            due = []
        else:
            asked = None if everybody else body
            due = await self._clerk.read(lambda conn: deadlines.deadlines(conn, day, organisation=asked))
        made = deadlines.calendar(due, day, name=NAME, lang=lang)
        return Response(body=made, media_type="text/calendar; charset=utf-8", private=True)
