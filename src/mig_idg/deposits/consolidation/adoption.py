"""A base goes into its layer: what changed and nothing else, in one transaction; each feature keeps its origin.

Before the first validation the layer's own rows are the working copy, which the group alone reads (Charte MIG, § 3.2.2,
a contrario). Once a version is validated its rows are frozen (§ 3.4): the base of the next one waits, and takes their
place when the technical committee validates it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from psycopg import sql

from mig_idg.deposits.consolidation import proposals, runs
from mig_idg.deposits.consolidation.contributions import published
from mig_idg.deposits.intake.republish import republish
from mig_idg.errors import Conflict, Refused, Text
from mig_idg.publication import versions
from mig_idg.publication.model import Declaration
from mig_idg.registry import datasets
from mig_idg.registry.acts import Record
from mig_idg.registry.refusals import refused
from mig_idg.registry.statements import ask
from mig_idg.store import layers, vintages
from mig_idg.store.versions import Made, last_validated

WORKING = ("structured", "collecting", "consolidated")


@dataclass(frozen=True, slots=True)
class Adopted:
    """What adopting a run did: rows added, changed, removed; `waiting` when they wait for the committee."""

    run: int
    dataset: str
    added: int
    changed: int
    removed: int
    stage: str | None
    waiting: bool = False

    def as_json(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {
            "run": self.run,
            "dataset": self.dataset,
            "added": self.added,
            "changed": self.changed,
            "removed": self.removed,
            "stage": self.stage,
            "waiting": self.waiting,
        }


def adopt(connection: Any, run: int, record: Record) -> Adopted:
    """Give a run to its layer, or keep it for the next version; the coproduction is then consolidated (stage 2).

    Raises Refused when the coproduction is at another stage, Conflict when a decision was taken since the run.
    """
    with connection.transaction():
        made = runs.find(connection, run)
        dataset = made["dataset"]
        stage = datasets.stage_of(connection, dataset, record.on)
        if stage not in WORKING:
            raise not_working(dataset, stage)
        _require_up_to_date(connection, made)
        frozen = datasets.state_of(connection, dataset, record.on) == "validated"
        versions.keep_pending(connection, published(connection, dataset), record.author)
        counts = (0, 0, 0) if frozen else write(connection, made)
        if stage != "consolidated":
            datasets.move(connection, dataset, "consolidated", record)
        connection.execute(
            "update consolidation.run set adopted_at = clock_timestamp(), adopted_by = %s where id = %s",
            (record.author, run),
        )
        if not frozen:
            proposals.apply(connection, dataset)
            _version(connection, made, record.author)
            republish(connection, dataset, author=record.author)
    return Adopted(run, dataset, *counts, "consolidated", waiting=frozen)


def not_working(dataset: str, stage: str | None) -> Refused:
    """A base is adopted while the group works on its layer, at no other stage."""
    return refused(
        "Charte MIG, glossaire, § 3.2.2",
        Text(
            f"« {dataset} » en est à l'étape « {stage} » : une base s'adopte entre « structured » et « consolidated ».",
            f"“{dataset}” is at stage “{stage}”: a base is adopted between “structured” and “consolidated”.",
        ),
        remedy=Text(f"« committee stage {dataset} … »", f"“committee stage {dataset} …”"),
        rule="structure_first_then_consolidation",
    )


def publish_waiting(connection: Any, dataset: str, author: str) -> Adopted | None:
    """Put the validated base in the place of the version before, in the caller's transaction; None if none waits.

    The proposals that the group took go over it (or over the rows of now).
    Raises Conflict when a decision was taken since the run, or a contributor left out: what was removed stays removed.
    """
    found = waiting(connection, dataset)
    if found is None:
        proposals.publish(connection, dataset, author, validated=True)
        return None
    _require_up_to_date(connection, found)
    versions.keep_pending(connection, published(connection, dataset), author)
    counts = write(connection, found)
    told = proposals.apply(connection, dataset)
    if any(counts) or told.applied:
        _version(connection, found, author, validated=last_validated(connection, dataset))
    republish(connection, dataset, author=author)
    return Adopted(found["id"], dataset, *counts, None)


def waiting(connection: Any, dataset: str) -> dict[str, Any] | None:
    """The run that was adopted last, while its rows are not in the layer; None otherwise."""
    rows = ask(connection, "waiting_base", {"dataset": dataset})
    return runs.find(connection, rows[0]["run"]) if rows else None


def remove_contributor(connection: Any, dataset: str, contributor: str, author: str) -> int:
    """Remove exactly the features that a contributor gave, from the layer and its origins; how many (§ 3.3)."""
    with connection.transaction():
        declaration = published(connection, dataset)
        versions.keep_pending(connection, declaration, author)
        table = sql.Identifier(*str(declaration.source.table).split("."))
        removed = connection.execute(
            sql.SQL(
                "delete from {table} t using consolidation.origin o"
                " where o.dataset = %s and o.contributor = %s and t.{id}::text = o.id"
            ).format(table=table, id=sql.Identifier(str(declaration.source.id))),
            (dataset, contributor),
        ).rowcount
        connection.execute(
            "delete from consolidation.origin where dataset = %s and contributor = %s", (dataset, contributor)
        )
        withheld = versions.withhold(connection, dataset, contributor)
        if removed:
            made = Made("exclusion", author, versions.legal_day(connection), source=contributor)
            versions.replaced(connection, declaration, made)
        if removed or withheld:
            republish(connection, dataset, author=author)
    return int(removed)


def _version(connection: Any, made: dict[str, Any], author: str, validated: str | None = None) -> None:
    """The rows of the layer are those of a run: a version, in which nobody that gave to it is withheld any more."""
    dataset = made["dataset"]
    told = [one["contributor"] for one in made["contributions"]]
    vintages.release(connection, dataset, told)
    said = Made(
        "consolidation", author, versions.legal_day(connection), source=f"consolidation {made['id']}",
        sha256=made["sha256"], validated=validated,
    )  # fmt: skip
    versions.replaced(connection, published(connection, dataset), said)


def write(connection: Any, made: dict[str, Any]) -> tuple[int, int, int]:
    """Make the layer's rows those of the run: (added, changed, removed). What is the same is not touched."""
    run, dataset = made["id"], made["dataset"]
    declaration = published(connection, dataset)
    name = str(declaration.source.table)
    if not layers.alone(connection, name):
        raise Conflict(Text(f"Un import remplit {name} en ce moment.", f"An import is filling {name} now."))
    connection.execute("drop table if exists wanted")
    connection.execute(
        sql.SQL("create temporary table wanted on commit drop as ") + _wanted(connection, declaration), {"run": run}
    )
    connection.execute("create unique index on wanted (id)")
    connection.execute("analyze wanted")
    names = {
        "table": sql.Identifier(*name.split(".")),
        "id": sql.Identifier(str(declaration.source.id)),
        "key": sql.Literal(str(declaration.source.id)),
        "dataset": sql.Literal(dataset),
        **_insertion(connection, declaration),
    }
    changed = connection.execute(_CHANGED.format(**names)).fetchone()[0]
    removed = connection.execute(_DELETE.format(**names)).rowcount
    inserted = connection.execute(_INSERT.format(**names), {"run": run}).rowcount
    connection.execute(_ORIGINS_GONE.format(**names))
    connection.execute(_ORIGINS.format(**names), {"run": run})
    connection.execute("update consolidation.run set written_at = clock_timestamp() where id = %s", (run,))
    return inserted - changed, changed, removed - changed


