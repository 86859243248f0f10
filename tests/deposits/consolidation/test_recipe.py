"""A recipe is read whole or refused with its key."""

from __future__ import annotations

import pytest
from tests.deposits.consolidation.conftest import RECIPE, written

from mig_idg.deposits.consolidation import recipe
from mig_idg.errors import InvalidParameter, UnknownWord, Unprocessable


def test_the_shipped_recipes_are_read(request):
    found = recipe.folder(request.config.rootpath / "recipes")
    assert {"adresses"} <= set(found)
    assert len(found["adresses"].contributors) == 36


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("tolerance: 2", "tolerence: 2", "tolerence"),
        ("version: 1", "version: zero", "version"),
        ('precedence: ["92036"]', 'precedence: ["92999"]', "92999"),
        ('{territory: ["92024"]}', '{territory: ["92050"]}', "92050"),
        ("target: portes\n", "", "target"),
    ],
)
def test_what_is_wrong_names_its_key(tmp_path, old, new, key):
    with pytest.raises(Unprocessable, match=key):
        written(tmp_path, RECIPE.replace(old, new))


@pytest.mark.parametrize("text", ["id: [", "- 1", "", "a: !!python/object:os.system {}"])
def test_what_is_no_recipe_is_said(tmp_path, text):
    with pytest.raises(Unprocessable):
        written(tmp_path, text)


def test_two_files_of_one_recipe_are_refused(tmp_path):
    for name in ("a.yml", "b.yml"):
        (tmp_path / name).write_text(RECIPE, encoding="utf-8")
    with pytest.raises(Unprocessable, match="déjà"):
        recipe.folder(tmp_path)


def test_a_recipe_is_found_by_its_name(tmp_path):
    with pytest.raises(InvalidParameter):
        recipe.find(tmp_path, "portes")
    (tmp_path / "a.yml").write_text(RECIPE, encoding="utf-8")
    assert recipe.find(tmp_path, "portes").version == 1
    with pytest.raises(UnknownWord):
        recipe.find(tmp_path, "porte")
