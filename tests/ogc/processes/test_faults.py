"""What happens to jobs when processes die: none is lost."""

from __future__ import annotations

import signal
from typing import Any

import pytest


@pytest.mark.slow
def test_a_job_outlives_the_worker_that_ran_it(process_it: Any) -> None:
    with process_it() as running:
        under_way = running.later("new", {"words": "a", "seconds": 3})
        running.until(under_way, ("running",))
        running.worker[0].send_signal(signal.SIGKILL)
        running.worker[0].wait()
        waiting = running.later("old", {"number": 4})
        running.start()
        assert running.ended(waiting)["status"] == "successful"
        assert running.ended(under_way)["status"] == "successful"
        assert running.service.get(f"{under_way}/results").status_code == 200


@pytest.mark.slow
def test_a_worker_that_is_stopped_gives_back_what_it_ran(process_it: Any) -> None:
    with process_it() as running:
        job = running.later("new", {"words": "a", "seconds": 4})
        running.until(job, ("running",))
        running.worker[0].terminate()
        running.worker[0].wait(20)
        running.start()
        assert running.ended(job)["status"] == "successful"


@pytest.mark.slow
def test_an_execution_without_a_worker_is_answered_in_time_and_left_behind(process_it: Any) -> None:
    with process_it(sync_seconds=1) as running:
        running.worker[0].terminate()
        running.worker[0].wait(20)
        response = running.execute("old", {"number": 1}, "owner")
        assert response.status_code == 503
        assert "respond-async" in response.json()["remedy"]
        jobs = running.service.get("/jobs", "owner").json()["jobs"]
        assert [one["status"] for one in jobs] == ["dismissed"]
