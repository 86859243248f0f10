"""What measurements a database holds, by dataset: for whoever runs the service."""

from __future__ import annotations

from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

_STATUS = """
select d.dataset, d.depositor, count(distinct d.thing) as things, count(*) as series,
  coalesce(sum(s.observations), 0)::bigint as observations, min(s.first_time) as first, max(s.last_time) as last
from sensors.datastream d left join sensors.datastream_state s on s.datastream = d.id
where %(dataset)s::text is null or d.dataset = %(dataset)s
group by d.dataset, d.depositor order by d.dataset, d.depositor"""


def status(conn: Connection[tuple[Any, ...]], dataset: str | None = None) -> list[dict[str, Any]]:
    """Series and observations of each dataset and depositor; those of one dataset."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_STATUS, {"dataset": dataset}).fetchall()
