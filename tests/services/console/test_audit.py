"""The pages of the audit trail: read by whom and about whom, checked in words, and taken away as a file."""

import asyncio
import json

import httpx
import pytest

from shared.engine.deferred.chaining import LINES, row_id
from shared.engine.ports.store import Change
from tests.services.console.browsing import headline
from tests.services.console.world import TENANT, World
from tests.waiting import until


@pytest.fixture(scope="module")
def looked_at(cell: World, admin: httpx.Client) -> str:
    """Somebody at whose card an admin has looked, as the trail says."""
    person = cell.add_person("Yara Nowak")
    admin.get(f"/people/{person}")

    async def is_told() -> bool:
        return "looked at a card" in (await asyncio.to_thread(admin.get, "/audit", params={"about": "yara"})).text

    cell.run(until(is_told))
    return person


def test_lines_are_found_by_who_did_it_and_about_whom(admin: httpx.Client, looked_at: str) -> None:
    page = admin.get("/audit", params={"by": "rosa", "about": "yara"})
    assert "The latest was on" in headline(page)
    assert "looked at a card" in page.text
    assert f'href="/people/{looked_at}"' not in page.text, "lines lead to who has done it"
    assert "Yara Nowak" in page.text
    assert headline(admin.get("/audit", params={"by": "yara"})) == "Nothing is on this trail."
    page = admin.get("/audit", params={"by": "no such name"})
    assert "Nobody has that name" in page.text
    assert headline(admin.get("/audit", params={"service": "matching"}))


def test_pages_of_a_trail_lead_back_in_time(admin: httpx.Client, looked_at: str) -> None:
    for _ in range(60):
        admin.get(f"/people/{looked_at}")
    page = admin.get("/audit")
    older = page.text.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert older.startswith("/audit?")
    assert "What was done and seen until" in headline(admin.get(older))


def test_a_trail_is_a_table_or_lines(admin: httpx.Client, looked_at: str) -> None:
    table = admin.get("/audit/export", params={"format": "csv"})
    assert table.headers["content-type"].startswith("text/csv")
    assert "attachment" in table.headers["content-disposition"]
    assert looked_at in table.text
    lines = admin.get("/audit/export", params={"format": "jsonl"}).text.splitlines()
    assert [json.loads(line)["number"] for line in lines] == list(range(1, len(lines) + 1))


def test_a_trail_is_checked_and_a_line_that_was_changed_is_found(
    cell: World, admin: httpx.Client, looked_at: str
) -> None:
    page = admin.get("/audit/check")
    assert headline(page) == "Every line is as it was written."
    store = cell.cell.engines["intake"].store
    line = Change(LINES, row_id(TENANT, 1), {}, {"operation": "nothing"})
    cell.run(store.transact([line]))
    page = admin.get("/audit/check")
    assert headline(page) == "This trail is not as it was written."
    assert "line 1 was changed" in page.text


def test_nobody_reads_it_but_admins(cell: World, looked_at: str) -> None:
    with cell.browser() as browser:
        cell.sign_in(browser, "yara@example.org")
        for path in ("/audit", "/audit/check", "/audit/export"):
            assert browser.get(path).status_code == 403
