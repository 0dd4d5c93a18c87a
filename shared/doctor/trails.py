"""Are the audit trails of the service as they were written?"""

import asyncio

from shared.clock import system_clock
from shared.doctor.finding import Notes
from shared.engine.deferred.chain_watch import tenants, unsealed, verify
from shared.engine.ports.store import Store
from shared.trail.seal import Seals

SECONDS = 5.0
"""For all of them: what does not come to its turn is looked at by the workers, and by `ithaca audit verify`."""


async def look(store: Store, seals: Seals, notes: Notes) -> None:
    """Take down which trails were changed, shortened or reordered."""
    loop, service = asyncio.get_running_loop(), seals.service
    until, every, looked = loop.time() + SECONDS, await tenants(store), 0
    for tenant in every:
        if loop.time() >= until:
            break
        looked += 1
        breaks = await verify(store, tenant) + await unsealed(store, tenant, seals, system_clock())
        if breaks:
            remedy = (
                f"`ithaca audit verify --organization {tenant} --service {service}` names every break: see its runbook."
            )
            notes.wrong("audit trail", f"that of {tenant} is not as it was written: {breaks[0]}", remedy)
    broken = any(finding.name == "audit trail" for finding in notes.findings)
    if looked < len(every):
        words = f"{looked} of {len(every)} trails were looked at in {SECONDS:g} s"
        notes.warn("audit trail", words, f"Look at the others with `ithaca audit verify --service {service}`.")
    elif not broken:
        notes.ok("audit trail", f"the trails of {len(every)} organizations are as they were written")
