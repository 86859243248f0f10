"""Which provider plug-ins a declaration may name: those of the modules that the settings allow."""

from __future__ import annotations

SHORT_NAMES_OF = "pygeoapi.provider"


def allowed(name: str, modules: tuple[str, ...]) -> bool:
    """Whether a plug-in lies in a module, or a package, of the allow-list; a short name is one of pygeoapi's own."""
    module = name.rpartition(".")[0] if "." in name else SHORT_NAMES_OF
    return any(module == one or module.startswith(f"{one}.") for one in modules)
