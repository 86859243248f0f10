"""Fields → a form, by WTForms: what was typed is read, checked and kept; each error stands beside its field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import fields as wt
from wtforms import validators as must
from wtforms.form import BaseForm
from wtforms.meta import DefaultMeta

from mig_idg.errors import InvalidParameter, Lang, Problem, Text
from mig_idg.web.desks.act import Field, Scene

Typed = MultiDict[str, str]
NEEDED = Text("Ce champ est attendu.", "This field is expected.")
LONG = Text("Au plus {most} caractères.", "At most {most} characters.")
NO_DAY = Text("Une date est attendue : AAAA-MM-JJ ou JJ/MM/AAAA.", "A date is expected: YYYY-MM-DD or DD/MM/YYYY.")
NO_CHOICE = Text("Choisissez dans la liste.", "Choose from the list.")
NO_EMAIL = Text("Une adresse est attendue : nom@domaine.fr.", "An address is expected: name@domain.fr.")
NO_NUMBER = Text("Un nombre est attendu.", "A number is expected.")
DAYS = ["%Y-%m-%d", "%d/%m/%Y"]
EMAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+"
FIRST_YEAR, LAST_YEAR = 1900, 2999


@dataclass(frozen=True, slots=True)
class Shown:
    """A field as a template draws it. `value` is what was typed, `values` all of it for several choices."""

    name: str
    kind: str
    label: str
    help: str
    required: bool
    most: int
    value: str
    values: tuple[str, ...]
    choices: tuple[tuple[str, str], ...]
    errors: tuple[str, ...]

    @property
    def target(self) -> str:
        """What a link of the summary of errors leads to."""
        return f"f-{self.name}-0" if self.kind in ("radio", "several") and self.choices else f"f-{self.name}"


class Form:
    """A form of these fields, for this scene; `typed` is what was sent, None a form not filled in yet."""

    def __init__(
        self, fields: Sequence[Field], scene: Scene, typed: Typed | None = None, given: Mapping[str, str] | None = None
    ) -> None:
        self._fields = tuple(fields)
        self._lang: Lang = scene.actor.lang
        self._choices = {
            one.name: [(value, text.in_(self._lang)) for value, text in one.choices(scene)] if one.choices else []
            for one in self._fields
        }
        self._form = BaseForm({one.name: self._made(one) for one in self._fields}, meta=DefaultMeta())
        self._more: dict[str, list[str]] = {}
        if typed is None:
            typed = MultiDict()
            for one in self._fields:
                said = (given or {}).get(one.name, one.default)
                typed.setlist(one.name, [part for part in said.split(",") if part] if one.kind == "several" else [said])
            typed = MultiDict((name, value) for name, value in typed.items(multi=True) if value)
            self._form.process(typed)
            self._typed = typed
            return
        known = {one.name for one in self._fields}
        self._typed = MultiDict((name, value) for name, value in typed.items(multi=True) if name in known)
        self._form.process(self._typed if self._typed else MultiDict({"": ""}))

    def valid(self) -> bool:
        """Whether every field can be used; errors are told beside them."""
        return bool(self._form.validate())

    @property
    def said(self) -> dict[str, Any]:
        """What the fields say: a day as a date, several choices as a list, an empty field as None."""
        told: dict[str, Any] = {}
        for one in self._fields:
            data = self._form[one.name].data
            if one.kind == "several":
                told[one.name] = list(data or [])
            elif one.kind == "yes":
                told[one.name] = bool(data)
            elif isinstance(data, str):
                told[one.name] = data.strip() or None
            else:
                told[one.name] = data
        return told

    @property
    def typed(self) -> list[tuple[str, list[str]]]:
        """The fields as they were sent, name by name: what a preview carries on, and nothing else that was sent."""
        return [(one.name, self._typed.getlist(one.name)) for one in self._fields]

    @property
    def shown(self) -> list[Shown]:
        """The fields for the template."""
        return [self._shown(one) for one in self._fields]

    @property
    def faulty(self) -> list[Shown]:
        """Those with an error."""
        return [one for one in self.shown if one.errors]

    @property
    def summary(self) -> list[tuple[str, str]]:
        """What could not be told beside a field, then each error with its field."""
        told = [("", words) for words in self._more.get("", [])]
        return told + [(one.name, f"{one.label} : {one.errors[0]}") for one in self.faulty]

    def refuse(self, error: Problem) -> None:
        """Tell a refusal of the registry beside the field that it is about, or above the form."""
        parameter = str(error.extra.get("parameter", "")) if isinstance(error, InvalidParameter) else ""
        known = {one.name for one in self._fields}
        self._more.setdefault(parameter if parameter in known else "", []).append(error.text(self._lang))

    def wrong(self, name: str, words: Text) -> None:
        """Tell an error of one field."""
        self._more.setdefault(name, []).append(words.in_(self._lang))

    def _shown(self, one: Field) -> Shown:
        bound = self._form[one.name]
        values = tuple(self._typed.getlist(one.name))
        errors = (*bound.errors, *self._more.get(one.name, ()))
        return Shown(
            name=one.name,
            kind=one.kind,
            label=one.label.in_(self._lang),
            help=one.help.in_(self._lang) if one.help else "",
            required=one.required,
            most=one.most,
            value=values[0] if values else "",
            values=values,
            choices=tuple(self._choices[one.name]),
            errors=tuple(dict.fromkeys(map(str, errors))),
        )

    def _offered(self, one: Field) -> frozenset[str]:
        return frozenset(value for value, _ in self._choices[one.name])

    def _made(self, one: Field) -> Any:
        lang = self._lang
        rules: list[Any] = [must.InputRequired(NEEDED.in_(lang)) if one.required else must.Optional()]
        if one.kind in ("text", "long", "email"):
            rules.append(must.Length(max=one.most, message=LONG.in_(lang).format(most=one.most)))
        if one.kind == "email":
            rules.append(must.Regexp(EMAIL, message=NO_EMAIL.in_(lang)))
        match one.kind:
            case "day":
                return _DayField(NO_DAY.in_(lang), validators=rules)
            case "one" | "radio":
                return _OneField(NO_CHOICE.in_(lang), self._offered(one), validators=rules)
            case "several":
                return _SeveralField(NO_CHOICE.in_(lang), self._offered(one), validators=rules)
            case "yes":
                return wt.BooleanField(validators=[must.InputRequired(NEEDED.in_(lang))] if one.required else [])
            case "number":
                return _NumberField(NO_NUMBER.in_(lang), validators=rules)
            case _:
                return wt.StringField(validators=rules)


class _DayField(wt.Field):  # type: ignore[misc]
    """A day, as the browser writes it or as people do."""

    def __init__(self, words: str, **more: Any) -> None:
        super().__init__(**more)
        self._words = words

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day."""
        self.data: date | None = None
        said = valuelist[0].strip() if valuelist else ""
        if not said:
            return
        from datetime import datetime

        for shape in DAYS:
            try:
                found = datetime.strptime(said, shape).date()  # noqa: DTZ007
            except ValueError:
                continue
            if FIRST_YEAR <= found.year <= LAST_YEAR:
                self.data = found
                return
        raise ValueError(self._words)


