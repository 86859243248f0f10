"""The service as it presents itself: title, provider, licence, contact. Read once from `pygeoapi-config.yml`.

The file keeps pygeoapi's own vocabulary (`metadata.identification`, `provider`, `contact`, `license`), so that those
who know it are at home; it holds no layer, no provider of data, no secret, and nothing in it is expanded.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from mig_idg.errors import InvalidDeclaration, Lang, Text, did_you_mean, nearest

Line = Annotated[str, StringConstraints(min_length=1, max_length=5000)]
Address = Annotated[str, StringConstraints(pattern=r"^(https?://|mailto:)[^\s]+$")]
LARGEST = 64 * 1024


class Part(BaseModel):
    """Strict and frozen, like every declaration."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Words(Part):
    """A text in French and English."""

    fr: Line
    en: Line

    def in_(self, lang: Lang) -> str:
        """The text in the language asked for."""
        return self.en if lang == "en" else self.fr


class Keywords(Part):
    """Keywords in French and English."""

    fr: tuple[Line, ...] = ()
    en: tuple[Line, ...] = ()

    def in_(self, lang: Lang) -> tuple[str, ...]:
        """The keywords in the language asked for."""
        return self.en if lang == "en" else self.fr


class Identification(Part):
    """What the service is."""

    title: Words
    description: Words
    keywords: Keywords = Keywords()
    terms_of_service: Address | None = None
    url: Address | None = Field(None, description="a page about the service")


class Licence(Part):
    """The licence of the metadata themselves."""

    name: Line
    url: Address


class Provider(Part):
    """Who runs the service."""

    name: Line
    url: Address | None = None


class Contact(Part):
    """Whom to write to."""

    name: Line
    position: Words | None = None
    email: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")] | None = None
    phone: Line | None = None
    address: Line | None = None
    postalcode: Line | None = None
    city: Line | None = None
    country: Line | None = None
    url: Address | None = None


class Metadata(Part):
    """pygeoapi's `metadata` block."""

    identification: Identification
    license: Licence | None = None
    provider: Provider
    contact: Contact | None = None


class Service(Part):
    """The whole file. `extent` (west, south, east, north) is that of collections that declare none."""

    metadata: Metadata
    demonstration: bool = Field(False, description="say on every page that data and memberships are fictitious")
    extent: tuple[float, float, float, float] | None = None

    @property
    def title(self) -> Words:
        """The name of the service."""
        return self.metadata.identification.title

    @property
    def description(self) -> Words:
        """What the service is, in a sentence or two."""
        return self.metadata.identification.description


UNNAMED = Service(
    metadata=Metadata(
        identification=Identification(
            title=Words(fr="Infrastructure de données géographiques", en="Geospatial data infrastructure"),
            description=Words(
                fr="Données géographiques mutualisées, servies selon les normes OGC API.",
                en="Pooled geospatial data, served through the OGC API standards.",
            ),
        ),
        provider=Provider(name="mig-idg"),
    )
)


def load_service(path: Path) -> Service:
    """The service described by a file; `UNNAMED` when there is none. Raises InvalidDeclaration with file and line."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return UNNAMED
    except (OSError, UnicodeDecodeError):
        raise InvalidDeclaration(str(path), None, Text("ce fichier est illisible.", "cannot read this file.")) from None
    if len(text) > LARGEST:
        raise InvalidDeclaration(str(path), None, Text("le fichier dépasse 64 Kio.", "the file exceeds 64 KiB."))
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
        value = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise InvalidDeclaration(
            str(path),
            mark.line + 1 if mark else None,
            Text("ce n'est pas du YAML lisible.", "this is not readable YAML."),
        ) from None
    try:
        return Service.model_validate(value)
    except ValidationError as error:
        raise _explained(error.errors()[0], node, path) from None


def _explained(error: Any, node: yaml.Node | None, path: Path) -> InvalidDeclaration:
    place = tuple(error["loc"])
    shown = ".".join(str(part) for part in place) or "metadata"
    line = _line(node, place)
    if error["type"] == "extra_forbidden":
        return InvalidDeclaration(
            str(path),
            line,
            Text(f"clé inconnue « {place[-1]} ».", f"unknown key “{place[-1]}”."),
            remedy=did_you_mean(nearest(str(place[-1]), _known(place[:-1]))),
        )
    if error["type"] == "missing":
        return InvalidDeclaration(
            str(path), line, Text(f"la clé « {shown} » est attendue.", f"key “{shown}” is expected.")
        )
    return InvalidDeclaration(
        str(path), line, Text(f"« {shown} » : valeur inutilisable.", f"“{shown}”: this value cannot be used.")
    )


def _known(place: tuple[Any, ...]) -> list[str]:
    """The keys the model knows at a place."""
    model: Any = Service
    for part in place:
        field = getattr(model, "model_fields", {}).get(part)
        kinds = getattr(field.annotation, "__args__", (field.annotation,)) if field else ()
        model = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Part)), None)
    return list(getattr(model, "model_fields", {}))


def _line(node: yaml.Node | None, place: tuple[Any, ...]) -> int | None:
    """The line (first = 1) of a key, or of its nearest parent."""
    line = node.start_mark.line + 1 if node else None
    for part in place:
        if not isinstance(node, yaml.MappingNode):
            break
        found = next(((key, child) for key, child in node.value if key.value == str(part)), None)
        if found is None:
            break
        line, node = found[0].start_mark.line + 1, found[1]
    return line
