"""A light sample of the mutation run; the whole of it is a command of its own (`tests/charter/mutate.py`)."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_no_change_of_a_rule_or_of_a_condition_in_a_sample_goes_unnoticed():
    command = [sys.executable, str(Path(__file__).parent / "mutate.py"), "rulebook.yml", "conditions", "--sample", "30"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "30 mutants, 0 survive" in done.stdout
