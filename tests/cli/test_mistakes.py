"""What is typed wrong is answered in one sentence, in the terminal's language, with the nearest known word and exit 2."""

import pytest

from mig_idg.cli.main import directory
from mig_idg.cli.messages import guarded, settings
from mig_idg.errors import Text, UnknownWord, nearest


@pytest.fixture
def said(monkeypatch, capsys):
    def run(lang, *args):
        monkeypatch.setenv("LC_ALL", lang)
        code = guarded(directory, list(args))
        return code, capsys.readouterr().err.strip()

    return run


@pytest.mark.parametrize(
    ("args", "fr", "en"),
    [
        (
            ("delegat",),
            "Commande inconnue : « delegat ». Vouliez-vous dire « delegate » ?",
            "Unknown command: “delegat”. Did you mean “delegate”?",
        ),
        (
            ("partner", "aply"),
            "Commande inconnue : « aply ». Vouliez-vous dire « apply » ? Voyez « mig-idg partner --help ».",
            "Unknown command: “aply”. Did you mean “apply”? See “mig-idg partner --help”.",
        ),
        (
            ("partner", "list", "--jsn"),
            "Option inconnue : « --jsn ». Vouliez-vous dire « --json » ? Voyez « mig-idg partner list --help ».",
            "Unknown option: “--jsn”. Did you mean “--json”? See “mig-idg partner list --help”.",
        ),
        (
            ("partner", "list", "--zzzzzz"),
            "Option inconnue : « --zzzzzz ». Voyez « mig-idg partner list --help ».",
            "Unknown option: “--zzzzzz”. See “mig-idg partner list --help”.",
        ),
        (
            ("partner", "apply", "Antony"),
            "Il manque --evidence. Voyez « mig-idg partner apply --help ».",
            "--evidence is missing. See “mig-idg partner apply --help”.",
        ),
        (
            ("grant", "answer", "douze", "--yes", "--evidence", "x"),
            "NUMÉRO : un nombre entier est attendu. Voyez « mig-idg grant answer --help ».",
            None,
        ),
        (
            ("partner", "list", "--on"),
            "L'option --on attend une valeur.",
            "Option --on expects a value.",
        ),
    ],
)
def test_what_is_typed_wrong_is_told_in_ones_language(said, args, fr, en):
    assert said("fr_FR.UTF-8", *args) == (2, fr)
    if en is not None:
        assert said("en_GB.UTF-8", *args) == (2, en)


def test_the_beginning_of_one_known_word_is_understood_as_that_word():
    assert nearest("delib", ["deliberation", "form"]) == "deliberation"
    assert nearest("ALL", ["all_partners", "named"]) == "all_partners"
    assert nearest("postal", ["postal_return", "postal_receipt_of_the_letter"]) is not None
    assert nearest("em", ["email_return"]) is None
    assert nearest("sub", ["submitted_to_the_committee", "subscribed_to_updates"]) is None


def test_a_closed_list_is_told_whole_when_nothing_is_near():
    grounds = ("E0", "E1")
    problem = UnknownWord(Text("Motif", "ground"), "zz", grounds, closed=True)
    assert problem.text("fr") == "Motif : mot inconnu, « zz ». Attendu : E0, E1."
    assert problem.text("en") == "Unknown ground: “zz”. Expected: E0, E1."
    assert UnknownWord(Text("Motif", "ground"), "zz", grounds).remedy is None


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("IDG_DATABASE_URL", "garbage", "L'adresse de la base ne se lit pas."),
        ("IDG_CONFIG_FILE", "nowhere.yml", "IDG_CONFIG_FILE : pas de fichier nowhere.yml."),
        ("IDG_WORKERS", "many", "Le réglage IDG_WORKERS est inutilisable"),
    ],
)
def test_a_setting_that_cannot_be_used_stops_the_server_in_one_sentence(said, monkeypatch, variable, value, told):
    monkeypatch.setenv(variable, value)
    settings.cache_clear()
    try:
        code, words = said("fr_FR.UTF-8", "serve")
    finally:
        settings.cache_clear()
    assert code == 2
    assert words.startswith(told)
    assert "Traceback" not in words


def test_an_error_of_the_network_says_what_it_is(monkeypatch, capsys):
    """An HTTP error is an OSError without a `strerror`."""
    from io import BytesIO
    from urllib.error import HTTPError

    import click

    @click.command()
    def failing() -> None:
        raise HTTPError("http://ici.example/x", 503, "Service Unavailable", None, BytesIO())  # type: ignore[arg-type]

    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    assert guarded(failing, []) == 3
    told = capsys.readouterr().err
    assert "503" in told
    assert "http://ici.example/x" in told
