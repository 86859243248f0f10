"""How much one caller may ask of a worker in a minute, and the headers that tell it (IETF httpapi, RateLimit fields).

The unit is an ordinary request; what costs more (a page for people, the facts of another day) counts a unit for each
UNIT_SECONDS of a processor besides. The limit is there so that a script gone wild meets a wall before others do; fair
shares between callers are the pools' business. Counting is that of the library `limits`; callers draw their units from
it a handful at a time, because asking it at each request would be felt.
"""

from __future__ import annotations

import ipaddress
import math
import time
from dataclasses import dataclass

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from mig_idg.errors import Text, TooMany

WINDOW_SECONDS = 60
UNIT_SECONDS = 0.0002
HANDFUL = 64
MOST_CALLERS = 20_000


@dataclass(slots=True)
class _Drawn:
    """Units drawn and not spent (below zero: owed), when the window ends, and what is left in it beyond them."""

    units: float
    ends: float
    left: int


class Rates:
    """The accounts of all callers of one worker; a quota of 0 counts nothing."""

    def __init__(self, quota: int) -> None:
        self._quota = quota
        self._item = RateLimitItemPerMinute(max(quota, 1))
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._drawn: dict[str, _Drawn] = {}
        self.policy = f'"requests";q={quota};w={WINDOW_SECONDS}'

    def spend(self, caller: str) -> dict[str, str]:
        """Count one request; the headers that say what is left. Raises TooMany (429, with Retry-After)."""
        if not self._quota:
            return {}
        now = time.time()
        drawn = self._drawn.get(caller)
        if drawn is None or drawn.units < 1 or now >= drawn.ends:
            drawn = self._draw(caller, drawn, now)
        drawn.units -= 1
        return self._told(drawn, now)

    def charge(self, caller: str, seconds: float) -> None:
        """Count what a request took of a processor beyond an ordinary one."""
        drawn = self._drawn.get(caller)
        if drawn is not None:
            drawn.units -= seconds / UNIT_SECONDS

    def _draw(self, caller: str, before: _Drawn | None, now: float) -> _Drawn:
        if len(self._drawn) >= MOST_CALLERS:
            self._drawn = {one: drawn for one, drawn in self._drawn.items() if drawn.ends > now}
            if len(self._drawn) >= MOST_CALLERS:
                self._drawn.clear()
        owed = math.ceil(max(0.0, -before.units)) if before is not None else 0
        handful = min(HANDFUL, self._quota)
        enough = self._limiter.hit(self._item, caller, cost=handful + owed)
        ends, left = self._limiter.get_window_stats(self._item, caller)
        drawn = self._drawn[caller] = _Drawn(handful if enough else 0.0, ends, left)
        if not enough:
            raise self._refusal(drawn, now)
        return drawn

    def _refusal(self, drawn: _Drawn, now: float) -> TooMany:
        seconds = max(1, math.ceil(drawn.ends - now))
        refusal = TooMany(
            Text(
                f"Plus de {self._quota} demandes en une minute, ou autant de travail.",
                f"More than {self._quota} requests in a minute, or as much work.",
            ),
            remedy=Text(f"Reprenez dans {seconds} s.", f"Come back in {seconds} s."),
            extra={"limit": self._quota, "window": WINDOW_SECONDS},
        )
        refusal.headers |= {"retry-after": str(seconds), **self._told(drawn, now)}
        return refusal

    def _told(self, drawn: _Drawn, now: float) -> dict[str, str]:
        left = max(0, int(drawn.left + drawn.units))
        return {
            "ratelimit-policy": self.policy,
            "ratelimit": f'"requests";r={left};t={max(0, int(drawn.ends - now))}',
        }


def account_of(login: str | None, address: str) -> str:
    """Whose account a request counts on: an account's, or an address's (in IPv6 a subscriber's network, /64)."""
    if login is not None:
        return f"login {login}"
    if ":" not in address:
        return address
    try:
        return str(ipaddress.ip_network((address.partition("%")[0], 64), strict=False))
    except ValueError:
        return address
