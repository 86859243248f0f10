"""The cellar: clusters, connections, transactions, migrations. It knows no table of ours.

Two ways in, on one driver (psycopg 3, see docs/decisions/one-driver.md): plain synchronous connections for the command
line, imports and loads of facts (`connect`), and a pool of pipelined connections for the server (`pool.Pool`).
"""

from __future__ import annotations

from psycopg import Connection

from mig_idg.database.connect import as_application, connect

__all__ = ["Connection", "as_application", "connect"]
