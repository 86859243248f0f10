"""Reading a scenario file: its world into facts, its questions, what it expects; each slip told with its line."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from mig_idg.charter.decision import AccessRequest
from mig_idg.charter.facts import (
    ACTIONS,
    GROUNDS,
    METADATA,
    MODES,
    OPEN_LICENCES,
    ROLES,
    STATES,
    TAKEDOWNS,
    Agreement,
    Dataset,
    Delegation,
    EptCommune,
    Facts,
    Kind,
    Membership,
    Restriction,
    RowLimit,
    Span,
    SubDistribution,
    Terms,
    Transfer,
)
from mig_idg.charter.fields import Fields
from mig_idg.charter.located_yaml import Mapping, Node, read
from mig_idg.charter.rulebook import RULEBOOK
from mig_idg.errors import InvalidDeclaration, Text, nearest

SPAN = ("from", "to")
ROW_LIMITS = ("own_territory",)
LISTED = ("hidden", "obligations", "other", "rows")
RULE_IDS = (*(rule.id for rule in RULEBOOK.rules), RULEBOOK.silence.id)


@dataclass(frozen=True, slots=True)
class Question:
    """One line to answer; `expect` None expects nothing, else a subset of the answer's keys."""

    name: str
    request: AccessRequest
    expect: MappingOf[str, Any] | None
    line: int


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that is answered as written, and probably not meant."""

    file: str
    line: int
    text: Text


@dataclass(frozen=True, slots=True)
class Scenario:
    """A file understood: its facts, its questions, and what looks like a slip of the pen."""

    facts: Facts
    questions: tuple[Question, ...]
    remarks: tuple[Remark, ...]


def parse(text: str, file: str) -> Scenario:
    """The scenario written in a YAML text; InvalidDeclaration with file and line when it is not understood."""
    return _Parser(file).scenario(read(text, file))


class _Parser:
    """Reads the nodes of one file into facts and questions."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.remarks: list[Remark] = []

    def scenario(self, node: Node) -> Scenario:
        top = Fields(node, self.file, "scénario", ("world", "questions"))
        for key in ("world", "questions"):
            if key not in top:
                what = Text(f"« {key} » est attendu.", f"“{key}” is expected.")
                raise InvalidDeclaration(self.file, node.line, what)
        facts = self.world(top.items["world"])
        rows = enumerate(top.rows("questions"), start=1)
        questions = tuple(self.question(row, number, facts) for number, row in rows)
        return Scenario(facts, questions, tuple(self.remarks))

    def remark(self, line: int, fr: str, en: str) -> None:
        self.remarks.append(Remark(self.file, line, Text(fr, en)))

    def world(self, node: Node) -> Facts:
        world = Fields(
            node,
            self.file,
            "world",
            (
                "charter",
                "memberships",
                "ept_communes",
                "sub_distributions",
                "delegations",
                "third_party_transfers",
                "datasets",
            ),
        )
        charter = Span()
        if "charter" in world:
            charter = self.span(Fields(world.items["charter"], self.file, "charter", SPAN))
        datasets = self.datasets(world)
        return Facts(
            charter=charter,
            memberships=tuple(self.membership(row) for row in world.rows("memberships")),
            ept_communes=tuple(self.ept_commune(row) for row in world.rows("ept_communes")),
            sub_distributions=tuple(self.sub_distribution(row) for row in world.rows("sub_distributions")),
            delegations=tuple(self.delegation(row) for row in world.rows("delegations")),
            third_party_transfers=tuple(self.transfer(row) for row in world.rows("third_party_transfers")),
            datasets=datasets,
        )

    def span(self, fields: Fields) -> Span:
        start, end = fields.day("from"), fields.day("to")
        if start is not None and end is not None and end <= start:
            self.remark(
                fields.items["to"].line,
                f"{fields.where} : cette période ne couvre aucun jour (de {start} inclus à {end} exclu).",
                f"{fields.where}: this span covers no day (from {start} included to {end} excluded).",
            )
        return Span(start, end)

    def membership(self, node: Node) -> Membership:
        fields = Fields(node, self.file, "memberships", ("organisation", *SPAN))
        return Membership(fields.required("organisation"), self.span(fields))

    def ept_commune(self, node: Node) -> EptCommune:
        fields = Fields(node, self.file, "ept_communes", ("ept", "commune", *SPAN))
        return EptCommune(fields.required("ept"), fields.required("commune"), self.span(fields))

    def sub_distribution(self, node: Node) -> SubDistribution:
        known = ("ept", "commune", "acknowledged", "datasets", "rows", *SPAN)
        fields = Fields(node, self.file, "sub_distributions", known)
        return SubDistribution(
            fields.required("ept"),
            fields.required("commune"),
            fields.flag("acknowledged"),
            self.span(fields),
            self.some(fields),
            self.rows(fields),
        )

    def delegation(self, node: Node) -> Delegation:
        known = ("delegator", "contractor", "acknowledged", "datasets", *SPAN)
        fields = Fields(node, self.file, "delegations", known)
        return Delegation(
            fields.required("delegator"),
            fields.required("contractor"),
            fields.flag("acknowledged"),
            self.span(fields),
            self.some(fields),
        )

    def transfer(self, node: Node) -> Transfer:
        known = ("giver", "recipient", "dataset", "acknowledged", *SPAN)
        fields = Fields(node, self.file, "third_party_transfers", known)
        return Transfer(
            fields.required("giver"),
            fields.required("recipient"),
            fields.required("dataset"),
            fields.flag("acknowledged"),
            self.span(fields),
        )

    def some(self, fields: Fields) -> frozenset[str] | None:
        """The datasets an act or a delegation is limited to; None when it names none."""
        words = fields.words("datasets")
        return None if words is None else frozenset(words)

    def rows(self, fields: Fields) -> RowLimit | None:
        return cast("RowLimit | None", fields.one_of("rows", ROW_LIMITS))

    def datasets(self, world: Fields) -> dict[str, Dataset]:
        node = world.items.get("datasets")
        if node is None:
            return {}
        if not isinstance(node, Mapping):
            what = Text("datasets : un jeu par clé est attendu", "datasets: one dataset per key is expected")
            raise world.wrong(node, what)
        return {id: self.dataset(id, told) for id, told in node.items.items()}

    def dataset(self, id: str, node: Node) -> Dataset:
        known = (
            "kind",
            "state",
            "owner",
            "co_owners",
            "working_group",
            "attributes",
            "metadata",
            "terms",
            "exceptions",
            "takedown",
            "licence",
            "frozen_audience",
        )
        fields = Fields(node, self.file, f"datasets, {id}", known)
        fields.required("kind")
        kind = cast("Kind", fields.one_of("kind", STATES))
        fields.required("state")
        frozen = fields.words("frozen_audience")
        dataset = Dataset(
            id=id,
            kind=kind,
            state=cast("str", fields.one_of("state", STATES[kind])),
            owner=fields.text("owner"),
            co_owners=fields.word_set("co_owners"),
            working_group=fields.word_set("working_group"),
            attributes=fields.words("attributes") or (),
            metadata=fields.one_of("metadata", METADATA) or "public",
            terms=self.terms(fields.items["terms"]) if "terms" in fields else None,
            exceptions=tuple(self.exception(row) for row in fields.rows("exceptions")),
            takedown=fields.one_of("takedown", TAKEDOWNS),
            licence=fields.text("licence"),
            frozen_audience=None if frozen is None else frozenset(frozen),
        )
        self.look_over(dataset, fields)
        return dataset

    def look_over(self, dataset: Dataset, fields: Fields) -> None:
        """Remark on words that mean nothing here and look like a known one."""
        near = nearest(dataset.licence, OPEN_LICENCES) if dataset.licence else None
        if near is not None and near != dataset.licence:
            self.remark(
                fields.items["licence"].line,
                f"la licence « {dataset.licence} » n'est pas ouverte ; vouliez-vous dire « {near} » ?",
                f"licence “{dataset.licence}” is not open; did you mean “{near}”?",
            )
        hidden = dataset.terms.hidden_attributes if dataset.terms else frozenset()
        named = hidden.union(*(exception.attributes for exception in dataset.exceptions))
        for attribute in sorted(named.difference(dataset.attributes)):
            self.remark(
                fields.line,
                f"« {attribute} » n'est pas un attribut de {dataset.id}.",
                f"“{attribute}” is not an attribute of {dataset.id}.",
            )

    def terms(self, node: Node) -> Terms:
        known = (
            "mode",
            "named",
            "agreed",
            "actions",
            "hidden_attributes",
            "extends_to_ept_communes",
            "allows_contractors",
            "rows",
            *SPAN,
        )
        fields = Fields(node, self.file, "terms", known)
        agreed = fields.rows("agreed")
        return Terms(
            mode=fields.one_of("mode", MODES) or "closed",
            actions=frozenset(fields.words("actions", ACTIONS) or ()),
            named=fields.word_set("named"),
            agreed=frozenset(fields.word("agreed", row) for row in agreed if not isinstance(row, Mapping)),
            agreements=tuple(self.agreement(row) for row in agreed if isinstance(row, Mapping)),
            hidden_attributes=fields.word_set("hidden_attributes"),
            extends_to_ept_communes=fields.flag("extends_to_ept_communes"),
            allows_contractors=fields.flag("allows_contractors"),
            span=self.span(fields),
            rows=self.rows(fields),
        )

    def agreement(self, node: Node) -> Agreement:
        """A body agreed to for some actions only: `{organisation: A, actions: [view]}`."""
        fields = Fields(node, self.file, "terms, agreed", ("organisation", "actions"))
        return Agreement(fields.required("organisation"), frozenset(fields.words("actions", ACTIONS) or ()))

    def exception(self, node: Node) -> Restriction:
        known = ("ground", "attributes", "objection_proved", "law_allows", "beneficiaries", *SPAN)
        fields = Fields(node, self.file, "exceptions", known)
        fields.required("ground")
        return Restriction(
            ground=cast("str", fields.one_of("ground", GROUNDS)),
            attributes=fields.word_set("attributes"),
            objection_proved=fields.flag("objection_proved"),
            law_allows=fields.flag("law_allows"),
            beneficiaries=fields.word_set("beneficiaries"),
            span=self.span(fields),
        )

    def question(self, node: Node, number: int, facts: Facts) -> Question:
        known = ("name", "organisation", "roles", "action", "dataset", "on", "expect")
        fields = Fields(node, self.file, f"question {number}", known)
        fields.required("on")
        request = AccessRequest(
            organisation=fields.text("organisation"),
            roles=frozenset(fields.words("roles", ROLES) or ()),
            action=fields.required("action"),
            dataset=fields.required("dataset"),
            on=cast("date", fields.day("on")),
        )
        if request.dataset not in facts.datasets:
            near = nearest(request.dataset, facts.datasets)
            self.remark(
                fields.items["dataset"].line,
                f"jeu de données inconnu : « {request.dataset} »" + (f" ; proche : « {near} »." if near else "."),
                f"unknown dataset: “{request.dataset}”" + (f"; close to “{near}”." if near else "."),
            )
        expect = self.expectation(fields.items["expect"]) if "expect" in fields else None
        return Question(fields.text("name") or f"question {number}", request, expect, node.line)

    def expectation(self, node: Node) -> dict[str, Any]:
        known = ("outcome", "rule", "article", "reason", *LISTED)
        fields = Fields(node, self.file, "expect", known)
        expect: dict[str, Any] = {
            "outcome": fields.one_of("outcome", ("permit", "deny")),
            "rule": fields.one_of("rule", RULE_IDS),
            "article": fields.text("article"),
            "reason": fields.text("reason"),
            "hidden": fields.words("hidden"),
            "obligations": fields.words("obligations"),
            "other": fields.words("other", RULE_IDS),
            "rows": fields.words("rows"),
        }
        return {key: value for key, value in expect.items() if value is not None}