def origins(connection: Any, dataset: str, id: str) -> dict[str, Any] | None:
    """Where one feature of a consolidated layer comes from (PROV: contributor, source version, processing), or None."""
    row = connection.execute(
        "select contributor, source, version, sha256, recipe, recipe_version, run from consolidation.origin"
        " where dataset = %s and id = %s",
        (dataset, id),
    ).fetchone()
    names = ("contributor", "source", "version", "sha256", "recipe", "recipe_version", "run")
    return dict(zip(names, row, strict=True)) if row else None


def _require_up_to_date(connection: Any, made: dict[str, Any]) -> None:
    (later,) = connection.execute(
        "select (select count(*) from consolidation.decision d"
        "  where d.recipe = %(recipe)s and d.decided_at > %(finished_at)s)"
        " + (select count(*) from consolidation.exclusion where recipe = %(recipe)s and recorded_at > %(finished_at)s)",
        made,
    ).fetchone()
    if later:
        raise Conflict(
            Text(
                f"{later} décisions ont été prises depuis la consolidation n° {made['id']}.",
                f"{later} decisions were taken since run no. {made['id']}.",
            ),
            remedy=Text("Consolidez de nouveau : seules elles comptent.", "Run it again: only they count."),
        )


def _types(connection: Any, declaration: Declaration) -> dict[str, str]:
    return layers.present(connection, str(declaration.source.table)) or {}


