"""The steps that need the owner's rights: check and publish. A job runs them beside the server; the command, in place.

A step ends by one transaction: killed anywhere before, the deposit and the rows are what they were, and the step can be
done again; done twice, it is done once.
"""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg.types.json import Jsonb

from mig_idg.charter.messages import day as told_day
from mig_idg.deposits import check as checking
from mig_idg.deposits import sign as signing
from mig_idg.deposits.check import Outcome, Tell
from mig_idg.deposits.intake import imports
from mig_idg.deposits.intake.imports import Choices
from mig_idg.deposits.lifecycle import move
from mig_idg.deposits.model import MOST_UNDER_WAY, Deposit, deposit_from_json, missing, stepped
from mig_idg.deposits.receive import Quarantine
from mig_idg.deposits.records import REMEMBERED, too_many
from mig_idg.deposits.scan import Scanner
from mig_idg.errors import Conflict, Problem, Text, Unavailable, problem
from mig_idg.publication.model import Declaration
from mig_idg.registry import datasets, facts, publications
from mig_idg.registry.acts import Evidence, Record, open_act
from mig_idg.store import layers
from mig_idg.store.prepare import settle
from mig_idg.validators.library import Library

SERVICE = {"who": "mig-idg"}
ARTICLE = "Charte MIG, § 2.1.3, § 3.5.1"
ABANDONED_SECONDS = 3 * 86_400.0


@dataclass(frozen=True, slots=True)
class Workshop:
    """What the steps need beside a connection."""

    quarantine: Quarantine
    scanner: Scanner
    library: Library


def find(connection: Any, id: str, *, lock: bool = False) -> Deposit:
    """The deposit. Raises NotFound."""
    locked = " for update" if lock else ""
    row = connection.execute(
        f"select to_jsonb(d) from deposits.deposit d where d.id::text = %s{locked}",
        (id,),
    ).fetchone()
    if row is None:
        raise missing()
    return deposit_from_json(row[0])


def listing(connection: Any, dataset: str | None, state: str | None, limit: int) -> list[Deposit]:
    """Deposits of every body, newest first."""
    rows = connection.execute(
        "select to_jsonb(d) from deposits.deposit d where (%s::text is null or d.dataset = %s)"
        " and (%s::text is null or d.state = %s) order by d.created desc, d.id limit %s",
        (dataset, dataset, state, state, limit),
    ).fetchall()
    return [deposit_from_json(told) for (told,) in rows]


def events(connection: Any, id: str) -> list[dict[str, Any]]:
    """What happened to a deposit, in order."""
    rows = connection.execute(
        "select to_jsonb(e) from deposits.event e where e.deposit::text = %s order by e.number", (id,)
    ).fetchall()
    return [told for (told,) in rows]


def answerable(connection: Any, dataset: str, day: date) -> tuple[str, str]:
    """The body that answers for what is deposited by command, and the kind of the dataset. Raises Conflict.

    A contribution to a coproduction says whose it is by the account that sends it: /deposits.
    """
    kind = datasets.kind_of(connection, dataset)
    owner = datasets.owner_of(connection, dataset, day)
    declared(connection, dataset)
    if owner is None:
        raise Conflict(
            Text(f"« {dataset} » n'a pas de propriétaire au nom de qui déposer.",
                 f"“{dataset}” has no owner to deposit for."),
            remedy=Text("Contribuez au nom d'un organisme : POST /deposits, avec son jeton.",
                        "Contribute for a body: POST /deposits, with its token."),
        )  # fmt: skip
    return owner, kind


def take(connection: Any, given: Mapping[str, Any], by: Mapping[str, Any]) -> tuple[Deposit, bool]:
    """A new deposit, or the live one with this content (False). Raises TooMany."""
    if given["checklist"] is None:
        row = connection.execute(REMEMBERED.replace("$1", "%s").replace("$2", "%s"),
                                 (given["dataset"], given["organisation"])).fetchone()  # fmt: skip
        given = {**given, "checklist": row[0] if row else None}
    row = connection.execute(
        "select deposits.take(%s, %s, null, %s)", (Jsonb(dict(given)), Jsonb(dict(by)), MOST_UNDER_WAY)
    ).fetchone()
    if row[0] is None:
        raise too_many()
    return deposit_from_json(row[0]["deposit"]), row[0]["made"]


