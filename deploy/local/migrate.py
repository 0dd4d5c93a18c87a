"""Make what all services need in the database and on the broker: `python -m deploy.local.migrate`.

In one process, since starting one for each takes longer than the work.
"""

import asyncio
import sys

from shared import event_loop
from shared.installed import installed_services
from shared.main import migrate
from shared.observe import logs
from shared.settings import SettingsWrong


async def migrate_all() -> None:
    """As `python -m services.<each> migrate` does; raises SettingsWrong."""
    await asyncio.gather(*(migrate(service, service.settings.load()) for service in installed_services()))


if __name__ == "__main__":
    logs.set_up("migrate")
    try:
        event_loop.run(migrate_all())
    except SettingsWrong as error:
        sys.exit(f"A setting is wrong:\n{error}")
