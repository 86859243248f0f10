"""The structure of the database as PostgreSQL itself tells it, committed as `sql/schema.sql` for reviewers."""

from __future__ import annotations

import re
import subprocess

import psycopg
from psycopg.conninfo import conninfo_to_dict

from mig_idg.database.programs import find_programs
from mig_idg.errors import Text, Unavailable

SCHEMAS = (
    "served", "registry", "journal", "raster", "jobs", "procrastinate", "deposits", "consolidation", "desks",
    "harvest", "notices", "remarks", "open_data", "sensors", "edits", "proposals",
)  # fmt: skip


def dump(url: str) -> tuple[int, str]:
    """(major version, text) of the schemas of ours, without owners, data, comments of the tool or settings."""
    with psycopg.connect(url) as connection:
        major = connection.info.server_version // 10_000
    parts = conninfo_to_dict(url)
    command = [find_programs(major).path("pg_dump"), "--schema-only", "--no-owner"]
    command += [f"--schema={schema}" for schema in SCHEMAS]
    command += [f"--host={parts['host']}", f"--port={parts.get('port', 5432)}", f"--username={parts['user']}"]
    done = subprocess.run([*command, str(parts["dbname"])], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unavailable(Text("pg_dump a échoué.", "pg_dump failed."))
    kept = [
        line
        for line in done.stdout.splitlines()
        if not re.match(r"--|SET |SELECT pg_catalog\.set_config|\\(un)?restrict", line)
    ]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
    return (
        major,
        f"-- PostgreSQL {major}: what the migrations and replaceable objects make (mig-idg db dump).\n\n{text}\n",
    )
