"""`make bench-console`: what the console's pages cost, with thousands of people in a program, as a phone sees them.

A whole system starts from nothing and takes in PEOPLE people (half of them mentors). Each page is opened in Chromium,
360 x 740, at 1.6 Mbit/s and 150 ms, with a processor slowed down four times, each time with an empty cache; and asked
without a browser for the time that the server takes. Prints a table, and writes `build/bench/console.json`; ends with 1
if a budget does not hold.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, sync_playwright
from rich.console import Console
from rich.table import Table

from deploy.first_steps.sample import prepare
from deploy.operate.target import running_here
from deploy.tour.api import Caller, Changed, Read, services_at
from tests.browser import OPTIONS, chromium
from tests.journeys.one_system.place import Place
from tests.waiting import until

RESULT = Path("build/bench/console.json")
PEOPLE, PASSES, ASKED = 10_000, 5, 100
UNDECIDED = 100
"""Of the people, so many have applied and are not decided."""

PATIENCE = 1_800.0
"""Seconds for all of them to have arrived."""

SETTLED, ANSWERED = 1_000, 300
"""Milliseconds in which a page comes to rest, and in which a key is answered."""

WARM = 5
"""How often each page is asked for before it counts."""

AT_WORK = ("unstarted", "running", "requested")
AREAS = ("software development", "design", "data science", "marketing", "project management")
GOALS = ("grow from beginner to mid-level", "switch career to IT", "find a job")

SLOWER = 4
NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}

OBSERVE = """(() => {
  window.seen = { lcp: 0, cls: 0, inp: 0 };
  const each = (type, look, more = {}) =>
    new PerformanceObserver((list) => list.getEntries().forEach(look)).observe({ type, buffered: true, ...more });
  each("largest-contentful-paint", (one) => { seen.lcp = one.startTime; });
  each("layout-shift", (one) => { if (!one.hadRecentInput) seen.cls += one.value; });
  each("event", (one) => { seen.inp = Math.max(seen.inp, one.duration); }, { durationThreshold: 16 });
})();"""
"""Core Web Vitals, as browsers tell them: the largest paint, shifts of the layout, the slowest answer to a key."""


@dataclass(frozen=True, slots=True)
class Costs:
    """What a page costs: milliseconds, a share, kilobytes, and how many; `server` is the p95 without a browser."""

    lcp: float
    cls: float
    inp: float
    kilobytes: float
    scripts: float
    requests: float
    server: float = 0.0


BUDGET = Costs(lcp=1_500, cls=0.02, inp=200, kilobytes=60, scripts=30, requests=10, server=100)
FIELDS = [field.name for field in fields(Costs)]

PAGES = {
    "Today": "/today",
    "Programs": "/programs",
    "Program": "/programs/{program}",
    "Applications": "/programs/{program}/applications",
    "Pool": "/programs/{program}/pool",
    "Who waits": "/programs/{program}/waiting",
    "Run": "/programs/{program}/runs/{run}",
    "At risk": "/programs/{program}/at-risk",
    "Figures": "/programs/{program}/figures",
    "People": "/people",
}


class Report(Read):
    """A dry run's report."""

    sha256: str


class Anybody(Read):
    """Somebody in the pool."""


class Progress(Read):
    """How far an import or a run has come."""

    status: str


@dataclass(frozen=True, slots=True)
class Filled:
    """A system with many people: where its pages are, how somebody gets in, and what there is."""

    console: str
    link: str
    program: str
    run: str

    def paths(self) -> dict[str, str]:
        """Where each of the pages is."""
        return {name: path.format(program=self.program, run=self.run) for name, path in PAGES.items()}


