"""The configuration of a private cluster, written again at each start; `local.conf` of the operator comes last."""

from __future__ import annotations

import os
from pathlib import Path

from mig_idg.database.programs import Runner

MEBIBYTE = 2**20
_HEADER = "# Written by mig-idg at each start. Put your own settings in local.conf, beside this file.\n"


def write(data: Path, sockets: Path, runner: Runner, *, lasting: bool) -> None:
    """Write `idg.conf`, `pg_hba.conf` and `pg_ident.conf` of the cluster in `data`."""
    _put(data / "idg.conf", settings(sockets, memory(), lasting=lasting), runner)
    _put(data / "pg_hba.conf", hosts(lasting=lasting), runner)
    _put(data / "pg_ident.conf", accounts(runner.name), runner)
    main = data / "postgresql.conf"
    includes = "\ninclude 'idg.conf'\ninclude_if_exists 'local.conf'\n"
    text = main.read_text()
    if includes not in text:
        _put(main, text + includes, runner)


def settings(sockets: Path, memory_bytes: int, *, lasting: bool) -> str:
    """`idg.conf` for a machine with that much memory; durable (`lasting`), or quick and forgetful for the tests."""
    shared = max(128, min(2048, memory_bytes // MEBIBYTE // 8)) if lasting else 64
    values = {
        "cluster_name": "'mig-idg'",  # what ps shows
        "listen_addresses": "''",
        "port": "5432",
        "unix_socket_directories": f"'\"{sockets}\"'",
        "unix_socket_permissions": "0700",
        "max_connections": "300",  # a worker has 22 at most
        "shared_buffers": f"{shared}MB",
        "effective_cache_size": f"{max(256, memory_bytes // MEBIBYTE // 2)}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": f"{max(64, min(512, shared))}MB",
        "max_wal_size": "4GB",
        "wal_compression": "on",
        "random_page_cost": "1.1",  # disks without a head to move
        "jit": "off",  # compiling costs more than our short queries
        "client_connection_check_interval": "1s",  # a client that left does not keep its query running
        "idle_in_transaction_session_timeout": "60s",
        "password_encryption": "scram-sha-256",
        "timezone": "'UTC'",
        "logging_collector": "on" if lasting else "off",
        "log_directory": "'../log'",
        "log_filename": "'postgresql-%u.log'",
        "log_truncate_on_rotation": "on",
        "log_rotation_size": "0",
        "log_checkpoints": "off",
        "log_line_prefix": "'%m [%p] %q%u@%d '",
    }
    if not lasting:
        values |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "1GB"}
    return _HEADER + "".join(f"{name} = {value}\n" for name, value in values.items())


def hosts(*, lasting: bool) -> str:
    """`pg_hba.conf`: the kernel says who is on the socket; on a throw-away cluster any role will do."""
    return _HEADER + ("local all all peer map=idg\n" if lasting else "local all all trust\n")


def accounts(runner: str) -> str:
    """`pg_ident.conf`: the account that runs us, and root which can become it, may be the two roles and no other."""
    lines = (f'idg "{account}" {role}\n' for account in (runner, "root") for role in ("idg_owner", "idg_app"))
    return _HEADER + "".join(lines)


def memory() -> int:
    """Bytes of memory we may count on: the machine's, or the limit of our container when that is less."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
    except OSError:
        limit = "max"
    return min(total, int(limit)) if limit.isdigit() else total


def _put(file: Path, text: str, runner: Runner) -> None:
    """Write whole or not at all, owned by the account that reads it."""
    if file.exists() and file.read_text() == text:
        return
    draft = file.with_suffix(".draft")
    draft.write_text(text)
    draft.chmod(0o600)
    if not runner.is_me:
        os.chown(draft, runner.uid, runner.gid)
    draft.replace(file)
