"""The switches of `readings.yml` that change a decision; the defaults are the readings proposed to the committee.

Every ambiguity of the texts has its entry in `readings.yml`, with the text it comes from and the reading taken. Those
whose other reading would change a decision are the fields below; the others bind the registry, the deposit or nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Settings:
    """How the ambiguous places of the texts are read; `grace_days` counts from the end of the charter."""

    default_terms: Literal["none", "all_partners"] = "none"
    late_joiner: Literal["user", "co_owner"] = "user"
    former_owner: Literal["served", "closed"] = "served"
    ept_shared: Literal["owner_choice", "never"] = "owner_choice"
    ept_act: Literal["required", "automatic"] = "required"
    ept_area: Literal["all_members", "annex_1"] = "all_members"
    former_commune: Literal["served", "refused"] = "served"
    charter_end: Literal["deny", "read_only_grace"] = "deny"
    grace_days: int = 0
    contractors: Literal["owner_choice", "never"] = "owner_choice"


DEFAULTS = Settings()
