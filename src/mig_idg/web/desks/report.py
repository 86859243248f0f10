"""The annual report of activity on a page and as a PDF (004 § 2.4.1): for partners, filled in from the registry."""

from __future__ import annotations

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from mig_idg.errors import Lang, NotFound, Text
from mig_idg.guard.clerk import Clerk
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, html_answer
from mig_idg.registry import activity
from mig_idg.registry.activity import MENTION, Report
from mig_idg.registry.refusals import refused
from mig_idg.web.activity import OBJECTIVES, page
from mig_idg.web.desks.actor import Actor, actor
from mig_idg.web.desks.receipts import latin

FIRST_YEAR = 2000


class Reports:
    """The pages of annual reports."""

    def __init__(self, clerk: Clerk) -> None:
        self._clerk = clerk

    async def page(self, request: Request) -> Response:
        """`/desk/report/{year}`."""
        made, _ = await self._made(request)
        return html_answer(page(made, request.lang), private=True)

    async def pdf(self, request: Request) -> Response:
        """`/desk/report/{year}/pdf`."""
        made, _ = await self._made(request)
        name = Text(f"bilan-{made.year}.pdf", f"report-{made.year}.pdf").in_(request.lang)
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(body=drawn(made, request.lang), media_type="application/pdf", headers=headers, private=True)

    async def _made(self, request: Request) -> tuple[Report, Actor]:
        who = actor(request)
        await request.confirm()
        if not (who.partner or who.pilot):
            raise refused("Charte MIG, § 2.4.1", Text("Ce bilan est celui des partenaires.",
                                                      "This report is the partners'."))  # fmt: skip
        said = request.params["year"]
        year = int(said) if said.isascii() and said.isdigit() and len(said) == 4 else 0
        if not FIRST_YEAR <= year <= who.day.year:
            raise NotFound(
                Text("Aucun bilan de cette année.", "There is no report of that year."),
                remedy=Text(f"Le dernier : /desk/report/{who.day.year}.", f"The last: /desk/report/{who.day.year}."),
            )
        return await self._clerk.read(lambda conn: activity.report(conn, year, who.day)), who


def drawn(made: Report, lang: Lang) -> bytes:
    """The report as a PDF: the tables of the page, one after the other."""
    title = Text(f"Bilan d'activité {made.year}", f"Report of activity {made.year}").in_(lang)
    pdf = FPDF(orientation="landscape", format="A4")
    pdf.core_fonts_encoding = "windows-1252"
    pdf.set_title(title)
    pdf.set_lang("fr-FR" if lang == "fr" else "en-GB")
    pdf.add_page()

    def line(text: str, size: float, style: str = "") -> None:
        pdf.set_font("Helvetica", style, size)
        pdf.multi_cell(0, size * 0.5, latin(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    line(MENTION, 10, "B")
    line(title, 18, "B")
    for key, share in made.objectives.items():
        objective = OBJECTIVES[key].in_(lang) if key in OBJECTIVES else key
        line(f"{objective} : {'—' if share is None else f'{share:.0%}'}", 11)
    for section in made.sections:
        pdf.ln(4)
        line(f"{section.title.in_(lang)} : {len(section.rows)}", 13, "B")
        if not section.rows:
            continue
        pdf.set_font("Helvetica", "", 9)
        with pdf.table(first_row_as_headings=True) as table:
            head = table.row()
            for words in section.columns.values():
                head.cell(latin(words.in_(lang)))
            for row in section.rows:
                cells = table.row()
                for key in section.columns:
                    cells.cell(latin(_cell(row.get(key))))
    return bytes(pdf.output())


def _cell(value: object) -> str:
    if value is None:
        return "—"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)
