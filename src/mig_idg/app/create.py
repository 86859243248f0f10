"""`create_app` is the building's directory: what is mounted, on what it stands, how it opens and closes."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import structlog

from mig_idg.app import metrics
from mig_idg.app.asgi import Application
from mig_idg.app.harvest_gauges import Harvest
from mig_idg.app.notices import Notices
from mig_idg.app.operations import Operations
from mig_idg.app.session_key import session_key
from mig_idg.database.measurements import Writers
from mig_idg.database.pool import PLANNED_ONCE, READ_ONLY, READ_WRITE, Pool, PoolLimits, Watch
from mig_idg.database.supervision import read_state
from mig_idg.errors import Lang, Unavailable
from mig_idg.guard.current import Clock, Current
from mig_idg.guard.evaluation import Evaluation
from mig_idg.guard.journal import Journal
from mig_idg.guard.rates import Rates
from mig_idg.guard.resources import Resources
from mig_idg.guard.route import Route, Router
from mig_idg.guard.threshold import Guard
from mig_idg.jobs import Records
from mig_idg.publication import watch_state
from mig_idg.settings import Settings

if TYPE_CHECKING:
    from mig_idg.guard.oidc import Oidc
    from mig_idg.guard.sessions import Sessions

POOL_LIMITS = {
    "items": PoolLimits(size=5, waiting=128, caller=100, at_once=3, shared=2),
    "tiles": PoolLimits(size=4, waiting=128, caller=100, at_once=3, shared=1),
    "exports": PoolLimits(size=3, waiting=8, caller=2),
    "admin": PoolLimits(size=2, waiting=256, caller=192, shared=1),
}
log = structlog.get_logger(__name__)

Render = Callable[[str, Mapping[str, Any], Lang], str]


def utc_now() -> datetime:
    """The clock of the server; tests give another."""
    return datetime.now(UTC)


END_SECONDS = 5.0
"""How long the tasks beside the requests have to end, once they are told to."""


def create_app(
    settings: Settings, url: str, *, clock: Clock = utc_now, routes: Iterable[Route] | None = None
) -> Application:
    """The application on the database at `url` (the role without rights)."""
    pools = {
        kind: Pool(url, limits, options=PLANNED_ONCE if kind == "items" else READ_ONLY)
        for kind, limits in POOL_LIMITS.items()
    }
    writers = Pool(url, PoolLimits(size=3, waiting=32), options=READ_WRITE)
    records = Records(Pool(url, PoolLimits(size=2, waiting=128), options=READ_WRITE))
    current = Current(url, clock, unguarded=not settings.rights)
    journal = Journal(writers, enabled=settings.journal and settings.rights, clock=clock)
    every_pool = (*pools.values(), writers, records.pool)

    def on_down() -> None:
        for pool in every_pool:
            pool.fail()

    def on_up() -> None:
        for pool in every_pool:
            pool.down = False

    watch = Watch(url, on_epoch=current.hear, on_down=on_down, on_up=on_up)
    harvest = Harvest(records.pool)
    notices = Notices(records.pool, mail_server=settings.smtp_host is not None)
    exposition = metrics.Exposition(
        lambda: {
            **gauges(current, {**pools, "writes": writers}, journal, read_state(settings.home)),
            **harvest.gauges(current.clock()),
            **notices.gauges(current.clock()),
        },
        folder=os.environ.get(metrics.FOLDER_VARIABLE),
    )
    operations = Operations(
        current,
        lambda: watch.up,
        lambda: read_state(settings.home),
        exposition,
        lambda: watch_state.read(settings.home),
        lambda: notices.told(current.clock()),
    )
    evaluation = Evaluation(current.facts_on)
    from mig_idg.guard.sessions import Sessions

    oidc, sessions = identity(settings, clock)
    measurements = Writers(url)
    if routes is None:
        more = [*remark_routes(settings, url, sessions, clock, records), *open_data_routes(url)]
        more += sensor_routes(measurements)
        routes = every_route(settings, records, more)
        routes += desk_routes(settings, url, sessions, clock, records)
    by_mail = mail_routes(settings, url, sessions, clock)
    mounted = Router([*operations.routes(), *evaluation.routes(), *routes, *sessions.routes(), *by_mail])
    resources = resources_of(settings, url)
    resources.provide(Sessions, lambda: sessions)
    guard = Guard(
        mounted,
        current,
        pools,
        writers,
        journal,
        base_url=settings.public_url,
        oidc=oidc,
        sessions=sessions,
        rates=Rates(settings.rate_limit),
        resources=resources,
    )
    tasks: list[asyncio.Task[None]] = []

    async def start() -> None:
        try:
            await current.refresh()
        except Unavailable as error:
            # A database half restored, or away: 503 until it is there. A worker that ends takes the others along.
            log.warning("waiting-for-database", reason=error.text("en"))
        on_up()
        tasks.extend((asyncio.create_task(watch.run()), asyncio.create_task(journal.run())))
        tasks.append(asyncio.create_task(_written(exposition)))
        tasks.append(asyncio.create_task(harvest.run()))
        tasks.append(asyncio.create_task(notices.run()))
        await watch.first_beat()
        if oidc is not None:
            await oidc.refresh()
            tasks.append(asyncio.create_task(oidc.run()))

    async def stop() -> None:
        for task in tasks:
            task.cancel()
        # What a task raises while it is cancelled (a connection that goes) keeps nothing from being closed.
        ended, _ = await asyncio.wait(tasks, timeout=END_SECONDS) if tasks else ((), ())
        for task in ended:
            if not task.cancelled() and (error := task.exception()) is not None:
                log.warning("task-ended", reason=type(error).__name__)
        for step in (journal.flush, current.close, resources.shut_down):
            try:
                await step()
            except Exception as error:
                log.error("not-ended-well", step=step.__qualname__, reason=type(error).__name__)
        resources.close()
        measurements.close()
        for pool in every_pool:
            pool.close()

    return Application(
        guard,
        render=renderer(settings),
        operations=operations,
        start=start,
        stop=stop,
        access_log=settings.access_log,
    )


async def _written(exposition: metrics.Exposition) -> None:
    """Leave what this worker counts for whichever worker is asked."""
    while True:
        exposition.write()
        await asyncio.sleep(metrics.WRITTEN_EVERY_SECONDS)


def gauges(
    current: Current, pools: Mapping[str, Pool], journal: Journal, supervised: Mapping[str, Any] | None
) -> dict[str, metrics.Gauges]:
    """What the service holds at this moment, by families of `/metrics`."""
    snapshot = current.snapshot
    use = {name: pool.use for name, pool in pools.items()}
    found: dict[str, metrics.Gauges] = {
        "idg_generation": ("Publication in force", None, {"": snapshot.generation if snapshot else 0}),
        "idg_epoch": ("Epoch of rights in force", None, {"": snapshot.epoch if snapshot else 0}),
        "idg_pool_size": ("Connections at most", "pool", {name: one["most"] for name, one in use.items()}),
        "idg_pool_busy": ("Connections held by a request", "pool", {name: one["busy"] for name, one in use.items()}),
        "idg_pool_idle": ("Connections open and free", "pool", {name: one["idle"] for name, one in use.items()}),
        "idg_pool_shared": ("Connections shared", "pool", {name: one["shared"] for name, one in use.items()}),
        "idg_queue": (
            "Requests that wait for a connection, lines that wait to be journalled",
            "queue",
            {**{name: one["waiting"] for name, one in use.items()}, "journal": journal.waiting},
        ),
    }
    if current.published_at is not None:
        age = (current.clock() - current.published_at).total_seconds()
        found["idg_publication_age_seconds"] = ("Since the publication in force was made", None, {"": max(age, 0.0)})
    if supervised is not None:
        restarts = float(supervised.get("restarts") or 0)
        found["idg_postgresql_restarts"] = ("Times PostgreSQL was started again", None, {"": restarts})
    return found


def identity(settings: Settings, clock: Clock) -> tuple[Oidc | None, Sessions]:
    """How people sign in: by token, and with OpenID Connect when the settings name an issuer.

    Else none of its libraries is loaded (10 MB).
    """
    from mig_idg.guard.sessions import Sessions

    key, by_mail = session_key(settings), settings.smtp_host is not None
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        return None, Sessions(None, key, settings.public_url, clock, by_mail=by_mail)
    from mig_idg.guard.oidc import Oidc, Provider

    secret = settings.oidc_client_secret.get_secret_value() if settings.oidc_client_secret else None
    audience = settings.oidc_audience or settings.oidc_client_id
    oidc = Oidc(Provider(settings.oidc_issuer, settings.oidc_client_id, secret, audience), clock)
    return oidc, Sessions(oidc, key, settings.public_url, clock, by_mail=by_mail)


def every_route(settings: Settings, records: Records, more: Iterable[Route] = ()) -> list[Route]:
    """All routes of the trades; `more` are those that stand on what only an application has."""
    from mig_idg.app.described_layers import DescribedLayers
    from mig_idg.catalogue.conformance import CONFORMANCE as CATALOGUE
    from mig_idg.catalogue.handlers import listed
    from mig_idg.catalogue.inventory import routes as inventory_routes
    from mig_idg.catalogue.routes import routes as catalogue_routes
    from mig_idg.deposits.routes import routes as deposit_routes
    from mig_idg.guard.withdrawn import answering_gone
    from mig_idg.harvest.routes import routes as harvest_routes
    from mig_idg.ogc import describe
    from mig_idg.ogc.describe.describer import Describer
    from mig_idg.ogc.processes.routes import routes as process_routes
    from mig_idg.ogc.routes import ROUTES
    from mig_idg.ogc.service_metadata import load_service
    from mig_idg.registry.harvested import Harvested
    from mig_idg.registry.inventory import Inventory
    from mig_idg.registry.tombstones import Tombstones
    from mig_idg.web.routes import routes as web_routes

    describer = Describer(load_service(settings.config_file), beside=CATALOGUE, listed=listed)
    others = [*ROUTES, *process_routes(settings, records), *deposit_routes(settings, records), *web_routes()]
    others += more
    harvest = Harvested(records.pool)
    tombstones = Tombstones(records.pool)
    others += [*catalogue_routes(DescribedLayers(describer), harvest, tombstones), *harvest_routes(harvest)]
    others += inventory_routes(Inventory(records.pool))
    every = [*describe.routes(settings, others, describer), *others]
    described = ("/collections/{collection}", "/collections/{collection}/record")
    return [answering_gone(one, tombstones) if one.pattern in described else one for one in every]


def mail_routes(settings: Settings, url: str, sessions: Sessions, clock: Clock) -> tuple[Route, ...]:
    """Sign-in by a link sent by mail, where there is a mail server."""
    if settings.smtp_host is None:
        return ()
    from mig_idg.guard.clerk import Clerk
    from mig_idg.guard.mail_sign_in import MailSignIn

    return MailSignIn(sessions, Clerk(url), session_key(settings), clock).routes()


def remark_routes(
    settings: Settings, url: str, sessions: Sessions, clock: Clock, records: Records
) -> tuple[Route, ...]:
    """The routes of remarks, which the clerk keeps."""
    from mig_idg.guard.clerk import Clerk
    from mig_idg.registry.harvested import Harvested
    from mig_idg.remarks.handlers import Desk
    from mig_idg.remarks.routes import routes as routes_of_remarks

    key, harvested = session_key(settings), Harvested(records.pool).records
    return routes_of_remarks(Desk(Clerk(url), sessions, key, clock, settings.remark_days, harvested))


def sensor_routes(writers: Writers) -> tuple[Route, ...]:
    """The routes of measurements, which a role of their own writes."""
    from mig_idg.sensors.routes import routes as routes_of_sensors

    return routes_of_sensors(writers)


def desk_routes(settings: Settings, url: str, sessions: Sessions, clock: Clock, records: Records) -> tuple[Route, ...]:
    """The routes of desks, whose acts are written as `idg_clerk`."""
    from mig_idg.deposits.routes import handlers
    from mig_idg.web.desks.routes import routes as routes_of_desks

    largest = settings.deposit_max_mb * 1024 * 1024
    return routes_of_desks(
        url,
        sessions,
        session_key(settings),
        clock,
        handlers(settings, records),
        largest,
        records=records,
        mail_server=settings.smtp_host is not None,
    )


def open_data_routes(url: str) -> tuple[Route, ...]:
    """The routes of open data, which the clerk reads."""
    from mig_idg.catalogue import open_board, open_sets, opening, standards
    from mig_idg.guard.clerk import Clerk

    clerk = Clerk(url)
    return tuple(one for part in (opening, standards, open_board, open_sets) for one in part.routes(clerk))


def resources_of(settings: Settings, url: str) -> Resources:
    """What the application holds for its handlers, by the settings."""
    from mig_idg.guard.clerk import Clerk
    from mig_idg.imagery.engine import RasterEngine
    from mig_idg.ogc.plugins.sources import PluginSources
    from mig_idg.ogc.tiles.cache import TileCache
    from mig_idg.validators.library import Library

    resources = Resources()
    resources.provide(Library, lambda: Library(settings.standards_folder))
    home = settings.home.resolve() / "rasters"
    resources.provide(RasterEngine, lambda: RasterEngine(home, settings.empty_tiles, elsewhere=settings.raster_place()))
    resources.provide(Clerk, lambda: Clerk(url))
    resources.provide(TileCache, lambda: TileCache(settings.kept_tiles * 2**20))
    resources.provide(PluginSources, lambda: PluginSources(settings.plugin_modules))
    return resources


def renderer(settings: Settings) -> Render:
    """How a named page becomes HTML."""
    from mig_idg.web import pages

    return pages.renderer(settings)
