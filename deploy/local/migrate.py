"""Make what all services need in the database and on the broker: `python -m deploy.local.migrate`.

In one process, since starting five takes longer than the work.
"""

import asyncio
import sys
from importlib import import_module

from deploy.local.surroundings import SERVICES
from shared.engine.authoring.service import Service
from shared.main import migrate
from shared.observe import logs
from shared.settings import SettingsWrong


async def migrate_all() -> None:
    """As `python -m services.<each> migrate` does; raises SettingsWrong."""
    services: list[Service] = [import_module(f"services.{name}.service").service for name in SERVICES]
    await asyncio.gather(*(migrate(service, service.settings.load()) for service in services))


if __name__ == "__main__":
    logs.set_up("migrate")
    try:
        asyncio.run(migrate_all())
    except SettingsWrong as error:
        sys.exit(f"A setting is wrong:\n{error}")
