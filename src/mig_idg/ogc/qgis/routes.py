"""`/qgis/project.qgs` and `/qgis/layers.qlr`: what this caller may see, and nothing else."""

from __future__ import annotations

import re

from mig_idg.errors import InvalidParameter, NotFound, Text, UnknownWord
from mig_idg.guard.negotiation import only
from mig_idg.guard.operation import SERVICE, Operation
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response
from mig_idg.guard.route import Route
from mig_idg.ogc.qgis.documents import MERCATOR, Layer, definition, project, themes
from mig_idg.store.collection import Collection

TITLE = Text("Mutualisation de l'information géographique", "MIG partnership")
UNSORTED = Text("Autres", "Others")
MEDIA = {"project.qgs": "application/x-qgis-project", "layers.qlr": "application/x-qgis-layer-definition"}
# QGIS names its authentication configurations by seven letters and digits.
OURS, NONE = "migidg1", "none"
_AUTHCFG = re.compile(r"[a-z0-9]{7}", re.IGNORECASE)
_TOKEN = re.compile(r"/t/[^/]+$")
_GEOMETRIES = {"POINT": "Point", "LINESTRING": "Line", "POLYGON": "Polygon"}


async def pack(request: Request) -> Response:
    """The file asked for; with `theme`, the layers of that theme alone."""
    file = request.params["file"]
    if file not in MEDIA:
        raise NotFound(
            Text("Ce fichier n'existe pas.", "There is no such file."),
            remedy=Text(f"Fichiers : {', '.join(MEDIA)}.", f"Files: {', '.join(MEDIA)}."),
        )
    only(request, "theme", "authcfg")
    authcfg = _authcfg(request)
    await request.confirm()
    layers = [one for found in request.snapshot.visible(request.principal) if (one := _layer(request, found))]
    theme = request.query.get("theme")
    if theme is not None:
        known = themes(layers)
        layers = [one for one in layers if one.theme == theme]
        if not layers:
            raise UnknownWord(Text("Thème", "theme"), theme[:80], known, closed=True)
    url = _TOKEN.sub("", request.base_url)
    if file == "project.qgs":
        body = project(TITLE.in_(request.lang), layers, url, authcfg)
    else:
        body = definition(layers, url, authcfg)
    return Response(
        body=body,
        media_type=MEDIA[file],
        headers={"content-disposition": f'attachment; filename="mig-{file}"', "content-language": request.lang},
        private=True,
    )


def _authcfg(request: Request) -> str:
    """The name of the configuration to use: ours for who came with a credential, unless another or none is asked."""
    said = request.query.get("authcfg", NONE if request.principal.public else OURS)
    if said == NONE:
        return ""
    if not _AUTHCFG.fullmatch(said):
        raise InvalidParameter(
            "authcfg",
            Text("Sept lettres ou chiffres sont attendus, ou none.", "Seven letters or digits are expected, or none."),
            remedy=Text(
                "C'est l'identifiant de la configuration d'authentification dans QGIS.",
                "It is the id of the authentication configuration in QGIS.",
            ),
        )
    return said


def _layer(request: Request, found: Collection) -> Layer | None:
    """The layer as QGIS would open it; None when this caller could not read it, or it has nothing to draw."""
    theme = str(found.declared.get("theme") or UNSORTED.in_(request.lang))
    title, about = found.title.in_(request.lang), found.description.in_(request.lang)
    credit = f"Mutualisation de l'Information Géographique — {found.credit(request.lang)}"

    def may(action: str) -> bool:
        return request.snapshot.decide(request.principal, action, found.id).permitted

    if found.raster:
        return Layer(found.id, title, theme, credit, about, True, MERCATOR) if may("view") else None
    _, grant = request.snapshot.grant(request.principal, found, "query")
    if grant is None or grant.table.geometry is None or not may("query"):
        return None
    shape = grant.table.geometry.type.removeprefix("MULTI")
    geometry = _GEOMETRIES.get(shape, "Unknown")
    return Layer(found.id, title, theme, credit, about, False, f"EPSG:{grant.table.geometry.srid}", geometry)


ROUTES = (
    Route("/qgis/{file}", "listing", pack, pool="admin", operations=(
        Operation("qgisPack", Text("Vos couches, en projet ou définition de couches QGIS",
                                   "Your layers, as a QGIS project or layer definition"),
                  SERVICE, tuple((media, "text") for media in MEDIA.values()), ("theme", "authcfg", "qgisFile")),)),
)  # fmt: skip
