"""Pages by which people are brought in from a table: every remark at its cell, corrections, and what is taken."""

import re
from html import unescape

import httpx
import pytest

from services.console.frame.uploads import LARGEST_FILE
from services.console.importing.sheet import Damaged, Place, corrected, pack, unpack
from tests.services.console.browsing import headline
from tests.services.console.world import World
from tests.waiting import until

TITLES = "Name,E-mail,Ort,Time zone,Seats,Shoe size\n"
GOOD = "Ada Lovelace,ada.l@example.org,London,,2,38\n"
BAD_ADDRESS = "Ada Rossi,ada(at)example.org,Rome,Europe/Rome,2,39\n"
NO_NAME = ",noone@example.org,Boston,,many,40\n"
TWICE = "Ada L.,ADA.L@example.org,London,,1,41\n"
TOO_LONG = "Too,long@example.org,London,,1,41,1,2\n"
TABLE = TITLES + GOOD + BAD_ADDRESS + NO_NAME + TWICE + TOO_LONG

CELL = re.compile(r'name="(c-\d+-[a-z_]+)" value="([^"]*)"')
TOTAL = re.compile(r"<li><b>([^<]+)</b>")


def look(admin: httpx.Client, program: str, content: bytes, **fields: str) -> httpx.Response:
    path = f"/programs/{program}/import"
    files = {"file": ("mentors.csv", content, "text/csv")}
    return admin.post(path, data={"role": "mentor", "text": "", **fields}, files=files)


def totals(page: httpx.Response) -> list[int]:
    return [int(number) for number in TOTAL.findall(page.text)]


def take(cell: World, admin: httpx.Client, page: httpx.Response) -> httpx.Response:
    """What is seen of an import once it is through."""
    started = submit(admin, page, "/take")
    assert re.fullmatch(r"/programs/[^/]+/imports/[^/]+", started.url.path), started.text

    async def is_through() -> bool:
        async with httpx.AsyncClient(base_url=cell.address, cookies=admin.cookies) as browser:
            return "It goes on by itself" not in (await browser.get(started.url.path)).text

    cell.run(until(is_through, 30))
    return admin.get(started.url.path)


def submit(admin: httpx.Client, page: httpx.Response, where: str, **fields: str) -> httpx.Response:
    """Send the sheet of a page by one of its buttons, with what stands in its cells."""
    path = page.url.path.removesuffix("/check").removesuffix("/take")
    form = re.search(r'<form [^>]*id="sheet">(.*?)</form>', page.text, re.DOTALL)
    assert form, page.text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[1]))
    cells = {name: unescape(value) for name, value in CELL.findall(form[1])}
    return admin.post(path + where, data=hidden | cells | fields)


def test_every_remark_stands_at_its_cell_and_nothing_is_saved(admin: httpx.Client, program: str) -> None:
    page = look(admin, program, TABLE.encode())
    assert headline(page) == "1 of 5 rows can be taken."
    assert totals(page) == [1, 0, 0, 4, 5]
    cells = dict(CELL.findall(page.text))
    assert cells == {
        "c-3-email": "ada(at)example.org",
        "c-4-name": "",
        "c-4-seats": "many",
        "c-5-email": "ADA.L@example.org",
    }
    assert "Duplicate of line 2" in page.text
    assert "Not read: Shoe size." in page.text
    assert "Too | long@example.org | London |  | 1 | 41 | 1 | 2" in page.text
    assert "Nobody has that name." in admin.get("/people", params={"q": "noone@example.org"}).text


def test_rows_are_shown_by_what_is_said_of_them(admin: httpx.Client, program: str) -> None:
    page = look(admin, program, TABLE.encode(), show="left_out")
    assert [name for name, _ in CELL.findall(page.text)] == ["c-4-name", "c-4-seats"]
    assert "Ada Rossi" in submit(admin, page, "/check", show="refused").text


