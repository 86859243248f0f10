"""`python -m mig_idg.ogc.processes.alone MODULES`: the isolated process of plug-ins that read nothing of ours."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from typing import Any

from mig_idg.jobs.child import Told, answer_calls, give_up
from mig_idg.ogc.processes import plugins
from mig_idg.ogc.processes.declared import Declaration


def main(arguments: list[str]) -> None:
    """Describe and execute the plug-ins of the allow-list, until whoever asks is gone."""
    give_up()
    modules = tuple(arguments[0].split(","))

    async def answering(call: Mapping[str, Any], _tell: Told) -> Any:
        if "describe" in call:
            declared = [Declaration.model_validate(one) for one in call["describe"]]
            return await asyncio.to_thread(lambda: {one.id: plugins.describe(one, modules) for one in declared})
        return await asyncio.to_thread(plugins.execute, call, modules, None)

    asyncio.run(answer_calls(answering))


if __name__ == "__main__":
    main(sys.argv[1:])
