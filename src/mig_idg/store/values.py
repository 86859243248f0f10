"""Values as clients write them, as PostgreSQL reads them: one reader per family of columns.

What does not read as a value of its column is refused here: PostgreSQL is never asked to cast a client's text.
"""

from __future__ import annotations

import re
import uuid
from decimal import Decimal, InvalidOperation

from mig_idg.errors import InvalidParameter, Text
from mig_idg.store import datetimes
from mig_idg.store.table import Column

MAX_VALUE = 1_000
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?")


def value_of(column: Column, value: str, parameter: str) -> str:
    """A value written by a client as PostgreSQL will read it for this column. Raises InvalidParameter."""
    if len(value) > MAX_VALUE or "\x00" in value:
        raise InvalidParameter(parameter, Text("Valeur trop longue ou illisible.", "Value too long or unreadable."))
    try:
        return _VALUES.get(column.kind, _same)(value)
    except (ValueError, InvalidOperation):
        raise InvalidParameter(
            parameter,
            Text(
                f"« {value[:80]} » n'est pas une valeur de « {column.name} » ({column.sql}).",
                f"“{value[:80]}” is not a value of “{column.name}” ({column.sql}).",
            ),
        ) from None


def _same(value: str) -> str:
    return value


def _integer(value: str) -> str:
    number = int(value) if re.fullmatch(r"[+-]?\d{1,19}", value) else _fail()
    return str(number) if -(2**63) <= number < 2**63 else str(_fail())


def _decimal(value: str) -> str:
    if not NUMBER.fullmatch(value) or abs(Decimal(value).adjusted()) > 300:
        _fail()
    return value


def _boolean(value: str) -> str:
    return value if value in ("true", "false") else str(_fail())


def _date(value: str) -> str:
    return value if datetimes.day(value) else str(_fail())


def _timestamp(value: str) -> str:
    exact = datetimes.loosely(value)
    if exact is None and (whole := datetimes.day(value)):
        return f"{whole.isoformat()}T00:00:00Z"
    return datetimes.iso(exact) if exact else str(_fail())


def _time(value: str) -> str:
    return value if TIME.fullmatch(value) else str(_fail())


def _uuid(value: str) -> str:
    return str(uuid.UUID(value))


def _fail() -> int:
    raise ValueError


_VALUES = {
    "integer": _integer,
    "number": _decimal,
    "boolean": _boolean,
    "date": _date,
    "timestamp": _timestamp,
    "time": _time,
    "uuid": _uuid,
}
