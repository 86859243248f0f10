"""The conditions of the rule book: one sentence each, true or false from the case alone.

Their words for people, in French and English, are in `rulebook.yml` beside the rules that use them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from mig_idg.charter.case import Case
from mig_idg.charter.facts import ACTIONS, OPEN_LICENCES

Condition = Callable[[Case], bool]
CONDITIONS: dict[str, Condition] = {}
IN_PREPARATION = ("proposed", "structured", "collecting", "consolidated", "submitted")


def condition(function: Condition) -> Condition:
    """Give a condition its place in the rule book, under its own name."""
    CONDITIONS[function.__name__] = function
    return function


@condition
def action_is_unknown(case: Case) -> bool:
    """The action asked for is none of those the charter's rules know."""
    return case.action not in ACTIONS


@condition
def dataset_is_unknown(case: Case) -> bool:
    """The dataset asked for is not among the facts."""
    return case.known_dataset is None


@condition
def day_is_not_a_date(case: Case) -> bool:
    """The day asked about is not a calendar day."""
    return type(case.on) is not date


@condition
def an_exception_covers_everything(case: Case) -> bool:
    """An exception in force covers the whole dataset, or exceptions on attributes together leave none."""
    bites = case.exceptions_that_bite
    return any(not exception.attributes for exception in bites) or (
        bool(bites) and case.masks.issuperset(case.dataset.attributes)
    )


@condition
def data_are_withdrawn_from_everyone(case: Case) -> bool:
    """The data were taken down for everybody."""
    return case.dataset.takedown == "all"


@condition
def data_are_withdrawn_from_the_public(case: Case) -> bool:
    """The data were taken down for the public, and the body is not a partner."""
    return case.dataset.takedown == "public" and not case.adherent


@condition
def body_is_not_the_owner(case: Case) -> bool:
    """The body asking does not own these mutualised data."""
    return not case.owner


@condition
def body_is_the_owner(case: Case) -> bool:
    """The body asking owns these mutualised data."""
    return case.owner


@condition
def body_is_adherent(case: Case) -> bool:
    """The charter is in force and the body has a membership covering the day."""
    return case.adherent


@condition
def body_is_not_adherent(case: Case) -> bool:
    """The body is not a partner on the day."""
    return not case.adherent


@condition
def body_is_pilot_staff(case: Case) -> bool:
    """The person acts for the pilot partner's administration of the platform."""
    return "pilot_staff" in case.roles


@condition
def body_sits_in_the_technical_committee(case: Case) -> bool:
    """The person sits in the technical committee."""
    return "technical_committee" in case.roles


@condition
def data_are_mutualised(case: Case) -> bool:
    """The dataset is one partner's, put at the others' disposal."""
    return case.dataset.kind == "mutualised"


@condition
def data_are_coproduced(case: Case) -> bool:
    """The dataset was made together."""
    return case.dataset.kind == "coproduced"


@condition
def data_are_published(case: Case) -> bool:
    """The owner has published the dataset."""
    return case.dataset.state == "published"


@condition
def data_are_validated(case: Case) -> bool:
    """The technical committee has validated the dataset."""
    return case.dataset.state == "validated"


@condition
def data_are_in_preparation(case: Case) -> bool:
    """The coproduction stands between its proposal and its submission to the technical committee."""
    return case.dataset.state in IN_PREPARATION


@condition
def data_are_submitted(case: Case) -> bool:
    """The coproduction is submitted to the technical committee."""
    return case.dataset.state == "submitted"


@condition
def data_are_published_or_validated(case: Case) -> bool:
    """The dataset has reached its readers: published by its owner, or validated by the committee."""
    return case.dataset.state in ("published", "validated")


@condition
def terms_are_live(case: Case) -> bool:
    """The owner has set terms, and they cover the day."""
    return case.terms is not None


@condition
def terms_list_the_action(case: Case) -> bool:
    """The owner's terms list the action asked for."""
    return case.action in case.live_terms.actions


@condition
def terms_address_the_body(case: Case) -> bool:
    """The body is in the audience of the owner's terms."""
    return case.live_terms.addresses(case.organisation, case.action)


@condition
def terms_let_it_read_what_it_executes(case: Case) -> bool:
    """To execute is to read through a process: terms that list it without a way to read give nothing."""
    terms = case.live_terms
    return case.action != "execute" or any(
        action in terms.actions and terms.addresses(case.organisation, action)
        for action in ("view", "query", "download")
    )


