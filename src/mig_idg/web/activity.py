"""The annual report of activity as one page to read and to print, with nothing from outside."""

from __future__ import annotations

from typing import Any

from mig_idg.errors import Lang, Text
from mig_idg.registry.activity import MENTION, Report
from mig_idg.web.pages import environment

OBJECTIVES = {
    "sharing": Text("partenaires qui partagent ou coproduisent", "partners that share or coproduce"),
    "exhaustiveness_and_reliability": Text(
        "données dont la mise à jour est connue et suivie", "data whose updates are known and followed"
    ),
    "conformity": Text("derniers dépôts conformes à leur standard", "last deposits that conform to their standard"),
    "open_publication": Text("données servies sous licence ouverte", "data served under an open licence"),
}


def page(report: Report, lang: Lang) -> str:
    """The report in a language, as HTML."""
    template = environment().get_template("activity_report.html")
    return template.render(report=report, lang=lang, objectives=OBJECTIVES, mention=MENTION, shown=_shown(lang))


def _shown(lang: Lang) -> Any:
    def shown(value: Any) -> str:
        if value is None:
            return "—"
        if isinstance(value, bool):
            return ("oui" if value else "non") if lang == "fr" else ("yes" if value else "no")
        if isinstance(value, int):
            return f"{value:,}".replace(",", " " if lang == "fr" else ",")
        return str(value)

    return shown
