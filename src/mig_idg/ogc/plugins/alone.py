"""`python -m mig_idg.ogc.plugins.alone MODULES [NAME]`: the isolated process of one provider plug-in.

With NAME it only looks for that plug-in: exit 0 when it is there, 1 and why otherwise.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from typing import Any

from mig_idg.jobs.child import Told, answer_calls, give_up
from mig_idg.ogc.plugins import provider


def main(arguments: list[str]) -> None:
    """Answer for the plug-in until whoever asks is gone."""
    give_up()
    modules = tuple(arguments[0].split(","))
    if len(arguments) > 1:
        try:
            provider.found(arguments[1], modules)
        except Exception as error:
            print(f"{type(error).__name__}: {error}")
            sys.exit(1)
        return

    async def answering(call: Mapping[str, Any], _tell: Told) -> Any:
        return await asyncio.to_thread(provider.answer, call, modules)

    asyncio.run(answer_calls(answering))


if __name__ == "__main__":
    main(sys.argv[1:])
