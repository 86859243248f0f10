"""What was typed and not understood, in our words: the option or the word, the nearest known one, where to look."""

from __future__ import annotations

from collections.abc import Iterable

import click

from mig_idg.errors import Text, did_you_mean

EXPECTED = {"integer": Text("un nombre entier est attendu.", "an integer is expected.")}


def told(error: click.ClickException) -> Text:
    """The sentence for a mistake of the command line, with the way out."""
    said = [_what(error)]
    context = getattr(error, "ctx", None)
    if context is not None and not isinstance(error, click.exceptions.NoArgsIsHelpError):
        path = context.command_path
        said.append(Text(f"Voyez « {path} --help ».", f"See “{path} --help”."))
    return Text(" ".join(text.fr for text in said), " ".join(text.en for text in said))


def _what(error: click.ClickException) -> Text:
    match error:
        case click.exceptions.NoSuchCommand():
            word = error.command_name
            return _unknown(Text("Commande inconnue", "Unknown command"), word, error.possibilities)
        case click.exceptions.NoSuchOption():
            return _unknown(Text("Option inconnue", "Unknown option"), error.option_name, error.possibilities)
        case click.exceptions.MissingParameter():
            name = _parameter(error)
            return Text(f"Il manque {name}.", f"{name} is missing.")
        case click.exceptions.BadOptionUsage():
            name = error.option_name
            return Text(f"L'option {name} attend une valeur.", f"Option {name} expects a value.")
        case click.exceptions.BadParameter():
            name = _parameter(error)
            kind = error.param.type.name if error.param is not None else ""
            why = EXPECTED.get(kind, Text(error.message, error.message))
            return Text(f"{name} : {why.fr}", f"{name}: {why.en}")
        case _:
            return Text(error.format_message(), error.format_message())


def _unknown(what: Text, word: str, near: Iterable[str] | None) -> Text:
    proposed = did_you_mean(next(iter(near or ()), None)) or Text("", "")
    return Text(f"{what.fr} : « {word} ». {proposed.fr}".rstrip(), f"{what.en}: “{word}”. {proposed.en}".rstrip())


def _parameter(error: click.BadParameter) -> str:
    """The name of a parameter as it is typed: `--evidence`, or `ORGANISME`."""
    if isinstance(error.param, click.Argument) and error.ctx is not None:
        return error.param.make_metavar(error.ctx)
    if error.param is not None:
        return error.param.opts[0]
    hint = error.param_hint
    return hint if isinstance(hint, str) else ", ".join(hint or ())