@condition
def terms_extend_to_ept_communes(case: Case) -> bool:
    """The owner lets EPTs pass these data to their communes, and the reading in force allows it."""
    return case.settings.ept_shared == "owner_choice" and case.live_terms.extends_to_ept_communes


@condition
def body_is_in_the_frozen_audience(case: Case) -> bool:
    """No audience was frozen when the owner left, or the body was in it."""
    frozen = case.dataset.frozen_audience
    return frozen is None or case.organisation in frozen


@condition
def there_is_no_frozen_audience(case: Case) -> bool:
    """No audience was frozen: the owner has not left."""
    return case.dataset.frozen_audience is None


@condition
def a_former_owner_may_be_served(case: Case) -> bool:
    """The owner is still a partner, or the reading in force goes on serving what a former owner shared."""
    return case.settings.former_owner == "served" or case.is_adherent(case.dataset.owner)


@condition
def body_is_a_co_owner(case: Case) -> bool:
    """The body was a partner when the dataset was validated (or joined since, if the reading in force says so)."""
    return case.is_co_owner(case.organisation)


@condition
def body_is_not_a_co_owner(case: Case) -> bool:
    """The body joined after the validation: it uses the data without owning them."""
    return not case.is_co_owner(case.organisation)


@condition
def body_is_in_the_working_group(case: Case) -> bool:
    """The body takes part in the working group of the coproduction."""
    return case.organisation in case.dataset.working_group


@condition
def an_ept_serves_the_commune(case: Case) -> bool:
    """A partner EPT has a live act for this commune, which accepted it and is a member of that EPT on the day."""
    return bool(case.serving_acts)


@condition
def an_ept_in_the_audience_serves_the_commune(case: Case) -> bool:
    """Such an EPT is in the audience of the owner's terms."""
    return any(case.live_terms.addresses(act.ept, case.action) for act in case.serving_acts)


@condition
def a_partner_delegates_to_the_contractor(case: Case) -> bool:
    """A live, accepted delegation comes from a partner who itself may do this, and may let a contractor do it."""
    return bool(case.mandates)


@condition
def the_owner_transferred_the_data(case: Case) -> bool:
    """The owner of these mutualised data transferred them to the body, which acknowledged the conditions."""
    return case.dataset.kind == "mutualised" and any(
        transfer.acknowledged and transfer.span.covers(case.on) and transfer.giver == case.dataset.owner
        for transfer in case.facts.transfers_to(case.organisation, case.request.dataset)
    )


@condition
def a_co_owner_transferred_the_data(case: Case) -> bool:
    """A co-owner, a partner on the day, transferred these validated coproduced data to the body, which acknowledged."""
    dataset = case.dataset
    return (dataset.kind, dataset.state) == ("coproduced", "validated") and any(
        transfer.acknowledged
        and transfer.span.covers(case.on)
        and case.is_co_owner(transfer.giver)
        and case.is_adherent(transfer.giver)
        for transfer in case.facts.transfers_to(case.organisation, case.request.dataset)
    )


@condition
def licence_is_open(case: Case) -> bool:
    """The dataset is under an open licence: LO-2.0 or ODbL-1.0."""
    return case.dataset.licence in OPEN_LICENCES


@condition
def metadata_are_public(case: Case) -> bool:
    """The metadata record is open to everyone."""
    return case.dataset.metadata == "public"


@condition
def metadata_are_for_partners_and_body_is_one(case: Case) -> bool:
    """The metadata record is open to partners, and the body is one."""
    return case.dataset.metadata == "partners" and case.adherent


@condition
def body_is_the_adherent_owner(case: Case) -> bool:
    """The body owns these mutualised data and is a partner."""
    return case.owner and case.adherent


@condition
def body_is_an_adherent_of_the_working_group(case: Case) -> bool:
    """The body is a partner and takes part in the working group."""
    return case.adherent and case.organisation in case.dataset.working_group


@condition
def body_may_view_the_data(case: Case) -> bool:
    """The same body, in the same roles, may see the data on a map."""
    return case.reading("view").permitted


@condition
def body_may_query_the_data(case: Case) -> bool:
    """The same body, in the same roles, may query the data."""
    return case.reading("query").permitted


@condition
def body_may_download_the_data(case: Case) -> bool:
    """The same body, in the same roles, may download the data."""
    return case.reading("download").permitted
