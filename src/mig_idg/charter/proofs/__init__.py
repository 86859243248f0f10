"""Proofs about the rule book: for all worlds, or the smallest world that denies it.

Needs `z3-solver`, which a server does without: `mig-idg charter prove` says so when it is missing, and nothing else
imports this package. What is proved, over what, and what is not: `docs/explanations/charter.md`.
"""
