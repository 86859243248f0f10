"""Findings of a BAL file: header, values, lines, all lines together. Column by column, so that a million lines take
seconds; the codes are those of the official validator, with a few of ours (`profiles` says which).

A file comes as batches of text columns, an empty cell being an empty text. Values are checked without the spaces
around them, which are a finding of their own. A finding that only repeats another of the same line is left out.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from mig_idg.standards.bal import coordinates
from mig_idg.standards.bal.model import BAN_IDS, FIELDS, NO_ADDRESS, POSITIONS, Version, street_field, version_of
from mig_idg.standards.bal.profiles import LEVELS
from mig_idg.standards.findings import Finding, Tally
from mig_idg.territory.places import COMMUNES

Column = Any  # a pyarrow StringArray: pyarrow has no types of its own
Mask = Any  # a pyarrow BooleanArray

UUID = r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-4[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$"
COMMUNE = r"(?:0[1-9]|[13-8]\d|2[1-9AB]|9[0-5])\d{3}|97[1-8]\d{2}|98[4678]\d{2}"
NUMBER = r"^-?\d+(?:\.\d+)?$"
UID = r"^(@[acv]:\S+)( @[acv]:\S+)*$"
OLDEST = "2010-01-01"
# The départements whose communes are all known here: a code of theirs is checked against the list.
KNOWN_DEPARTEMENTS = ("92",)

# Values refused when they do (True) or do not (False) match a pattern; an empty value is another matter.
PATTERNS: tuple[tuple[str, str, str, bool], ...] = (
    ("numero", "type_invalide", r"^\d+$", False),
    ("numero", "contient_prefixe", r"^0\d+$", True),
    ("numero", "trop_grand", r"^[1-9]\d{5,}$", True),
    ("numero", "not_to_be_zero", r"^0$", True),
    ("suffixe", "debut_invalide", r"^[0-9A-Za-z]", False),
    ("suffixe", "trop_long", r"^.{10,}$", True),
    ("suffixe", "caractere_invalide", r"^[0-9A-Za-z]+$", False),
    ("certification_commune", "valeur_invalide", r"^[01]$", False),
    ("cad_parcelles", "pipe_debut_fin", r"^\||\|$", True),
    ("cad_parcelles", "valeur_invalide", r"^\|?[0-9A-Za-z]{14,15}(?:\|[0-9A-Za-z]{14,15})*\|?$", False),
    ("uid_adresse", "type_invalide", UID, False),
    *((name, "separateur_decimal_invalide", r"^-?\d+,\d+$", True) for name in ("x", "y", "long", "lat")),
    *((name, "valeur_invalide", r"^-?\d+(?:[.,]\d+)?$", False) for name in ("x", "y", "long", "lat")),
    *((name, "type_invalide", UUID, False) for name in BAN_IDS),
)
STREET_PATTERNS: tuple[tuple[str, str, bool], ...] = (
    ("trop_court", r"^.{1,2}$", True),
    ("trop_long", r"^.{201,}$", True),
    ("caractere_invalide", "�", True),
    ("contient_tiret_bas", "_", True),
)
KEY_PATTERNS: tuple[tuple[str, str, bool], ...] = (
    ("structure_invalide", r"^[^_]*_[^_]*_[^_]+", False),
    ("casse_invalide", r"[A-Z]", True),
    ("commune_invalide", rf"^(?:{COMMUNE})_", False),
    ("voie_invalide", r"^[^_]*_(?:[0-9A-Za-z][0-9]{3}|[xX][0-9A-Za-z]{3}|xxxx)_", False),
    ("voie_non_renseignee", r"^[^_]*_(?:0000|xxxx|XXXX)_", True),
    ("numero_invalide", r"^[^_]*_[^_]*_\d+(?:_|$)", False),
    ("numero_prefixe_manquant", r"^[^_]*_[^_]*_(?:\d{1,4}|\d{6,})(?:_|$)", True),
)
MISSING_TOLD = ("commune_nom", "source", "date_der_maj")


class Checker:
    """Checks a file batch by batch; `tally` holds what was found so far.

    `on` is the day of the check: later dates of update are told as such; None does not look. `version` is the one to
    hold lines against, when their header does not tell it.
    """

    def __init__(
        self, header: tuple[str, ...], on: date | None = None, examples: int = 5, version: Version | None = None
    ) -> None:
        self.header = header
        self.version = version or version_of(header)
        self.levels = LEVELS[self.version]
        self.on = on
        self.tally = Tally(examples)
        self.rows = 0
        self.communes: set[str] = set()
        self._with_ids = self._without_ids = 0
        self._ban_communes: set[str] = set()
        self._check_header()

    def check(self, batch: pa.RecordBatch, lines: NDArray[np.int64]) -> None:
        """Look at some lines; `lines` gives the spreadsheet number of each."""
        raw = {name: batch.column(name) for name in self.header if name in FIELDS}
        cells = {name: pc.utf8_trim_whitespace(column) for name, column in raw.items()}
        self.rows += batch.num_rows
        for name, column in raw.items():
            self._emit(f"{name}.espaces_debut_fin", name, pc.not_equal(column, cells[name]), column, lines)
        self._check_values(cells, lines)
        self._check_street(cells, lines)
        self._check_key(cells, lines)
        self._check_dates(cells, lines)
        self._check_commune(cells, lines)
        self._check_place(cells, lines)
        self._check_identifiers(cells, lines)

    def close(self) -> Tally:
        """What only the whole file tells, then everything that was found."""
        if not self.rows:
            self._tell("rows.empty")
        if len(self._ban_communes) > 1:
            self._tell("rows.multi_id_ban_commune", ", ".join(sorted(self._ban_communes)[:3]))
        if self._with_ids and self._without_ids:
            self._tell("rows.every_line_required_id_ban", str(self._without_ids))
        return self.tally

    # ——— columns

    def _check_header(self) -> None:
        wanted = [code.split(".")[1] for code in self.levels if code.startswith("field.")]
        self.tally.add(Finding(f"field.{name}.missing", 1, name) for name in wanted if name not in self.header)
        for rank, name in enumerate(self.header):
            if name in self.header[:rank]:
                self.tally.add([Finding("file.column.duplicate", 1, name, rank + 1, name)])

    # ——— values

    def _check_values(self, cells: dict[str, Column], lines: NDArray[np.int64]) -> None:
        for name, what, pattern, refused in PATTERNS:
            if name in cells:
                self._emit(f"{name}.{what}", name, _breaks(cells[name], pattern, refused), cells[name], lines)
        for name in (*MISSING_TOLD, "numero"):
            if name in cells:
                self._emit(f"{name}.valeur_manquante", name, pc.equal(cells[name], ""), cells[name], lines)
        if "position" in cells:
            self._check_position(cells["position"], lines)

    def _check_position(self, column: Column, lines: NDArray[np.int64]) -> None:
        empty = pc.equal(column, "")
        exact = pc.is_in(column, pa.array(POSITIONS))
        near = pc.is_in(_plain(column), _plain(pa.array(POSITIONS)))
        self._emit("row.position_manquante", "position", empty, column, lines)
        self._emit("position.enum_fuzzy", "position", pc.and_not(near, exact), column, lines)
        self._emit("position.valeur_invalide", "position", pc.invert(pc.or_(pc.or_(exact, near), empty)), column, lines)

    def _check_street(self, cells: dict[str, Column], lines: NDArray[np.int64]) -> None:
        name = street_field(self.version)
        if name not in cells:
            return
        column = cells[name]
        for what, pattern, refused in STREET_PATTERNS:
            self._emit(f"{name}.{what}", name, _breaks(column, pattern, refused), column, lines)
        shouted = pc.and_(pc.equal(column, pc.utf8_upper(column)), pc.not_equal(column, pc.utf8_lower(column)))
        self._emit(f"{name}.casse_incorrecte", name, shouted, column, lines)
        self._emit(f"{name}.valeur_manquante", name, pc.equal(column, ""), column, lines)

    def _check_key(self, cells: dict[str, Column], lines: NDArray[np.int64]) -> None:
        if "cle_interop" not in cells:
            return
        column = cells["cle_interop"]
        self._emit("cle_interop.valeur_manquante", "cle_interop", pc.equal(column, ""), column, lines)
        formed = pc.match_substring_regex(column, KEY_PATTERNS[0][1])
        for rank, (what, pattern, refused) in enumerate(KEY_PATTERNS):
            broken = _breaks(column, pattern, refused)
            self._emit(f"cle_interop.{what}", "cle_interop", pc.and_(broken, formed) if rank else broken, column, lines)
        if "numero" in cells:
            said = pc.struct_field(pc.extract_regex(column, r"^[^_]*_[^_]*_0*(?P<n>\d+)(?:_|$)"), "n")
            real = pc.match_substring_regex(cells["numero"], r"^(?:0|[1-9]\d*)$")
            other = pc.fill_null(pc.and_(pc.not_equal(said, cells["numero"]), real), False)
            self._emit("row.incoherence_numero", "numero", other, cells["numero"], lines)

    def _check_dates(self, cells: dict[str, Column], lines: NDArray[np.int64]) -> None:
        if "date_der_maj" not in cells:
            return
        column = cells["date_der_maj"]
        sound = _sound_dates(column)
        self._emit(
            "date_der_maj.date_invalide", "date_der_maj", pc.and_not(pc.not_equal(column, ""), sound), column, lines
        )
        self._emit("date_der_maj.date_ancienne", "date_der_maj", pc.and_(sound, pc.less(column, OLDEST)), column, lines)
        if self.on:
            late = pc.and_(sound, pc.greater(column, self.on.isoformat()))
            self._emit("date_der_maj.date_future", "date_der_maj", late, column, lines)

    # ——— lines

    def _check_commune(self, cells: dict[str, Column], lines: NDArray[np.int64]) -> None:
        if "commune_insee" not in cells:
            return
        column = cells["commune_insee"]
        self.communes.update(pc.unique(column).to_pylist())
        self._emit("commune_insee.valeur_manquante", "commune_insee", pc.equal(column, ""), column, lines)
        broken = _breaks(column, f"^(?:{COMMUNE})$", False)
        for departement in KNOWN_DEPARTEMENTS:
            listed = pc.is_in(column, pa.array([code for code in COMMUNES if code.startswith(departement)]))
            broken = pc.or_(broken, pc.and_not(pc.starts_with(column, departement), listed))
        self._emit("commune_insee.commune_invalide", "commune_insee", broken, column, lines)

    def _check_place(self, cells: dict[str, Column], lines: NDArray[np.int64]) -> None:
        if "long" not in cells or "lat" not in cells:
            return
        place = coordinates.read(cells)
        self._emit("row.longlat_vides", "long", pa.array(place.empty), cells["long"], lines)
        self._emit("row.longlat_invalides", "long", pa.array(place.outside), cells["long"], lines)
        self._emit("row.xy_vides", "x", pa.array(place.xy_empty & ~place.empty), cells["long"], lines)
        self._emit("row.longlat_xy_incoherents", "x", pa.array(place.apart), cells.get("x", cells["long"]), lines)

    def _check_identifiers(self, cells: dict[str, Column], lines: NDArray[np.int64]) -> None:
        if not all(name in cells for name in BAN_IDS):
            return
        town, street, address = (pc.match_substring_regex(cells[name], UUID) for name in BAN_IDS)
        some = pc.or_(pc.or_(town, street), address)
        placeless = (
            pc.equal(cells["numero"], str(NO_ADDRESS)) if "numero" in cells else pc.equal(cells[BAN_IDS[0]], "-")
        )
        whole = pc.and_(pc.and_(town, street), pc.or_(address, placeless))
        self._emit("row.lack_of_id_ban", "id_ban_adresse", pc.and_not(some, whole), cells["id_ban_adresse"], lines)
        with_ids = pc.sum(some).as_py() or 0
        self._with_ids += with_ids
        self._without_ids += len(some) - with_ids
        self._ban_communes.update(v for v in pc.unique(cells["id_ban_commune"]).to_pylist() if v)

    # ———

    def _emit(self, code: str, field: str, mask: Mask, values: Column, lines: NDArray[np.int64]) -> None:
        """Count the lines where the mask is true; make findings of the first ones only."""
        if code not in self.levels:
            return
        count = pc.sum(mask).as_py() or 0
        if count:
            column = self.header.index(field) + 1 if field in self.header else None
            rows = np.flatnonzero(mask.to_numpy(zero_copy_only=False))[: self.tally.examples]
            made = [Finding(code, int(lines[row]), field, column, values[int(row)].as_py()) for row in rows]
            self.tally.more(code, count, made)

    def _tell(self, code: str, value: str | None = None) -> None:
        if code in self.levels:
            self.tally.add([Finding(code, value=value)])


def _breaks(column: Column, pattern: str, refused: bool) -> Mask:
    """True where a value that is not empty matches a refused pattern, or does not match an expected one."""
    found = pc.match_substring_regex(column, pattern)
    return pc.and_(found if refused else pc.invert(found), pc.not_equal(column, ""))


def _plain(column: Column) -> Column:
    """Texts without case, accents nor apostrophes, to see that « Entree » means « entrée »."""
    lower = pc.utf8_lower(pc.utf8_normalize(column, "NFKD"))
    return pc.replace_substring_regex(lower, r"[\x{0300}-\x{036f}'’\s_-]", "")


def _sound_dates(column: Column) -> Mask:
    """True where the text is a day that exists, written AAAA-MM-JJ."""
    formed = pc.match_substring_regex(column, r"^\d{4}-\d{2}-\d{2}$")
    try:
        pc.cast(pc.if_else(formed, column, pa.scalar(None, pa.string())), pa.date32())
    except pa.ArrowInvalid:
        return pa.array(
            [bool(known) and _is_day(text) for known, text in zip(formed.to_pylist(), column.to_pylist(), strict=True)]
        )
    return formed


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
