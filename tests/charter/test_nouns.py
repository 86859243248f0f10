"""Bodies are written as a letter writes them: articles, contractions, elisions."""

import pytest

from mig_idg import territory
from mig_idg.charter.messages import name
from mig_idg.charter.nouns import OWNER, PUBLIC, noun

WRITTEN = [
    ("Nanterre", "Nanterre", "de Nanterre", "à Nanterre", "Nanterre"),
    ("Antony", "Antony", "d'Antony", "à Antony", "Antony"),
    ("Issy-les-Moulineaux", "Issy-les-Moulineaux", "d'Issy-les-Moulineaux", "à Issy-les-Moulineaux", None),
    ("Orly", "Orly", "d'Orly", "à Orly", None),
    ("Ussy", "Ussy", "d'Ussy", "à Ussy", None),
    ("Yerres", "Yerres", "d'Yerres", "à Yerres", None),
    ("Étréchy", "Étréchy", "d'Étréchy", "à Étréchy", None),
    ("Le Plessis-Robinson", "Le Plessis-Robinson", "du Plessis-Robinson", "au Plessis-Robinson", None),
    ("Les Lilas", "Les Lilas", "des Lilas", "aux Lilas", None),
    ("La Garenne-Colombes", "La Garenne-Colombes", "de La Garenne-Colombes", "à La Garenne-Colombes", None),
    ("EPT Boucle Nord de Seine", "l'EPT Boucle Nord de Seine", "de l'EPT Boucle Nord de Seine", "à l'EPT Boucle Nord de Seine", "the EPT Boucle Nord de Seine"),
    ("Département des Hauts-de-Seine", "le Département des Hauts-de-Seine", "du Département des Hauts-de-Seine", "au Département des Hauts-de-Seine", "the Département des Hauts-de-Seine"),
    ("Brigade de sapeurs-pompiers de Paris", "la Brigade de sapeurs-pompiers de Paris", "de la Brigade de sapeurs-pompiers de Paris", "à la Brigade de sapeurs-pompiers de Paris", "the Brigade de sapeurs-pompiers de Paris"),
    ("DRIEAT d'Île-de-France", "la DRIEAT d'Île-de-France", "de la DRIEAT d'Île-de-France", "à la DRIEAT d'Île-de-France", "the DRIEAT d'Île-de-France"),
    ("Paris La Défense", "Paris La Défense", "de Paris La Défense", "à Paris La Défense", None),
    ("BUREAU", "BUREAU", "de BUREAU", "à BUREAU", None),
    ("bureau d'en face", "bureau d'en face", "de bureau d'en face", "à bureau d'en face", None),
    ("EPT4", "EPT4", "d'EPT4", "à EPT4", None),
    ("42", "42", "de 42", "à 42", None),
    ("—", "—", "de —", "à —", None),
]  # fmt: skip


@pytest.mark.parametrize(("told", "alone", "of", "to", "english"), WRITTEN, ids=[line[0] for line in WRITTEN])
def test_a_body_is_written_with_its_article_after_de_and_after_a(told, alone, of, to, english):
    written = noun(told)
    assert (str(written), written.of, written.to, written.english) == (alone, of, to, english or told)


@pytest.mark.parametrize(
    ("article", "names"),
    [
        ("l'", ["Agence d'urbanisme", "Association des maires", "Établissement public foncier", "Office de tourisme"]),
        ("la ", ["Communauté urbaine", "Métropole du Grand Paris", "Préfecture de police", "Région Île-de-France"]),
        ("la ", ["Direction des routes", "Société du Grand Paris", "Brigade fluviale", "DRIEAT de Paris"]),
        ("le ", ["Bureau d'études", "Cabinet Durand", "Centre de gestion", "Syndicat des eaux", "Département du Nord"]),
    ],
)
def test_the_common_nouns_of_bodies_take_their_article(article, names):
    for told in names:
        assert noun(told).alone == article + told
        assert noun(told).of == (f"du {told}" if article == "le " else f"de {article}{told}")
        assert noun(told).to == (f"au {told}" if article == "le " else f"à {article}{told}")


def test_the_public_and_an_owner_nobody_recorded_are_written_like_bodies():
    assert (PUBLIC.alone, PUBLIC.of, PUBLIC.to, PUBLIC.english) == ("le public", "du public", "au public", "the public")
    told = ("son propriétaire", "de son propriétaire", "à son propriétaire", "its owner")
    assert (OWNER.alone, OWNER.of, OWNER.to, OWNER.english) == told


def test_every_body_of_the_territory_is_written_without_a_fault():
    from worlds import read

    facts = read("world: {}")
    for place in territory.PLACES:
        written = name(facts, place)
        assert not written.of.startswith(("de A", "de E", "de I", "de O", "de U", "de Le ", "de le "))
        assert not written.to.startswith(("à Le ", "à le ", "à les "))
    assert name(facts, "ept-t4").alone == "l'EPT Paris Ouest La Défense"
    assert name(facts, "paris-la-defense").alone == "Paris La Défense"