def test_cells_are_corrected_where_they_stand_and_what_is_left_is_saved_with_its_reasons(
    cell: World, admin: httpx.Client, program: str
) -> None:
    page = look(admin, program, TABLE.encode())
    page = submit(admin, page, "/check", **{"c-3-email": "ada.rossi@example.org", "c-4-name": "Noor, the second"})
    assert totals(page) == [3, 0, 0, 2, 5]
    saved = submit(admin, page, "/not-taken")
    assert saved.headers["content-disposition"].startswith("attachment;")
    rows = saved.content.decode("utf-8-sig").splitlines()
    assert len(rows) == 3
    assert "Duplicate of line 2" in rows[1]
    late = submit(admin, page, "/take", **{"c-4-seats": "3"})
    assert "Nothing was taken yet." in late.text, "nobody has looked at the corrected cell"
    done = take(cell, admin, late)
    assert headline(done) == "All 5 rows are read."
    assert totals(done) == [3, 0, 0, 2, 5]
    assert "Noor, the second" in admin.get("/people", params={"q": "noone@example.org"}).text


def test_the_same_table_once_more_changes_nothing(cell: World, admin: httpx.Client, program: str) -> None:
    table = (TITLES + "Once Only,once@example.org,London,,2,38\n").encode()
    assert totals(take(cell, admin, look(admin, program, table))) == [1, 0, 0, 0, 1]
    page = look(admin, program, table)
    assert totals(page) == [0, 0, 1, 0, 1]
    assert totals(take(cell, admin, page)) == [0, 0, 1, 0, 1]


def test_rows_are_pasted_as_well(admin: httpx.Client, program: str) -> None:
    path = f"/programs/{program}/import"
    page = admin.post(path, data={"role": "mentee", "text": "Name\tE-mail\nPia Paste\tpia@example.org"})
    assert headline(page) == "1 of 1 row can be taken."
    assert "cells separated by tabs" in page.text
    wrong = admin.post(path, data={"role": "mentee", "text": "Nothing that is a table"})
    assert wrong.status_code == 422
    assert "The header lacks the column name and email" in wrong.text
    assert "Nothing that is a table" in wrong.text, "what was pasted stays"


@pytest.mark.parametrize("megabytes", [9, 50])
def test_a_table_that_is_too_large_is_refused_kindly(admin: httpx.Client, program: str, megabytes: int) -> None:
    page = look(admin, program, b"x" * (megabytes * 1024 * 1024))
    assert page.status_code == 422
    assert "The file is larger than 8 MB" in page.text
    assert "Look at the rows" in page.text, "the form is there again"


def test_whoever_sends_no_file_is_told_what_to_do(admin: httpx.Client, program: str) -> None:
    path = f"/programs/{program}/import"
    assert "Choose a file, or paste the rows" in admin.post(path, data={"role": "mentee", "text": ""}).text
    for where in ("/check", "/take", "/not-taken"):
        lost = admin.post(path + where, data={"carried": "nothing"})
        assert lost.status_code == 422
        assert "The file did not come along" in lost.text


def test_people_come_into_programs_that_are_open_only(cell: World, admin: httpx.Client) -> None:
    draft = str(cell.ask("intake", "CreateProgram", title="A draft")["id"])
    page = look(admin, draft, TABLE.encode())
    assert page.status_code == 409
    assert "it takes applications once it is published" in page.text


def test_a_page_carries_a_file_of_any_bytes_and_no_larger_one() -> None:
    assert unpack(pack(b"\0\xff\xfe" * 1000)) == b"\0\xff\xfe" * 1000
    for carried in ("", "???", pack(b"x" * (LARGEST_FILE + 1)), pack(b"whole")[:-4]):
        with pytest.raises(Damaged):
            unpack(carried)


def test_corrected_rows_stay_on_their_lines() -> None:
    rows = [(3, ["a\nb", "x"]), (7, ["=1", "y", "one too many"]), (8, ["c", "z"])]
    written = corrected(["name", "email"], rows, {Place(8, "name"): "C", Place(7, "name"): "never"})
    assert written is not None
    assert written.decode().split("\n") == ["name,email", "", '"a', 'b",x', "", "", "'=1,y,one too many", "C,z", ""]
    assert corrected(["name", "email"], rows, {Place(8, "name"): "c"}) is None
