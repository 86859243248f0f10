"""Each action of the charter leads somewhere: a route that asks it, a command that exists, or a no."""

import click
import pytest

from mig_idg.charter import ACTIONS
from mig_idg.cli.main import directory
from mig_idg.guard.endpoints import ENDPOINTS, EVERY_SERVICE, done_by
from mig_idg.guard.route import Router
from mig_idg.ogc.routes import ROUTES

EVERYWHERE = ("/collections/{collection}", "/processes", "/deposits")  # mounted with the application (test_access.py)
LISTS_FILES = ("download", "/stac/collections/{collection}/items")  # asked to query; its files are then downloaded
NOWHERE_YET = {"subscribe"}


def test_every_action_is_in_the_table_and_those_without_an_endpoint_are_known():
    assert ENDPOINTS.keys() == ACTIONS
    assert {action for action, ways in ENDPOINTS.items() if not ways} == NOWHERE_YET
    for action in ACTIONS - NOWHERE_YET:
        for kind in ("mutualised", "coproduced"):
            assert done_by(action, "pcrs", {*EVERY_SERVICE, kind}), action


PATHS = [(action, one) for action, ways in ENDPOINTS.items() for one in ways if one.path]


@pytest.mark.parametrize(("action", "endpoint"), PATHS, ids=lambda one: getattr(one, "path", one))
def test_a_path_is_a_route_that_asks_the_action(action, endpoint):
    if endpoint.path in EVERYWHERE or (action, endpoint.path) == LISTS_FILES:
        return
    path, _, query = endpoint.path.format(collection="pcrs").partition("?")
    found = Router(ROUTES).find(path)
    assert found is not None
    asked = dict(pair.split("=") for pair in query.split("&") if pair)
    headers = {"content-type": "application/geo+json"} if endpoint.method == "POST" else {}
    assert endpoint.method in found[0].methods
    assert found[0].asks(endpoint.method, asked, headers) == action or action in found[0].actions


COMMANDS = sorted({one.command for ways in ENDPOINTS.values() for one in ways if one.command})


@pytest.mark.parametrize("typed", COMMANDS)
def test_a_command_exists_with_its_options_and_lacks_none_that_is_required(typed):
    _, *words = typed.split()
    command, context = directory, click.Context(directory)
    while isinstance(command, click.Group):
        command = command.get_command(context, words.pop(0))
        assert command is not None
    options = {name: one for one in command.params if isinstance(one, click.Option) for name in one.opts}
    assert {word for word in words if word.startswith("--")} <= options.keys()
    assert {one.opts[0] for one in options.values() if one.required} <= set(words)
