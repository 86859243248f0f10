"""The oracle and the worlds are modules of this folder: tests import them by name."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