def _insertion(connection: Any, declaration: Declaration) -> dict[str, sql.Composable]:
    """The columns of the layer and what each gets: the properties, and the geometry beside them."""
    geometry = declaration.source.geometry
    names = list(_types(connection, declaration))
    values = [
        sql.SQL("w.geometry") if name == geometry else sql.SQL("p.{}").format(sql.Identifier(name)) for name in names
    ]
    return {"names": sql.SQL(", ").join(map(sql.Identifier, names)), "values": sql.SQL(", ").join(values)}


def _wanted(connection: Any, declaration: Declaration) -> sql.Composable:
    """The rows of the run with the identifier that each has in the layer: its own, or one derived from its key."""
    id = str(declaration.source.id)
    kind = _types(connection, declaration).get(id, "text")
    derived = {
        "uuid": "md5(c.contributor || chr(31) || f.key)::uuid::text",
        "integer": "(('x' || substr(md5(c.contributor || chr(31) || f.key), 1, 7))::bit(28)::int)::text",
        "bigint": "(('x' || substr(md5(c.contributor || chr(31) || f.key), 1, 15))::bit(60)::bigint)::text",
    }.get(kind, "md5(c.contributor || chr(31) || f.key)")
    return sql.SQL(
        "select coalesce(f.properties ->> {id}, " + derived + ") as id, f.key, f.digest, f.geometry, f.properties,"
        " c.contributor, c.source, c.version, c.sha256"
        " from consolidation.result r"
        " join consolidation.feature f on f.contribution = r.contribution and f.n = r.n"
        " join consolidation.contribution c on c.id = r.contribution where r.run = %(run)s"
    ).format(id=sql.Literal(id))  # fmt: skip


_CHANGED = sql.SQL("""
select count(*)
from wanted w
join consolidation.origin o on o.dataset = {dataset} and o.id = w.id
where o.digest <> w.digest
  and exists (select from {table} t where t.{id}::text = w.id)
""")

_DELETE = sql.SQL("""
delete from {table} t
where not exists (
  select from wanted w join consolidation.origin o on o.dataset = {dataset} and o.id = w.id and o.digest = w.digest
  where w.id = t.{id}::text)
""")

_INSERT = sql.SQL("""
insert into {table} ({names})
select {values}
from wanted w
cross join lateral jsonb_populate_record(null::{table}, w.properties || jsonb_build_object({key}::text, w.id)) p
where not exists (select from {table} t where t.{id}::text = w.id)
""")

_ORIGINS_GONE = sql.SQL("""
delete from consolidation.origin o
where o.dataset = {dataset}
  and not exists (select from wanted w where w.id = o.id and w.digest = o.digest)
""")

_ORIGINS = sql.SQL("""
insert into consolidation.origin
  (dataset, id, key, digest, contributor, source, version, sha256, recipe, recipe_version, run)
select {dataset}, w.id, w.key, w.digest, w.contributor, w.source, w.version, w.sha256, r.recipe, r.recipe_version, r.id
from wanted w
join consolidation.run r on r.id = %(run)s
on conflict (dataset, id) do update set contributor = excluded.contributor, source = excluded.source,
  version = excluded.version, sha256 = excluded.sha256, recipe_version = excluded.recipe_version, run = excluded.run
""")
