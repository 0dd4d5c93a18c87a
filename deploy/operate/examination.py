"""The process in which `ithaca doctor` looks: `python -m deploy.operate.examination matching notify --json`.

Its environment has the settings of all these services.
"""

import asyncio
import logging
import sys
from collections.abc import Sequence

from shared import event_loop
from shared.doctor.command import AS_JSON, print_report, progress
from shared.doctor.examination import examine
from shared.doctor.finding import Examined, Finding
from shared.installed import load_service
from shared.main import assemble


def merged(every: Sequence[Examined]) -> Examined:
    """One for all services: what was found about each of them is said once, the rest with the services' names."""
    known: dict[Finding, list[str]] = {}
    for examined in every:
        for finding in examined.findings:
            known.setdefault(finding, []).extend(examined.services)
    services = [name for examined in every for name in examined.services]
    findings = [
        finding if names == services else finding.model_copy(update={"found": f"{', '.join(names)}: {finding.found}"})
        for finding, names in known.items()
    ]
    return Examined(services=services, cell=every[0].cell, version=every[0].version, findings=findings)


async def examine_all(names: Sequence[str]) -> Examined:
    """Look at each of the services."""
    services = [load_service(name) for name in names]
    report = progress(sys.stderr)
    return merged(await asyncio.gather(*(examine(service, assemble, report) for service in services)))


if __name__ == "__main__":
    logging.disable()
    words = sys.argv[1:]
    found = event_loop.run(examine_all([word for word in words if word != AS_JSON]))
    sys.exit(print_report(found, as_json=AS_JSON in words))
