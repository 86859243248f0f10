"""The routes of deposits. Writes draw from no pool of readers: rights are confirmed first, no file is sent twice."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from mig_idg.deposits import operations
from mig_idg.deposits.handlers import SMALL_BODY, Handlers
from mig_idg.deposits.receive import Quarantine
from mig_idg.deposits.records import Deposits
from mig_idg.deposits.scan import Mode, Scanner
from mig_idg.deposits.work import Workshop
from mig_idg.guard.route import Route
from mig_idg.jobs import Records
from mig_idg.validators.library import Library


class Configured(Protocol):
    """What we read of the settings."""

    @property
    def home(self) -> Path:
        """Where deposits are kept."""

    @property
    def standards_folder(self) -> Path:
        """Where the schemas of other bodies are."""

    @property
    def deposit_max_mb(self) -> int:
        """The largest file."""

    @property
    def malware_scan(self) -> Mode:
        """Whether the scan is needed."""

    @property
    def clamav_socket(self) -> str:
        """Where clamd listens."""


def workshop(settings: Configured) -> Workshop:
    """The quarantine and the scanner that the settings name."""
    quarantine = Quarantine(settings.home.resolve() / "deposits", settings.deposit_max_mb * 1024 * 1024)
    library = Library(settings.standards_folder)
    return Workshop(quarantine, Scanner(settings.malware_scan, settings.clamav_socket), library)


def handlers(settings: Configured, records: Records) -> Handlers:
    """The handlers of deposits: for programs, and for the pages of desks."""
    return Handlers(Deposits(records.pool), records, workshop(settings).quarantine)


def routes(settings: Configured, records: Records) -> tuple[Route, ...]:
    """`/deposits` and what is under it."""
    ours = handlers(settings, records)
    one, most = "/deposits/{deposit}", settings.deposit_max_mb * 1024 * 1024
    return (
        Route("/deposits", "listing", ours.deposits, methods=("GET", "HEAD", "POST", "OPTIONS"), pool="none",
              body_limit=most, operations=operations.DEPOSITS),
        Route(one, "listing", ours.deposit, methods=("GET", "HEAD", "PATCH", "DELETE"), pool="none", body_limit=most,
              operations=operations.DEPOSIT),
        Route(f"{one}/check", "contribute", ours.check, methods=("POST",), pool="none", body_limit=SMALL_BODY,
              operations=(operations.CHECK,)),
        Route(f"{one}/certification", "contribute", ours.certify, methods=("PUT",), pool="none",
              body_limit=SMALL_BODY, operations=(operations.CERTIFICATION,)),
        Route(f"{one}/sign", "contribute", ours.sign, methods=("POST",), pool="none", body_limit=SMALL_BODY,
              operations=(operations.SIGN,)),
        Route(f"{one}/publication", "contribute", ours.publication, methods=("POST",), pool="none",
              body_limit=SMALL_BODY, operations=(operations.PUBLICATION,)),
        Route(f"{one}/report", "listing", ours.report, pool="admin", operations=(operations.REPORT,)),
        Route(f"{one}/report.csv", "listing", ours.report_csv, pool="admin", operations=(operations.REPORT_CSV,)),
        Route(f"{one}/report.geojson", "listing", ours.report_geojson, pool="admin",
              operations=(operations.REPORT_GEOJSON,)),
    )  # fmt: skip
