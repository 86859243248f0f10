"""The settings that would open everything are for the benchmark alone."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from mig_idg.settings import Settings


def test_rights_cannot_be_turned_off_for_other_machines() -> None:
    assert Settings(rights=False, host="127.0.0.1").rights is False
    with pytest.raises(ValidationError, match="mesurer"):
        Settings(rights=False, host="0.0.0.0")
