"""`components.responses`: each error is a problem document (RFC 9457), or a page for those who ask for one."""

from __future__ import annotations

from typing import Any

from mig_idg.errors import Lang, Text

_SAID: dict[int, Text] = {
    400: Text(
        "Demande non comprise : le paramètre fautif est nommé.", "Not understood: the parameter at fault is named."
    ),
    401: Text("Identification qui ne se vérifie pas.", "A credential that does not verify."),
    403: Text(
        "Refus par la charte : règle, article, raison, et à qui demander.",
        "Refused by the charter: rule, article, reason, and whom to ask.",
    ),
    404: Text("Absent, ou inconnu de vous.", "Missing, or not known to you."),
    405: Text("Méthode non permise ici.", "Method not allowed here."),
    406: Text("Aucun format ne convient à Accept.", "No format suits Accept."),
    409: Text("Conflit avec ce qui existe.", "In conflict with what is there."),
    410: Text("N'est plus conservé, ou retiré de la diffusion.", "No longer kept, or taken down."),
    412: Text("Modifié depuis (If-Match).", "Changed since (If-Match)."),
    413: Text("Trop grand.", "Too large."),
    415: Text("Format non lu ici.", "A format not read here."),
    416: Text("Plage hors du fichier.", "A range outside the file."),
    422: Text("Données contraires à leur modèle.", "Data that break their model."),
    428: Text("If-Match est attendu.", "If-Match is expected."),
    429: Text("Trop de demandes : voir Retry-After.", "Too many requests: see Retry-After."),
    503: Text("Indisponible en ce moment : voir Retry-After.", "Unavailable right now: see Retry-After."),
}


def components(lang: Lang) -> dict[str, Any]:
    """All error responses, by name (`Problem404`), and the one of older services."""
    report = Text("Rapport d'exception OGC (OWS 1.1).", "OGC exception report (OWS 1.1).")
    return {
        "OwsException": {
            "description": report.in_(lang),
            "content": {
                "text/xml": {"schema": {"$ref": "#/components/schemas/text"}},
                # What the threshold refuses (a null character, a parameter given twice) never reaches the service.
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/problem"}},
            },
        }
    } | {
        f"Problem{status}": {
            "description": text.in_(lang),
            "content": {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/problem"}},
                "text/html": {"schema": {"$ref": "#/components/schemas/html"}},
            },
        }
        for status, text in _SAID.items()
    }


def reference(status: int, *, ows: bool = False) -> dict[str, str]:
    """The response of that status."""
    return {"$ref": f"#/components/responses/{'OwsException' if ows else f'Problem{status}'}"}
