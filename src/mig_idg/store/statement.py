"""A question ready for PostgreSQL: constant text, bound values.

The text is prepared once per (database role, text) and kept by the server, so it must come from a small set: names of
columns from the grant, never a word of a client. All that a client wrote is in `params`.
"""

from __future__ import annotations

from dataclasses import dataclass

Param = bytes | str | int | float | None


@dataclass(frozen=True, slots=True)
class Statement:
    """`sql` with `$1…$n`, and their values (text form; None is null). `binary` asks the results in binary form.

    `light` is a look-up that ends at once whatever the table holds: it may share a connection with others.
    """

    sql: str
    params: tuple[Param, ...] = ()
    binary: bool = False
    light: bool = False

    @property
    def bound(self) -> list[bytes | None]:
        """The values as libpq takes them: text, as bytes."""
        return [
            value
            if value is None or isinstance(value, bytes)
            else (value if isinstance(value, str) else repr(value)).encode()
            for value in self.params
        ]


# What is asked for the sake of the epoch and the version of the rows alone.
NOTHING = Statement("select 1", light=True)


def quoted(name: str) -> str:
    """An identifier between double quotes; only names read from the catalogue come here."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A constant of ours between single quotes (keys of JSON objects): never the value of a client."""
    escaped = text.replace("'", "''")
    return f" E'{escaped.replace(chr(92), chr(92) * 2)}'" if "\\" in text else f"'{escaped}'"
