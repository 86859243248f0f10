"""Datasets: found by their id, moved from state to state, validated by the technical committee (004 §3.2.2, §3.4)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from mig_idg.errors import InvalidParameter, Lang, Text, UnknownWord
from mig_idg.registry import committees, history, publications
from mig_idg.registry.acts import Conn, Done, Record, act, open_act
from mig_idg.registry.committees import Item, Sitting
from mig_idg.registry.refusals import refused
from mig_idg.registry.statements import ask
from mig_idg.standards import metadata_record

DATASET = Text("Collection", "collection")
ARTICLE = "Charte MIG, glossaire, § 3.2.2"
VALIDATION = "Charte MIG, § 2.4.2, § 3.4"
ROAD = ("proposed", "structured", "collecting", "consolidated", "submitted")
STAGES = (*ROAD, "rejected")
STEPS: dict[str, tuple[str, ...]] = {
    "proposed": ("structured", "rejected"),
    "structured": ("collecting", "consolidated", "proposed", "rejected"),
    "collecting": ("consolidated", "structured", "proposed", "rejected"),
    "consolidated": ("submitted", "collecting", "structured", "proposed", "rejected"),
    "submitted": ("consolidated", "collecting", "structured", "proposed", "rejected"),
    "rejected": ("proposed", "structured"),
    "validated": ("structured",),
}
"""Where each stage leads (rules.md §2); `structured` from `validated` is the next version being prepared."""
COMPLETE_RECORD = "validated_data_have_a_complete_record"
LANGUAGES: tuple[Lang, ...] = ("fr", "en")
OF_PLUGIN = "plugin"
"""The one attribute that the facts know of a dataset that a plug-in reads: itself, whole."""


@dataclass(frozen=True, slots=True)
class Version:
    """The content a validation certifies: immutable, known by its checksum when it is a file."""

    name: str
    sha256: str | None = None
    crs: str | None = None


def kind_of(conn: Conn, dataset: str) -> str:
    """`mutualised` or `coproduced`; UnknownWord, with the nearest, for a dataset nobody declared."""
    row = conn.execute("select kind from registry.dataset where id = %s", (dataset,)).fetchone()
    if row is None:
        known = [name for (name,) in conn.execute("select id from registry.dataset")]
        raise UnknownWord(DATASET, dataset, known)
    return str(row[0])


def require_mutualised(conn: Conn, dataset: str, article: str, words: Text) -> None:
    """Refused, in the words given, for a coproduction."""
    if kind_of(conn, dataset) != "mutualised":
        raise refused(article, words)


def require_coproduced(conn: Conn, dataset: str) -> None:
    """Refused for shared data: only coproductions go through stages and a validation."""
    if kind_of(conn, dataset) != "coproduced":
        raise refused(
            "Charte MIG, glossaire, § 3.2.2",
            Text(
                f"« {dataset} » est une donnée mutualisée : elle reste à son propriétaire et ne se valide pas.",
                f"“{dataset}” is mutualised: it stays its owner's and is not validated.",
            ),
        )


def require_attributes(conn: Conn, dataset: str, names: Collection[str], on: date) -> None:
    """UnknownWord, with the nearest, for an attribute that the dataset does not have on the day."""
    rows = history.known(conn, "dataset_attributes", {"dataset": dataset}, on)
    if not rows:
        return
    known = rows[0]["attributes"]
    if names:
        require_parts(known, "attributes")
    for name in names:
        if name not in known:
            raise UnknownWord(Text("Attribut", "attribute"), name, known)


def require_rows(conn: Conn, dataset: str, on: date) -> None:
    """InvalidParameter for a dataset whose rows cannot be told apart."""
    rows = history.known(conn, "dataset_attributes", {"dataset": dataset}, on)
    if rows:
        require_parts(rows[0]["attributes"], "own_territory")


def require_parts(attributes: Collection[str], parameter: str) -> None:
    """InvalidParameter for a source that a plug-in reads: it is served whole, or not at all."""
    if list(attributes) != [OF_PLUGIN]:
        return
    raise InvalidParameter(
        parameter,
        Text(
            "Cette donnée est lue par un greffon : elle se sert entière ou pas du tout, sans rien de réservé.",
            "This dataset is read by a plug-in: it is served whole or not at all, with nothing reserved.",
        ),
        remedy=Text(
            "Fermez-la tout entière, ou publiez-la depuis une table.",
            "Close the whole of it, or publish it from a table.",
        ),
    )


def owner_of(conn: Conn, dataset: str, on: date) -> str | None:
    """Who owns shared data on the day."""
    rows = history.known(conn, "ownership", {"dataset": dataset}, on)
    return rows[0]["organisation"] if rows else None


def state_of(conn: Conn, dataset: str, on: date) -> str | None:
    """The state of a dataset on the day, or None before it was declared."""
    rows = history.known(conn, "dataset_state", {"dataset": dataset}, on)
    return rows[0]["state"] if rows else None


@act
def move(conn: Conn, dataset: str, stage: str, record: Record) -> Done:
    """Move a coproduction, or the next version of a validated one, to another stage (rules.md §2).

    Structure first, then consolidation (004 glossary), then the committee; back to any earlier stage from submission.
    """
    require_coproduced(conn, dataset)
    if stage not in STAGES:
        raise UnknownWord(Text("Étape", "stage"), stage, STAGES, closed=True)
    validated = state_of(conn, dataset, record.on) == "validated"
    now = stage_of(conn, dataset, record.on)
    if validated and stage == "proposed":
        raise refused(
            "Charte MIG, § 3.4",
            Text(
                f"« {dataset} » est validé : la version en vigueur reste à ses copropriétaires.",
                f"“{dataset}” is validated: the version in force stays its co-owners'.",
            ),
            remedy=Text(
                "Préparez une nouvelle version : « committee stage … structured ».",
                "Prepare a new version: “committee stage … structured”.",
            ),
        )
    _require_step(dataset, now, stage)
    if stage == "submitted":
        _require_decided(conn, dataset)
    what = Text("La nouvelle version de ", "The new version of ") if validated else Text("", "")
    words = Text(
        f"{what.fr}« {dataset} » passe à l'étape « {stage} ».", f"{what.en}“{dataset}” moves to stage “{stage}”."
    )
    number = open_act(conn, record, verb="committee stage", article=ARTICLE, words=words)
    _set_stage(conn, number, dataset, stage, record.on)
    return Done(number, "committee stage", ARTICLE, words, {"dataset": dataset, "state": stage, "from": now})


def _set_stage(conn: Conn, number: int, dataset: str, stage: str, on: date) -> None:
    """From the day, what is prepared is at that stage: the coproduction, or the next version of a validated one."""
    if state_of(conn, dataset, on) == "validated":
        history.put(conn, number, "next_version", {"dataset": dataset}, {"state": stage}, history.span(on))
    else:
        set_state(conn, number, dataset, "coproduced", stage, on)


def stage_of(conn: Conn, dataset: str, on: date) -> str | None:
    """The stage of what is prepared on the day: the coproduction, or the next version of a validated one."""
    state = state_of(conn, dataset, on)
    if state != "validated":
        return state
    rows = history.known(conn, "next_version", {"dataset": dataset}, on)
    return str(rows[0]["state"]) if rows else "validated"


def _require_step(dataset: str, now: str | None, stage: str) -> None:
    """Refused when a stage does not follow the one reached; the way is told."""
    allowed = STEPS.get(now or "proposed", ())
    if stage in allowed:
        return
    told = ", ".join(allowed)
    raise refused(
        ARTICLE,
        Text(
            f"« {dataset} » en est à « {now} » : l'étape « {stage} » ne la suit pas.",
            f"“{dataset}” is at stage “{now}”: “{stage}” does not follow it.",
        ),
        remedy=Text(f"Étapes possibles : {told}.", f"Possible stages: {told}.") if told else None,
    )


def is_frozen(conn: Conn, dataset: str) -> bool:
    """Whether the rows served are those of a validated version."""
    return _frozen(conn, dataset) is not None


def _frozen(conn: Conn, dataset: str) -> tuple[Any, ...] | None:
    return conn.execute(
        "select c.version from registry.dataset_state s"
        " join registry.co_owner c on c.dataset = s.dataset and c.decision = s.decision"
        " where s.dataset = %s and s.state = 'validated' and s.closed_by is null and upper_inf(s.valid) limit 1",
        (dataset,),
    ).fetchone()


def require_unfrozen(conn: Conn, dataset: str) -> None:
    """Refused once a version was validated: the rows served as that version are never replaced (rules.md §3, 7)."""
    row = _frozen(conn, dataset)
    if row is None:
        return
    raise refused(
        "Charte MIG, § 3.4",
        Text(
            f"« {dataset} » est validé : ses lignes, servies comme version {row[0]}, sont à ses copropriétaires et ne "
            "se remplacent pas.",
            f"“{dataset}” is validated: its rows, served as version {row[0]}, are its co-owners' and are not replaced.",
        ),
        remedy=Text(
            "Une nouvelle version doit être validée : déclarez-la comme une autre collection coproduite, importez-y le "
            "fichier, soumettez-la au comité technique (« committee stage »), puis « committee record --validate ».",
            "A new version must be validated: declare it as another coproduced collection, import the file there, "
            "submit it to the technical committee (“committee stage”), then “committee record --validate”.",
        ),
        rule="a_validated_version_is_frozen",
    )


@act
def send_back(
    conn: Conn,
    dataset: str,
    stage: str,
    reasons: str,
    sitting: Sitting,
    record: Record,
    *,
    against: Collection[str] = (),
    absent: Collection[str] = (),
) -> Done:
    """The technical committee returns what was submitted to an earlier stage, or rejects it, with its reasons.

    `stage` is a stage before submission, or `rejected`. Nothing moves when somebody present opposes it.
    """
    require_coproduced(conn, dataset)
    _require_submitted(conn, dataset, record.on)
    if stage not in STEPS["submitted"]:
        raise UnknownWord(Text("Étape", "stage"), stage, STEPS["submitted"], closed=True)
    if not reasons.strip():
        raise InvalidParameter(
            "reasons", Text("Un retour ou un rejet est motivé.", "A return or a rejection has reasons.")
        )
    there = committees.attendance(conn, sitting, absent, record.on)
    what = Text("Rejet", "Rejection") if stage == "rejected" else Text(f"Retour à « {stage} »", f"Return to “{stage}”")
    words = Text(f"{what.fr} de « {dataset} » : {reasons}", f"{what.en} of “{dataset}”: {reasons}")
    verb = "committee reject" if stage == "rejected" else "committee return"
    number = open_act(conn, record, verb=verb, article=VALIDATION, words=words)
    (ruling,) = committees.rule(conn, number, sitting, [Item("dataset", dataset, words.fr, against=against)], record)
    details = {"dataset": dataset, "decision": ruling.decision, "adopted": ruling.adopted, "reasons": reasons, **there}
    if ruling.adopted:
        _set_stage(conn, number, dataset, stage, record.on)
    return Done(number, verb, VALIDATION, words, details | {"state": stage if ruling.adopted else "submitted"})


@act
def validate(
    conn: Conn,
    dataset: str,
    version: Version,
    sitting: Sitting,
    record: Record,
    *,
    against: Collection[str] = (),
    absent: Collection[str] = (),
    put: Callable[[Conn, str], object] | None = None,
    rehearse: bool = False,
) -> Done:
    """The technical committee validates a version: each partner of that day becomes its owner, for ever (004 §3.4).

    Only what was submitted to it, with a complete metadata record, at a meeting whose attendance tells of all partners.
    Refused when somebody present opposes it: the dataset stays where it was, and nothing is written. `put` brings the
    rows of the version into the layer, when they wait for it; `rehearse` leaves them out: what it gives is undone.
    """
    require_coproduced(conn, dataset)
    _require_submitted(conn, dataset, record.on)
    _require_decided(conn, dataset)
    require_metadata(conn, dataset)
    there = committees.attendance(conn, sitting, absent, record.on)
    words = Text(
        f"Le comité technique valide « {dataset} » (version {version.name}) ; il entre à l'inventaire.",
        f"The technical committee validates “{dataset}” (version {version.name}); it enters the inventory.",
    )
    number = open_act(conn, record, verb="committee validate", article=VALIDATION, words=words)
    item = Item("dataset", dataset, f"Validation de « {dataset} », version {version.name}", against=against)
    (ruling,) = committees.rule(conn, number, sitting, [item], record)
    if not ruling.adopted:
        raise refused(
            "Charte MIG, § 2.4.2",
            Text(
                f"La validation de « {dataset} » n'est pas adoptée : un partenaire présent s'y oppose.",
                f"The validation of “{dataset}” is not adopted: a partner present opposes it.",
            ),
            remedy=Text("Consignez le vote avec « committee record ».", "Record the vote with “committee record”."),
        )
    owners = freeze(conn, number, dataset, version, ruling.decision, record.on)
    if put is not None:
        put(conn, dataset)
    if not rehearse:
        _require_served(conn, dataset)
    details = {"dataset": dataset, "version": version.name, "co_owners": owners, "decision": ruling.decision, **there}
    return Done(number, "committee validate", VALIDATION, words, details)


def _require_submitted(conn: Conn, dataset: str, on: date) -> None:
    now = stage_of(conn, dataset, on)
    if now == "submitted":
        return
    way = " → ".join((*ROAD[ROAD.index(now) + 1 :], "")) if now in ROAD else "structured → … → submitted"
    way = way.removesuffix(" → ")
    raise refused(
        VALIDATION,
        Text(
            f"« {dataset} » n'est pas soumis au comité technique (étape « {now} ») : il ne valide que ce qui l'est.",
            f"“{dataset}” is not submitted to the technical committee (stage “{now}”): it only validates what is.",
        ),
        remedy=Text(
            f"Menez-le jusqu'à « submitted » par « committee stage » : {way}.",
            f"Bring it to “submitted” by “committee stage”: {way}.",
        ),
        rule="only_what_is_submitted_is_validated",
    )


def _require_decided(conn: Conn, dataset: str) -> None:
    """The report of conflicts goes to the committee with a decision on each that blocks (004 §3.4; statement C-05)."""
    for row in ask(conn, "undecided_conflicts", {"dataset": dataset}):
        raise refused(
            "Charte MIG, § 3.4",
            Text(
                f"{row['undecided']} conflits de la consolidation n° {row['run']} n'ont pas de décision.",
                f"{row['undecided']} conflicts of run no. {row['run']} have no decision.",
            ),
            remedy=Text(
                f"« consolidation conflicts {row['run']} --undecided », « consolidation decide »…",
                f"“consolidation conflicts {row['run']} --undecided”, “consolidation decide”…",
            ),
            rule="conflicts_are_decided_before_submission",
        )


def _require_served(conn: Conn, dataset: str) -> None:
    """A version is validated with its rows in the layer: never the rows of the one before under its name (§ 3.4)."""
    if ask(conn, "waiting_base", {"dataset": dataset}):
        raise refused(
            VALIDATION,
            Text(
                f"La base consolidée de « {dataset} » n'est pas encore dans la collection.",
                f"The consolidated base of “{dataset}” is not in the collection yet.",
            ),
            remedy=Text(
                f"Validez par la commande, qui l'y met : « committee record --validate {dataset} ».",
                f"Validate by the command, which puts it there: “committee record --validate {dataset}”.",
            ),
            rule="a_version_is_validated_with_its_rows",
        )


def require_metadata(conn: Conn, dataset: str, *, published: bool = True) -> None:
    """Refused without a complete metadata record: what opens data to partners, and what validates them, comes after it
    (004 glossary, § 3.2.3; D-07, C-10). Each field that is missing is named with its clause.

    Not `published`: a dataset that no publication holds yet passes, since publishing asks the same.
    """
    entry = publications.latest(conn).collections.get(dataset)
    if entry is None:
        if not published:
            return
        raise refused(
            metadata_record.ARTICLE,
            Text(
                f"« {dataset} » n'a pas de fiche de métadonnées : sa déclaration n'est pas publiée.",
                f"“{dataset}” has no metadata record: its declaration is not published.",
            ),
            remedy=Text("Publiez-la : « collections publish ».", "Publish it: “collections publish”."),
            rule=COMPLETE_RECORD,
        )
    missing = metadata_record.missing(entry["declaration"])
    if missing:
        keys = ", ".join(lack.field for lack in missing)
        told = {lang: " ; ".join(f"{one.field} ({one.clause}) : {one.text.in_(lang)}" for one in missing)
                for lang in LANGUAGES}  # fmt: skip
        raise refused(
            metadata_record.ARTICLE,
            Text(
                f"La fiche de métadonnées de « {dataset} » est incomplète : {keys}.",
                f"The metadata record of “{dataset}” is incomplete: {keys}.",
            ),
            remedy=Text(
                f"Complétez collections/{dataset}.yml et publiez. {told['fr']}",
                f"Complete collections/{dataset}.yml and publish. {told['en']}",
            ),
            rule=COMPLETE_RECORD,
        )


def freeze(conn: Conn, number: int, dataset: str, version: Version, decision: int, on: date) -> list[str]:
    """Write a version, its inventory entry and its co-owners: the partners of the day, contributors or not."""
    said = {"act": number, "dataset": dataset, "version": version.name, "decision": decision, "on": on}
    conn.execute(
        "insert into registry.dataset_version (act, dataset, version, sha256, crs)"
        " values (%(act)s, %(dataset)s, %(version)s, %(sha256)s, %(crs)s)",
        {**said, "sha256": version.sha256, "crs": version.crs},
    )
    conn.execute(
        "insert into registry.inventory_entry (act, dataset, version, decision)"
        " values (%(act)s, %(dataset)s, %(version)s, %(decision)s)",
        said,
    )
    rows = conn.execute(
        "insert into registry.co_owner (act, dataset, version, organisation, decision, since)"
        " select distinct %(act)s::bigint, %(dataset)s, %(version)s, m.organisation, %(decision)s::bigint, %(on)s::date"
        " from registry.membership m"
        " where m.state = 'adherent' and m.closed_by is null and m.valid @> %(on)s::date"
        " returning organisation",
        said,
    )
    owners = sorted(organisation for (organisation,) in rows)
    history.end(conn, number, "next_version", {"dataset": dataset}, history.span(on))
    set_state(conn, number, dataset, "coproduced", "validated", on, decision)
    return owners


def set_state(
    conn: Conn, number: int, dataset: str, kind: str, state: str, on: date | None, decision: int | None = None
) -> None:
    """From the day on, the dataset is in this state; None is since always."""
    said: dict[str, Any] = {"kind": kind, "state": state, "decision": decision}
    history.put(conn, number, "dataset_state", {"dataset": dataset}, said, history.span(on))
