"""Consolidation: contributions of named versions become one base, by a recipe one can read and replay.

Charte MIG, glossary (stage 2 of a coproduction), § 2.4.2, § 3.4, § 3.5.2. `recipe` says how, `contributions` stages
what each body gave, `findings` tells what is wrong in it and between two, `runs` makes the base, `adoption` gives it to
the layer.
"""
