"""A past version, and what changed between two, as relations that are read like the layer itself.

The grant of a caller on the layer is turned into one on the rows of versions: the same columns, the same rows of
territory, another relation. Pages, filters, counts and files then need to know nothing of versions. Numbers of versions
are ours (whole numbers), columns are those of the grant: nothing of a client is in the text.
"""

from __future__ import annotations

from dataclasses import replace

from mig_idg.store.grant import Grant, profile_name
from mig_idg.store.statement import Statement, literal, quoted
from mig_idg.store.table import Column, Table

CHANGE, CHANGED, BEFORE = "idg_change", "idg_changed", "idg_before"
GEOMETRY = "geometry"

_DIFFERENCE_COLUMNS = (
    Column(CHANGE, "text", "text", "text", "string", nullable=False, codes=("added", "changed", "removed")),
    Column(CHANGED, "text", "text", "text", "string"),
    Column(BEFORE, "jsonb", "jsonb", "json", "object"),
)

_TOLD = """
select coalesce(jsonb_agg(to_jsonb(v) || jsonb_build_object('co_owners', (
    select coalesce(jsonb_agg(c.organisation order by c.organisation), '[]')
    from registry.co_owner c where c.dataset = v.collection and c.version = v.validated
  )) order by v.number desc), '[]')::text
from versions.version v
where v.collection = $1
"""


def told(collection: str) -> Statement:
    """Every version of a layer, the last one first, in one JSON array; pruned ones among them."""
    return Statement(_TOLD, (collection,))


def of_version(grant: Grant, collection: str, number: int) -> Grant:
    """The same grant on the rows of one version; of version 0, no row."""
    table, columns, role = _profile(grant, collection)
    rows = f"(select {_list(columns)} from served.{quoted(role)} where {_in(number)}) as idg_version"
    return _granted(grant, table, columns, role, rows, f"version {number}", number)


def of_difference(grant: Grant, collection: str, before: int, after: int) -> Grant:
    """The same grant on what changed from one version to another, as far as its columns and rows tell it.

    A row that changed only in columns that the caller does not see did not change for them. Of what was removed, the
    values and the geometry are those it had; `idg_before` has those that a changed row had.
    """
    table, columns, role = _profile(grant, collection)
    view, id = f"served.{quoted(role)}", quoted(table.id.name)
    wanted = _list(columns)
    differs = {name: _differs(name, table) for name in columns if name != table.id.name}
    changed = [f"case when {test} then {literal(_called(name, table))} end" for name, test in differs.items()]
    was = [
        f"case when {test} then jsonb_build_object({literal(name)}, a.{quoted(name)}) else '{{}}' end"
        for name, test in differs.items()
        if not _shape(name, table)
    ]
    both = "a.idg_there and b.idg_there"
    told = ", ".join(
        f"case when b.idg_there then b.{quoted(name)} else a.{quoted(name)} end as {quoted(name)}" for name in columns
    )
    relation = f"""(
select {told},
  case when a.idg_there is null then 'added' when b.idg_there is null then 'removed' else 'changed' end as {CHANGE},
  case when {both} then concat_ws(', ', {", ".join(changed) or "null"}) end as {CHANGED},
  case when {both} then {" || ".join(was) or "'{}'::jsonb"} end as {BEFORE}
from (select true as idg_there, {wanted} from {view} where {_in(before)} and not ({_in(after)})) a
full join (select true as idg_there, {wanted} from {view} where {_in(after)} and not ({_in(before)})) b
  on a.{id} = b.{id}
where a.idg_there is null or b.idg_there is null or {" or ".join(differs.values()) or "false"}
) as idg_difference"""
    table = replace(table, columns=(*table.columns, *_DIFFERENCE_COLUMNS))
    return _granted(grant, table, columns, role, relation, f"difference {before} {after}", None)


def _profile(grant: Grant, collection: str) -> tuple[Table, tuple[str, ...], str]:
    """The table without what publication prepared, the columns kept of it, and the profile that shows them."""
    table = replace(grant.table.written, stats=None)
    columns = (*table.names, *([table.geometry.name] if table.geometry else []))
    return table, columns, profile_name(collection, columns, "p")


def _granted(
    grant: Grant, table: Table, kept: tuple[str, ...], role: str, relation: str, what: str, number: int | None
) -> Grant:
    key = f"{grant.key}\x1f{role}\x1f{what}"
    return replace(grant, table=table, role=role, key=key, kept=kept, relation=relation, version=number, writer="")


def _in(number: int) -> str:
    return f"idg_from <= {int(number)} and idg_to > {int(number)}"


def _list(columns: tuple[str, ...]) -> str:
    return ", ".join(map(quoted, columns))


def _shape(name: str, table: Table) -> bool:
    return table.geometry is not None and name == table.geometry.name


def _called(name: str, table: Table) -> str:
    return GEOMETRY if _shape(name, table) else name


def _differs(name: str, table: Table) -> str:
    """Whether a value differs: as it is written, since some types have no equality, and text may have a loose one."""
    column = quoted(name)
    if _shape(name, table):
        return f"(st_asewkb(a.{column}) is distinct from st_asewkb(b.{column}))"
    return f"(a.{column}::text is distinct from b.{column}::text)"
