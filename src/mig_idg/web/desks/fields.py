"""Labels and small pieces that many acts share."""

from __future__ import annotations

from collections.abc import Callable

from mig_idg.errors import Text
from mig_idg.registry.acts import Conn, Done, Record
from mig_idg.web.desks.act import Said
from mig_idg.web.desks.actor import Actor

DATASET = Text("Donnée", "Dataset")
NUMBER = Text("Lequel", "Which one")
BODY = Text("Organisme", "Body")
UNTIL = Text("Jusqu'au (exclu)", "Until (excluded)")
COMMUNE = Text("Commune", "Commune")
REASONS = Text("Motifs", "Reasons")


def numbered(function: Callable[[Conn, int, Record], Done]) -> Callable[[Conn, Said, Record, Actor], Done]:
    """An act of the registry that only asks for a number (`number`)."""

    def applied(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
        return function(conn, int(said["number"]), record)

    return applied
