"""`serve --watch`: a file of collections/ that changes is published, or told with its line and nothing changes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from mig_idg.cli import messages
from mig_idg.cli.messages import say
from mig_idg.errors import Problem, Text
from mig_idg.publication import watch_state
from mig_idg.settings import Settings


def start(folder: Path, owner_url: str, settings: Settings) -> Callable[[], None]:
    """Watch in a thread of its own; the function given back ends it."""
    stop = threading.Event()
    watch_state.write(settings.home, "watching")
    thread = threading.Thread(target=_watch, args=(folder, owner_url, settings, stop), daemon=True)
    thread.start()

    def end() -> None:
        stop.set()
        thread.join(timeout=5)
        watch_state.forget(settings.home)

    return end


def _watch(folder: Path, owner_url: str, settings: Settings, stop: threading.Event) -> None:
    from watchfiles import watch

    say(Text(f"Je surveille {folder}.", f"Watching {folder}."), err=True)
    for changes in watch(folder, stop_event=stop, debounce=400, recursive=False):
        if any(Path(path).suffix in (".yml", ".yaml") for _, path in changes):
            publish_and_tell(folder, owner_url, settings)


def publish_and_tell(folder: Path, owner_url: str, settings: Settings) -> bool:
    """Publish the folder; on any trouble say what is wrong and keep what was there. True when it was published."""
    from mig_idg.database import connect
    from mig_idg.publication.publish import InvalidCollections, publish
    from mig_idg.store.prepare import settle

    try:
        with connect(owner_url) as connection:
            done = publish(
                connection,
                folder,
                author=f"{messages.author()} (watch)",
                on=messages.today(),
                rasters=settings.raster_place().root,
                modules=settings.plugin_modules,
            )
            # No tile is drawn ahead here: whoever is writing waits for nothing but the publication.
            settle(connection)
    except InvalidCollections as invalid:
        watch_state.write(settings.home, "refused", len(invalid.errors))
        for error in invalid.errors:
            say(error.text(messages.lang()), err=True)
        say(
            Text("Rien n'a changé : la publication en force reste.", "Nothing changed: the publication stays."),
            err=True,
        )
        return False
    except Problem as error:
        watch_state.write(settings.home, "refused", 1)
        say(error.text(messages.lang()), err=True)
        return False
    watch_state.write(settings.home, "published")
    say(Text(f"Publication n° {done.number} en force.", f"Publication no. {done.number} in force."), err=True)
    return True
