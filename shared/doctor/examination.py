"""The order of things: the settings first, then the broker and the database at once, then who else runs."""

import asyncio
from collections.abc import Callable, Coroutine
from importlib.metadata import version

from shared.doctor import addresses, broker, database, replicas
from shared.doctor import settings as settings_of
from shared.doctor.finding import Examined, Finding, Level, Notes, Part
from shared.engine.authoring.service import Service
from shared.engine.kafka.bus import KafkaBus
from shared.engine.mongo.store import MongoStore
from shared.engine.ports.store import StoreError
from shared.engine.process.engine import Engine
from shared.settings import Settings

PATIENCE = 12.0
"""Seconds that each part gets, so that the drivers, who give up after ten, can say why."""

Assemble = Callable[[Service, Settings], Engine]
ReportStep = Callable[[str], None]

NOT_LOOKED_AT = "was not looked at: put the settings right first"
AFTERWARDS = "Put right what is wrong above, and look again."


async def examine(
    service: Service, assemble: Assemble, report_step: ReportStep, patience: float = PATIENCE
) -> Examined:
    """Look at everything; `report_step` gets what is looked at. What cannot be looked at is a finding, too.

    The broker, the database and the services get `patience` seconds each.
    """
    report_step("looks at the settings ...")
    settings, findings = settings_of.look(service)
    if settings is None:
        notes = [Notes(part) for part in (Part.BROKER, Part.DATABASE, Part.SERVICES)]
        for part in notes:
            part.warn(part.part, NOT_LOOKED_AT, AFTERWARDS)
        findings = [*findings, *(finding for part in notes for finding in part.findings)]
    else:
        findings = [*findings, *await _surroundings(service, assemble, settings, report_step, patience)]
    report_step("")
    cell = settings.cell if settings else "?"
    return Examined(services=[service.name], cell=cell, version=version("ithaca"), findings=findings)


async def _surroundings(
    service: Service, assemble: Assemble, settings: Settings, report_step: ReportStep, patience: float
) -> list[Finding]:
    try:
        engine = assemble(service, settings)
    except Exception as error:  # what the drivers refuse, such as an address with a typo in its options
        notes = Notes(Part.SETTINGS)
        remedy = "Look at ITHACA_MONGO_URL and ITHACA_KAFKA_CA_FILE."
        notes.wrong("connections", f"cannot be made with these settings ({type(error).__name__})", remedy)
        return notes.findings
    try:
        return await _look(engine, settings, report_step, patience)
    finally:
        await engine.close()


async def _look(engine: Engine, settings: Settings, report_step: ReportStep, patience: float) -> list[Finding]:
    bus, store = engine.bus, engine.store
    assert isinstance(bus, KafkaBus)
    assert isinstance(store, MongoStore)
    report_step("looks at the broker and the database ...")
    with_broker, with_database, others = Notes(Part.BROKER), Notes(Part.DATABASE), Notes(Part.SERVICES)
    await asyncio.gather(
        _bounded(broker.look(engine, bus, settings, with_broker), with_broker, patience),
        _bounded(database.look(engine, store, settings, with_database), with_database, patience),
        _bounded(replicas.issuer(settings, others), others, patience),
        _bounded(addresses.look(settings, engine.service.name, others), others, patience),
    )
    found = with_broker.findings + with_database.findings
    if any(finding.name == "reachable" and finding.level is Level.WRONG for finding in found):
        others.warn("replicas", "were not looked at", AFTERWARDS)
    else:
        report_step("looks at the services ...")
        await _bounded(replicas.look(engine, settings, others), others, patience)
    return found + others.findings


async def _bounded(work: Coroutine[None, None, None], notes: Notes, patience: float) -> None:
    """Do it within the time; whatever goes wrong is a finding, and the other parts go on."""
    try:
        async with asyncio.timeout(patience):
            await work
    except TimeoutError:
        notes.wrong("time", f"gave no answer in {patience:g} s", "Look whether it is overloaded, and at the network.")
    except (StoreError, ConnectionError) as error:
        notes.wrong("answers", str(error), "Look whether it runs, and again in a moment.")
    except Exception as error:  # a broker's refusal has many classes; none may hide what else was found
        notes.wrong("answers", f"{type(error).__name__}: {error}", "Look at what it says, and at its own log.")