def sign(connection: Any, id: str, person: str, day: date, *, accept_removal: bool) -> Deposit:
    """The sign-off of a person who holds the mandate on the day. Raises Refused, Conflict."""
    deposit = find(connection, id, lock=True)
    move("sign", deposit.state, deposit.kind)
    (known,) = connection.execute("select deposits.referents(%s, %s)", (deposit.organisation, day)).fetchone()
    mandate = signing.signatory(known, name=person, login=None, day=day)
    dataset = facts.load(connection, day).datasets[deposit.dataset]
    grounds = {one.ground for one in dataset.exceptions if one.span.covers(day)}
    signing.require_complete(deposit, grounds, accept_removal=accept_removal)
    said = {"signature": signing.signature(mandate, day, accept_removal=accept_removal)}
    return step(connection, deposit, "sign", {"who": mandate["person"]}, said)


def step(
    connection: Any,
    deposit: Deposit,
    name: str,
    by: Mapping[str, Any],
    said: Mapping[str, Any] | None = None,
    job: Mapping[str, Any] | None = None,
) -> Deposit:
    """One move of the table. Raises Conflict."""
    after = move(name, deposit.state, deposit.kind).after
    row = connection.execute(
        "select deposits.step(%s::uuid, %s, %s, %s, %s, %s, %s)",
        (deposit.id, deposit.state, after, name, Jsonb(dict(said or {})), Jsonb(dict(by)), Jsonb(job) if job else None),
    ).fetchone()
    return stepped(row[0])


def check(connection: Any, id: str, workshop: Workshop, day: date, tell: Tell | None = None) -> Deposit:
    """Scan and examine a draft: it becomes `checked` or `refused`, with its report. Another state stays."""
    with connection.transaction():
        deposit = find(connection, id)
        declaration = declared(connection, deposit.dataset)
    if deposit.state != "draft":
        return deposit
    path = workshop.quarantine.content(id)
    _require_same(deposit, path)
    _told(tell, 5, Text("recherche de logiciels malveillants", "scanning for malware"))
    scan = workshop.scanner.scan(path)
    _told(tell, 15, Text("contrôle", "checking"))
    with connection.transaction():
        _alone(connection, id)
        if scan["verdict"] == "infected":
            outcome: Outcome = checking.infected(deposit.file, scan["signature"])
        else:
            outcome = checking.examine(connection, path, deposit.file, declaration, day, tell)
            if declaration.standard is not None:
                outcome = checking.against_standard(outcome, path, deposit.file, declaration, workshop.library, day)
        deposit = find(connection, id, lock=True)
        if deposit.state != "draft":  # withdrawn meanwhile
            return deposit
        said = {
            "scan": scan,
            "report": checking.storable(outcome.report),
            "difference": outcome.difference,
            "lacks": checking.lacking(declaration),
            "problem": None,
        }
        deposit = step(connection, deposit, "accept" if outcome.accepted else "refuse", SERVICE, said)
    if scan["verdict"] == "infected":
        workshop.quarantine.discard(id)
    return deposit


def publish(connection: Any, id: str, workshop: Workshop, day: date, tell: Tell | None = None) -> Deposit:
    """The rows of a signed deposit and its state, in one transaction. Refused, the rows served are those of before."""
    with connection.transaction():
        deposit = find(connection, id, lock=True)
        if deposit.state != "signed_off" or deposit.kind != "mutualised":
            return deposit  # published by an attempt before this one, withdrawn, or a contribution
        declaration = declared(connection, deposit.dataset)
        path = workshop.quarantine.content(id)
        _require_same(deposit, path)
        _told(tell, 10, Text("publication", "publishing"))
        with checking.named(path, deposit.file) as link:
            choices = Choices(
                on=day,
                author=f"deposit {deposit.id}",
                act="deposit",
                source=deposit.file,
                valid_from=_valid_from(deposit),
            )
            done = imports.run(connection, link, declaration, choices, checking.progress(tell))
        _write_act(connection, deposit, day)
        if done.territories is None:
            _supersede(connection, deposit)
        deposit = step(connection, deposit, "publish", SERVICE, {"problem": None})
    settle(connection)
    return deposit


def sweep(connection: Any, quarantine: Quarantine, seconds: float = ABANDONED_SECONDS) -> list[str]:
    """Destroy what nobody may ask for any more: files whose sender left before they were a deposit, withdrawn ones, and
    uploads not gone on with for long, which are withdrawn. What was signed or published is kept: it is its evidence."""
    swept = []
    for id in quarantine.older_than(seconds):
        with connection.transaction():
            row = connection.execute(
                "select to_jsonb(d) from deposits.deposit d where d.id::text = %s for update", (id,)
            ).fetchone()
            deposit = deposit_from_json(row[0]) if row else None
            if deposit is not None and deposit.state == "receiving":
                deposit = step(connection, deposit, "withdraw", SERVICE)
        if deposit is None or deposit.state == "withdrawn":
            quarantine.discard(id)
            swept.append(id)
    return swept


