"""Receipts: a page, and a PDF with the partnership's mention; and the pieces that acts rest on. For those concerned."""

from __future__ import annotations

from functools import partial
from typing import Any

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from mig_idg.charter.citations import cited
from mig_idg.errors import Lang, NotFound, Text
from mig_idg.guard.clerk import Clerk
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, page_answer
from mig_idg.registry import desks
from mig_idg.registry.acts import Conn
from mig_idg.registry.desks import Piece, Receipt
from mig_idg.web import messages
from mig_idg.web.desks.actor import Actor, actor
from mig_idg.web.desks.frame import desk_frame

NUMBERED = ("request", "exception", "delegation", "transfer", "takedown")
DISPOSITION = 'attachment; filename="{name}"'


class Receipts:
    """The pages of receipts, of one application."""

    def __init__(self, clerk: Clerk) -> None:
        self._clerk = clerk

    async def receipt(self, request: Request) -> Response:
        """`/desk/receipts/{act}`."""
        who = actor(request)
        await request.confirm()
        found, piece = await self._clerk.read(partial(_found, who, request.params["act"]))
        context = {**desk_frame(request, who, "mine"), "receipt": _shown(found, request.lang), "piece": piece}
        return page_answer("desks/receipt", context, private=True)

    async def pdf(self, request: Request) -> Response:
        """`/desk/receipts/{act}/pdf`."""
        who = actor(request)
        await request.confirm()
        found, piece = await self._clerk.read(partial(_found, who, request.params["act"]))
        body = drawn(_shown(found, request.lang), piece, who, request.lang)
        name = f"{'recu' if request.lang == 'fr' else 'receipt'}-{found.act}.pdf"
        headers = {"content-disposition": DISPOSITION.format(name=name)}
        return Response(body=body, media_type="application/pdf", headers=headers, private=True)

    async def piece(self, request: Request) -> Response:
        """`/desk/pieces/{piece}`: as it was sent, to be kept, never shown in the page."""
        who = actor(request)
        await request.confirm()
        found = await self._clerk.read(partial(_piece, who, request.params["piece"]))
        headers = {"content-disposition": DISPOSITION.format(name=_ascii(found.name))}
        return Response(body=found.content, media_type=found.media_type, headers=headers, private=True)


def _ascii(name: str) -> str:
    return "".join(char if char.isascii() and char.isprintable() and char not in '"\\' else "_" for char in name)


def _found(who: Actor, number: str, conn: Conn) -> tuple[Receipt, Piece | None]:
    found = desks.receipt(conn, int(number)) if number.isascii() and number.isdigit() and len(number) < 18 else None
    if found is None or not _concerns(who, found):
        raise missing()
    return found, desks.piece(conn, found.piece) if found.piece else None


def _piece(who: Actor, id: str, conn: Conn) -> Piece:
    found = desks.piece(conn, id, whole=True)
    if found is None:
        raise missing()
    if found.login != who.login:
        act = desks.receipt_with_piece(conn, id)
        if act is None or not _concerns(who, act):
            raise missing()
    return found


def _concerns(who: Actor, found: Receipt) -> bool:
    """Who did it, those whom it names, and the pilot, who keeps the registry."""
    return found.login == who.login or (bool(who.body) and who.body in found.concerned) or who.pilot


def missing() -> NotFound:
    """A receipt or a piece that is not there, or not one's own: one answer."""
    return NotFound(
        Text("Aucun reçu ni aucune pièce ici.", "There is no receipt nor piece here."),
        remedy=Text("Les vôtres sont à /desk.", "Yours are at /desk."),
    )


def _shown(found: Receipt, lang: Lang) -> dict[str, Any]:
    kept = [
        f"{row['dataset']} : {row['basis'][lang] if isinstance(row['basis'], dict) else row['basis']}"
        for row in found.details.get("kept", ())
    ]
    return {
        "act": found.act,
        "kind": found.kind,
        "words": found.words.in_(lang),
        "article": cited(found.article).in_(lang),
        "login": found.login,
        "organisation": found.organisation,
        "on": messages.day(found.done_at, lang),
        "fields": [(one["label"], one["value"]) for one in found.details.get("fields", ())],
        "effects": [one[lang] for one in found.effects],
        "kept": kept,
        "numbers": [(name, found.details[name]) for name in NUMBERED if found.details.get(name)],
    }  # fmt: skip


def drawn(shown: dict[str, Any], piece: Piece | None, who: Actor, lang: Lang) -> bytes:
    """The receipt as a PDF, in Latin letters of the standard fonts: no font travels with it."""

    def t(fr: str, en: str) -> str:
        return en if lang == "en" else fr

    pdf = FPDF(format="A4")
    pdf.core_fonts_encoding = "windows-1252"
    pdf.set_title(t(f"Reçu de l'acte n° {shown['act']}", f"Receipt of act no. {shown['act']}"))
    pdf.set_lang("fr-FR" if lang == "fr" else "en-GB")
    pdf.set_margin(20)
    pdf.add_page()

    def line(text: str, size: float = 11, style: str = "") -> None:
        pdf.set_font("Helvetica", style, size)
        pdf.multi_cell(0, size * 0.5, latin(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    line(who.snapshot.mention, 10, "B")
    pdf.ln(4)
    line(t(f"Reçu de l'acte n° {shown['act']}", f"Receipt of act no. {shown['act']}"), 16, "B")
    pdf.ln(2)
    line(shown["words"])
    line(shown["article"], 10, "I")
    body = f", {who.name(shown['organisation'])}" if shown["organisation"] else ""
    line(
        t(f"Fait le {shown['on']} par {shown['login']}{body}.", f"Done on {shown['on']} by {shown['login']}{body}."), 10
    )
    for title, lines in (
        (t("Numéros", "Numbers"), [f"{name} : {value}" for name, value in shown["numbers"]]),
        (t("Ce qui a été saisi", "What was typed"), [f"{label} : {value}" for label, value in shown["fields"]]),
        (t("Pièce", "Piece"), [f"{piece.name}, SHA-256 {piece.sha256}"] if piece else []),
        (t("Effet sur l'accès", "Effect on access"), shown["effects"]),
        (t("Ce que chacun conserve", "What each side keeps"), shown["kept"]),
    ):
        if lines:
            pdf.ln(3)
            line(title, 12, "B")
            for one in lines:
                line(one, 10)
    if shown["kind"] == "partner-apply":
        pdf.ln(10)
        line(t("Signature et cachet :", "Signature and stamp:"), 11, "B")
    return bytes(pdf.output())


def latin(text: str) -> str:
    """What the standard fonts can write."""
    told = text.replace("−", "-").replace("\u202f", "\u00a0").replace("→", "->")
    return told.encode("cp1252", "replace").decode("cp1252")
