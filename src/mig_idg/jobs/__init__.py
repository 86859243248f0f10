"""Work that outlives a request: who asked for it, where it stands, what came of it.

model      a job, and the moves between its states
records    jobs in PostgreSQL: submit, find, list, dismiss, what came of them
frames     how two processes speak through a pipe
isolated   a process of its own, with a limit of time and memory, that may be ended at any moment
child      the other end: the loop of such a process
worker     takes jobs from the queue (procrastinate), runs each in an isolated process, survives its own death
egress     the one function that calls out: declared hosts, public addresses, https
"""

from mig_idg.jobs.model import Job, Output
from mig_idg.jobs.records import Records

__all__ = ["Job", "Output", "Records"]
