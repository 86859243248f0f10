"""The law: may they? Pure, without clock, socket nor environment. See `docs/explanations/charter.md`."""

from mig_idg.charter.decision import AccessRequest, Consulted, Decision, decide
from mig_idg.charter.facts import (
    ACTIONS,
    ALWAYS,
    READ,
    Dataset,
    Delegation,
    EptCommune,
    Facts,
    Membership,
    Restriction,
    Span,
    SubDistribution,
    Terms,
    Transfer,
)
from mig_idg.charter.rulebook import RULEBOOK, Rule, RuleBook
from mig_idg.charter.settings import DEFAULTS, Settings

__all__ = [
    "ACTIONS",
    "ALWAYS",
    "DEFAULTS",
    "READ",
    "RULEBOOK",
    "AccessRequest",
    "Consulted",
    "Dataset",
    "Decision",
    "Delegation",
    "EptCommune",
    "Facts",
    "Membership",
    "Restriction",
    "Rule",
    "RuleBook",
    "Settings",
    "Span",
    "SubDistribution",
    "Terms",
    "Transfer",
    "decide",
]
