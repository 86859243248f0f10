"""Two clerks at once, and a database that is not ready. This module commits."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest

from mig_idg.database import connect
from mig_idg.errors import Conflict, Unavailable
from mig_idg.registry import ept, facts, history, membership, seed
from mig_idg.registry.refusals import answering

DAY = date(2026, 3, 1)


def at_once(url, *acts):
    """Each act on a connection of its own, started together; gives what each answered."""
    barrier = Barrier(len(acts))

    def run(act):
        with connect(url) as conn:
            conn.execute("select 1")
            barrier.wait(timeout=30)
            try:
                return act(conn)
            except Conflict as error:
                return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_the_same_act_typed_by_two_clerks_at_once_is_done_once(database_url, on, adhere):
    with connect(database_url) as conn:
        seed.potential_partners(conn)
        adhere(conn, "ept-t4", DAY)
    answers = at_once(database_url, *[lambda c: ept.sub_distribute(c, "ept-t4", "92033", on(DAY))] * 4)
    assert sum(isinstance(response, Conflict) for response in answers) == 3
    with connect(database_url) as conn:
        assert len(history.known(conn, "sub_distribution", {"commune": "92033"})) == 1


def test_acts_of_several_clerks_are_all_known_in_order(database_url, on):
    bodies = ["92050", "92024", "92012", "92048"]
    at_once(database_url, *[lambda c, body=body: membership.apply(c, body, on(DAY)) for body in bodies])
    with connect(database_url) as conn:
        instants = [row[0] for row in conn.execute("select recorded_at from registry.act order by id").fetchall()]
        assert instants == sorted(set(instants))
        assert all(membership.membership_status(conn, body, DAY)["state"] == "admissible" for body in bodies)


def test_facts_under_way_are_not_read_and_have_a_later_number(database_url, on):
    with connect(database_url) as conn, connect(database_url) as other:
        other.execute("select 1")
        membership.apply(other, "92078", on(DAY))
        world = facts.load(conn, DAY)
        other.commit()
        assert world.number < facts.load(conn, DAY).number


def test_a_database_without_a_registry_says_to_migrate(cluster):
    with connect(cluster.url(role="idg_owner", database="postgres")) as conn:
        with pytest.raises(Unavailable, match="registre") as problem, answering():
            facts.load(conn, DAY)
        assert "db migrate" in problem.value.text()