def declared(connection: Any, dataset: str) -> Declaration:
    """The declaration in force. Raises Conflict for a dataset that is published no more."""
    entry = publications.latest(connection).collections.get(dataset)
    if entry is None:
        raise Conflict(
            Text(f"« {dataset} » n'est plus publié : rien ne peut y entrer.",
                 f"“{dataset}” is no longer published: nothing can go in."),
            remedy=Text("Déclarez-le : mig-idg collections publish.", "Declare it: mig-idg collections publish."),
        )  # fmt: skip
    return Declaration.model_validate(entry["declaration"])


def perform(
    connection: Any, call: Mapping[str, Any], workshop: Workshop, day: date, tell: Tell | None = None
) -> dict[str, Any]:
    """What a job asks, as `jobs.worker` wants the answer: outputs, or a problem in both languages."""
    try:
        work = check if call["subject"] == "check" else publish
        work(connection, call["request"]["deposit"], workshop, day, tell)
        with suppress(OSError, Problem):  # the work is done; what could not be swept is the next one's
            sweep(connection, workshop.quarantine)
    except Problem as error:
        return {"problem": {"fr": problem(error, "fr"), "en": problem(error, "en")}}
    except Exception as error:
        internal = Problem(
            Text("Une erreur interne a interrompu le travail : le dépôt est resté où il en était.",
                 "An internal error stopped the work: the deposit stays where it was."),
            remedy=Text("Relancez-le ; si l'erreur revient, signalez ce dépôt.",
                        "Start it again; if it comes back, report this deposit."),
        )  # fmt: skip
        told = {"fr": problem(internal, "fr"), "en": problem(internal, "en")}
        return {"problem": told, "trace": "".join(traceback.format_exception(error))[-4000:]}
    return {"outputs": []}


def _valid_from(deposit: Deposit) -> date | None:
    """The day from which the depositor certifies that its data hold (T-20), or None."""
    validity = (deposit.certification or {}).get("validity")
    return date.fromisoformat(validity.partition("/")[0]) if validity else None


def _require_same(deposit: Deposit, path: Any) -> None:
    """The file is the one that was received. Raises Unavailable: it was touched, or is elsewhere."""
    try:
        with path.open("rb") as file:
            same = hashlib.file_digest(file, "sha256").hexdigest() == deposit.sha256
    except OSError:
        same = False
    if not same:
        raise Unavailable(
            Text("Le fichier de ce dépôt n'est plus dans IDG_HOME/deposits, ou n'est plus le même.",
                 "The file of this deposit is no longer in IDG_HOME/deposits, or is another."),
            remedy=Text("Retirez ce dépôt, déposez le fichier à nouveau.", "Withdraw it, deposit the file again."),
        )  # fmt: skip


def _alone(connection: Any, id: str) -> None:
    if not layers.alone(connection, f"deposit {id}"):
        raise Conflict(
            Text("Ce dépôt est déjà en cours de contrôle.", "This deposit is already being checked."),
            remedy=Text("Attendez la fin de ce contrôle.", "Wait for it to end."),
        )


def _supersede(connection: Any, deposit: Deposit) -> None:
    rows = connection.execute(
        "select to_jsonb(d) from deposits.deposit d where d.dataset = %s and d.state = 'published' for update",
        (deposit.dataset,),
    ).fetchall()
    for (told,) in rows:
        step(connection, deposit_from_json(told), "supersede", SERVICE)


def _write_act(connection: Any, deposit: Deposit, day: date) -> None:
    """The sign-off and what it published, as an act of the registry (D-11): a person, a day, the file's hash."""
    signed = deposit.signature or {}
    on = date.fromisoformat(signed["on"])
    words = Text(
        f"Dépôt de « {deposit.file} » publié dans « {deposit.dataset} », sous la signature de {signed['person']} du "
        f"{told_day(on).fr}.",
        f"Deposit of “{deposit.file}” published in “{deposit.dataset}”, signed off by {signed['person']} on "
        f"{told_day(on).en}.",
    )
    piece = Evidence("signature du référent", f"dépôt {deposit.id}, SHA-256 {deposit.sha256}", on)
    open_act(connection, Record(day, signed["person"], piece), verb="deposit publish", article=ARTICLE, words=words)


def _told(tell: Tell | None, percent: int, words: Text) -> None:
    if tell is not None:
        tell(percent, words)
