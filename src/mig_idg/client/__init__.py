"""The service from a notebook: layers as GeoDataFrames, writes, deposits, records, decisions.

    from mig_idg.client import connect

    service = connect("https://sig.example", token)
    streets = service.items("adresses", bbox=(641000, 6864000, 644000, 6868000), crs=2154)

It speaks to the public addresses alone and imports nothing of the server: `pip install mig-idg[client]` on the machine
of an analyst needs no database. What the server refuses is raised as `Problem`, in the server's own sentences.
"""

from __future__ import annotations

from mig_idg.client.problem import Problem
from mig_idg.client.report import Refusal, Report
from mig_idg.client.service import Service, connect

__all__ = ["Problem", "Refusal", "Report", "Service", "connect"]
