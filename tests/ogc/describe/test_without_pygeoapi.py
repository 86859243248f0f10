"""A worker that answers requests never imports pygeoapi: it takes 70 MB, and describes nothing that we do not."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
from pathlib import Path
from mig_idg.app.create import create_app
from mig_idg.settings import Settings
create_app(Settings(home=Path(sys.argv[1])), "dbname=none host=/nonexistent")
print([name for name in sys.modules if name.split(".")[0] in ("pygeoapi", "procrastinate")])
"""


def test_a_worker_with_its_processes_declared_imports_no_pygeoapi(tmp_path: object) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
