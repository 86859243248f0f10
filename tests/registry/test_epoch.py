"""One transaction of facts is one move of the epoch, and the workers hear of it. This module commits."""

from datetime import date

from mig_idg.database import connect
from mig_idg.registry import facts, seed
from mig_idg.registry.organisations import Organisation, register


def test_a_transaction_moves_the_epoch_once_however_many_facts_it_writes(database_url):
    with connect(database_url) as conn, connect(database_url, autocommit=True) as listener:
        listener.execute("listen idg_epoch")
        before = facts.epoch(conn)
        conn.commit()
        seed.potential_partners(conn)
        conn.commit()
        heard = [int(notice.payload) for notice in listener.notifies(timeout=5, stop_after=1)]
        assert facts.epoch(conn) == before + 1 == facts.load(conn, date(2026, 1, 1)).number
        assert heard == [before + 1]


def test_what_is_rolled_back_moves_nothing(database_url, on):
    with connect(database_url) as conn:
        before = facts.epoch(conn)
        register(conn, Organisation("essai", "Essai", "association"), on(date(2026, 1, 1)))
        conn.rollback()
        assert facts.epoch(conn) == before


def test_facts_seeded_twice_are_the_same_facts(database_url):
    with connect(database_url) as conn:
        seed.potential_partners(conn)
        conn.commit()
        number = facts.epoch(conn)
        conn.commit()
        assert seed.potential_partners(conn) is False
        conn.commit()
        assert facts.epoch(conn) == number