def main() -> None:
    """Measure, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE, help="How many take part in the program.")
    parser.add_argument("--passes", type=int, default=PASSES, help="How often each page is opened.")
    words = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        place = Place(Path(home))
        child = place.up(until="Sign in as")
        try:
            costs = _measured(asyncio.run(_fill(Path(home), words.people)), words.passes)
        finally:
            child.stop()
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps({name: asdict(one) for name, one in costs.items()}, indent=1) + "\n")
    _show(costs, words.people)
    sys.exit(0 if all(_holds(one, name) for one in costs.values() for name in FIELDS) else 1)


async def _fill(home: Path, people: int) -> Filled:
    """Let so many people into a program of the sample organization, and match them."""
    running = running_here(home)
    async with services_at(running.services) as services:
        sample = await prepare(services, running.operator())
        admin = await sample.sign_in("admin")
        program = (await admin.post("intake", "/programs", {"title": "A large program"})).id
        await admin.post("intake", f"/programs/{program}/publish")
        half = (people - UNDECIDED) // 2
        await _import(admin, program, "mentor", range(half))
        await _import(admin, program, "mentee", range(half, 2 * half))
        await _import(admin, program, "mentee", range(2 * half, people), approve="false")
        await _all_known(admin, program, 2 * half)
        run = (await admin.post("matching", f"/programs/{program}/runs", {})).id
        await _ended(admin, "matching", f"/runs/{run}")
        link = (await sample.new_link("admin")).link
    return Filled(running.services["console"], link, program, run)


async def _import(admin: Caller, program: str, role: str, numbers: range, approve: str = "true") -> None:
    """Bring people in from a file, as a manager does."""
    lines = [
        f"Person {number},person-{number}@example.org,{AREAS[number % 5]},{GOALS[number % 3]}" for number in numbers
    ]
    content = "\n".join(["name,email,areas,goals", *lines]).encode()
    path, options = f"/programs/{program}/imports", {"role": role, "approve": approve}
    sent: dict[str, Any] = {"content": content, "headers": {"Content-Type": "text/csv"}, "timeout": PATIENCE}
    report = await admin.post_for("intake", path, Report, params=options, **sent)
    options |= {"dry_run": "false", "sha256": report.sha256}
    started = await admin.post_for("intake", path, Changed, params=options, **sent)
    await _ended(admin, "intake", f"/imports/{started.id}")


async def _ended(admin: Caller, service: str, path: str) -> None:
    """Wait until an import or a run is at work no longer."""

    async def has_ended() -> bool:
        return (await admin.get(service, path, Progress)).status not in AT_WORK

    await until(has_ended, PATIENCE, every=1.0)


async def _all_known(admin: Caller, program: str, people: int) -> None:
    """Wait until matching knows so many people."""

    async def are_known() -> bool:
        return len(await admin.every("matching", f"/programs/{program}/pool", Anybody)) >= people

    await until(are_known, PATIENCE, every=5.0)


def _measured(filled: Filled, passes: int) -> dict[str, Costs]:
    """What each page costs, in the median of the passes; the pages take turns."""
    taken = {name: list[Costs]() for name in PAGES}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=OPTIONS)
        state = _sign_in(browser, filled)
        for _ in range(passes):
            for name, path in filled.paths().items():
                taken[name].append(_opened(browser, state, filled.console + path))
        browser.close()
    served = _served(filled, {one["name"]: one["value"] for one in state["cookies"]})
    return {name: replace(_medians(each), server=served[name]) for name, each in taken.items()}


def _sign_in(browser: Browser, filled: Filled) -> Any:
    """What a browser keeps of somebody who is signed in, as Playwright writes it."""
    context = browser.new_context(base_url=filled.console)
    page = context.new_page()
    page.goto(f"/sign-in?link={filled.link}")
    page.locator("main form button").first.click()
    page.wait_for_url("**/today")
    state = context.storage_state()
    context.close()
    return state


def _opened(browser: Browser, state: Any, address: str) -> Costs:
    """Open a page with an empty cache, on a slow phone; press a key, and open the menu."""
    context = browser.new_context(storage_state=state, viewport={"width": 360, "height": 740})
    context.add_init_script(OBSERVE)
    page = context.new_page()
    speaks = context.new_cdp_session(page)
    kinds, sizes = dict[str, str](), dict[str, float]()
    speaks.on("Network.requestWillBeSent", lambda sent: kinds.update({sent["requestId"]: sent.get("type", "")}))
    speaks.on("Network.loadingFinished", lambda done: sizes.update({done["requestId"]: done["encodedDataLength"]}))
    speaks.send("Network.enable")
    speaks.send("Network.emulateNetworkConditions", NETWORK)
    speaks.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address, wait_until="load")
    page.wait_for_timeout(SETTLED)
    for key in ("?", "Escape"):
        page.keyboard.press(key)
        page.wait_for_timeout(ANSWERED)
    found = page.evaluate("window.seen")
    context.close()
    scripts = sum(size for id, size in sizes.items() if kinds.get(id) == "Script")
    total = sum(sizes.values()) / 1024
    return Costs(found["lcp"], found["cls"], found["inp"], total, scripts / 1024, len(kinds))


def _served(filled: Filled, cookies: Mapping[str, str]) -> dict[str, float]:
    """How long the server takes for each page, in milliseconds, at the 95th percentile; the pages take turns."""
    taken = {name: list[float]() for name in PAGES}
    with httpx.Client(base_url=filled.console, cookies=dict(cookies), trust_env=False, timeout=PATIENCE) as browser:
        for turn in range(ASKED):
            for name, path in filled.paths().items():
                began = time.perf_counter()
                answer = browser.get(path)
                if answer.status_code != httpx.codes.OK:
                    sys.exit(f"{name} answers {answer.status_code}: {answer.text[:300]}")
                if turn >= WARM:
                    taken[name].append((time.perf_counter() - began) * 1000)
    return {name: statistics.quantiles(each, n=20)[-1] for name, each in taken.items()}


def _medians(taken: Sequence[Costs]) -> Costs:
    return Costs(*(statistics.median(getattr(one, name) for one in taken) for name in FIELDS))


def _holds(costs: Costs, name: str) -> bool:
    return bool(getattr(costs, name) <= getattr(BUDGET, name))


def _show(costs: Mapping[str, Costs], people: int) -> None:
    """What was found, beside the budget."""
    units = ("LCP, ms", "CLS", "INP, ms", "KB", "of it scripts", "requests", "server p95, ms")
    table = Table("page", *units, title=f"With {people:,} people in the program")
    for name, one in {**costs, "at most": BUDGET}.items():
        cells = (f"{getattr(one, field):,.2f}".rstrip("0").rstrip(".") for field in FIELDS)
        marks = ("" if name == "at most" or _holds(one, field) else "red" for field in FIELDS)
        table.add_row(name, *(f"[{mark}]{cell}[/]" if mark else cell for cell, mark in zip(cells, marks, strict=True)))
    Console(width=150).print(table)


if __name__ == "__main__":
    main()