class _NumberField(wt.Field):  # type: ignore[misc]
    """A whole number, not below zero."""

    def __init__(self, words: str, **more: Any) -> None:
        super().__init__(**more)
        self._words = words

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number."""
        self.data: int | None = None
        said = valuelist[0].strip() if valuelist else ""
        if not said:
            return
        if not (said.isascii() and said.isdigit() and len(said) < 12):
            raise ValueError(self._words)
        self.data = int(said)


class _OneField(wt.StringField):  # type: ignore[misc]
    """One of the values that the person was offered."""

    def __init__(self, words: str, offered: frozenset[str], **more: Any) -> None:
        super().__init__(**more)
        self._words, self._offered = words, offered

    def pre_validate(self, form: Any) -> None:
        """Refuse what was not offered."""
        if self.data and self.data not in self._offered:
            raise must.ValidationError(self._words)


class _SeveralField(wt.Field):  # type: ignore[misc]
    """Some of the values that the person was offered."""

    def __init__(self, words: str, offered: frozenset[str], **more: Any) -> None:
        super().__init__(**more)
        self._words, self._offered = words, offered

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the values, each once."""
        self.data: list[str] = list(dict.fromkeys(valuelist))

    def pre_validate(self, form: Any) -> None:
        """Refuse what was not offered."""
        if not set(self.data or ()) <= self._offered:
            raise must.ValidationError(self._words)
