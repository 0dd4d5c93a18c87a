"""A file of people over HTTP: the dry run, the commit, and what can be read of it afterwards."""

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from random import Random
from typing import Any

import httpx
import pytest

from services.intake.service import service
from shared.clock import system_clock
from shared.engine.deferred import timers
from shared.engine.execution.executor import Executor
from tests.shared.sheets.files import workbook
from tests.shared.web.api import Api, running

PEOPLE = "name,email,languages,time_zone\nAda Lovelace,ada@example.org,English,Europe/London\n"
GRACE = "Grace Hopper,grace@example.org,English;German,America/New_York\n"
NOBODY = "Nobody,no address,English,\n"


@pytest.fixture
def api() -> Iterator[Api]:
    """Acme has onboarded and its program is open; requests are an HR system's."""
    with running(service) as api:
        api.token = api.issuer.token(kind="operator", tenant=None, sub="root")
        api.post("/v1/organizations", {"slug": "acme", "name": "Acme", "locale": "de", "time_zone": "Europe/Berlin"})
        api.token = api.issuer.token(kind="client", sub="hr")
        yield api


@pytest.fixture
def program_id(api: Api) -> str:
    id = str(api.post("/v1/programs", {"title": "Women in tech"}).json()["id"])
    api.post(f"/v1/programs/{id}/publish")
    return id


def send(api: Api, program_id: str, file: str | bytes, **options: Any) -> httpx.Response:
    content = file.encode() if isinstance(file, str) else file
    params = {"role": "mentor"} | options
    return api.post(f"/v1/programs/{program_id}/imports", content=content, params=params)


def commit(api: Api, program_id: str, file: str, **options: Any) -> httpx.Response:
    return send(api, program_id, file, dry_run="false", sha256=sha256(file.encode()).hexdigest(), **options)


def let_time_pass(api: Api) -> None:
    """Fire the timers of the next hour, and those that they plan, as a worker does."""
    store = api.app.state.store
    worker = Executor(service, store, system_clock, Random(2))

    async def fire() -> None:
        while rows := await store.find(timers.COLLECTION, {"due": {"$lte": system_clock() + timedelta(hours=1)}}):
            answers = await worker.handle([message for row in rows if (message := timers.fired(worker, row))])
            assert not [answer.error for answer in answers if answer.error]

    api.runner.run(fire())


def outcomes(report: httpx.Response) -> list[tuple[int, str]]:
    return [(row["line"], row["outcome"]) for row in report.json()["rows"]]


def test_a_dry_run_shows_every_row_and_changes_nothing(api: Api, program_id: str) -> None:
    report = send(api, program_id, PEOPLE + NOBODY)
    assert report.status_code == 200
    assert outcomes(report) == [(2, "would_create"), (3, "refused")]
    assert "email" in {remark["column"] for remark in report.json()["rows"][1]["remarks"]}
    let_time_pass(api)
    assert api.get("/v1/applications").json()["items"] == []
    assert api.get("/v1/imports").json()["items"] == []


def test_a_commit_creates_people_and_their_applications(api: Api, program_id: str) -> None:
    digest = send(api, program_id, PEOPLE + NOBODY + GRACE).json()["sha256"]
    started = send(api, program_id, PEOPLE + NOBODY + GRACE, dry_run="false", sha256=digest, approve="true")
    assert started.status_code == 202
    location = started.headers["Location"]
    assert location == f"/v1/imports/{started.json()['id']}"
    assert api.get(location).json()["status"] == "running"
    let_time_pass(api)
    done = api.get(location).json()
    assert (done["status"], done["totals"]) == ("completed", {"created": 2, "refused": 1})
    rows = api.get(f"{location}/rows").json()
    assert [(row["line"], row["outcome"]) for row in rows["items"]] == [(2, "created"), (3, "refused"), (4, "created")]
    assert rows["next"] is None
    approved = api.get("/v1/applications", params={"program_id": program_id, "status": "approved"}).json()["items"]
    assert len(approved) == 2
    grace = api.get(f"/v1/people/{rows['items'][2]['person_id']}").json()
    assert (grace["name"], grace["time_zone"], grace["locale"]) == ("Grace Hopper", "America/New_York", "de")


def test_who_states_no_time_zone_has_that_of_the_organization_but_not_for_matching(api: Api, program_id: str) -> None:
    commit(api, program_id, "name,email\nAda Lovelace,ada@example.org\n")
    let_time_pass(api)
    (application,) = api.get("/v1/applications").json()["items"]
    assert application["profile"]["time_zone"] is None
    assert api.get(f"/v1/people/{application['person_id']}").json()["time_zone"] == "Europe/Berlin"


def test_a_dry_run_knows_whom_an_earlier_import_brought(api: Api, program_id: str) -> None:
    commit(api, program_id, PEOPLE + GRACE)
    let_time_pass(api)
    again = PEOPLE + GRACE.replace("Hopper", "M. Hopper") + "Linus,linus@example.org,,\n"
    report = send(api, program_id, again)
    assert outcomes(report) == [(2, "unchanged"), (3, "would_update"), (4, "would_create")]
    assert report.json()["totals"] == {"unchanged": 1, "would_update": 1, "would_create": 1}


def test_the_same_file_twice_creates_nothing_anew(api: Api, program_id: str) -> None:
    commit(api, program_id, PEOPLE)
    let_time_pass(api)
    second = commit(api, program_id, PEOPLE)
    let_time_pass(api)
    assert api.get(second.headers["Location"]).json()["totals"] == {"unchanged": 1}
    assert len(api.get("/v1/applications").json()["items"]) == 1


def test_many_rows_come_in_slices_and_are_read_page_by_page(api: Api, program_id: str) -> None:
    file = "name,email\n" + "".join(f"Mentor {n},mentor{n}@example.org\n" for n in range(620))
    location = commit(api, program_id, file).headers["Location"]
    let_time_pass(api)
    first = api.get(f"{location}/rows").json()
    second = api.get(f"{location}/rows", params={"after": first["next"]}).json()
    lines = [row["line"] for row in first["items"] + second["items"]]
    assert (lines, second["next"]) == (list(range(2, 622)), None)


@pytest.mark.parametrize("digest", [None, "0" * 64])
def test_a_commit_of_another_file_than_the_dry_run_is_refused(api: Api, program_id: str, digest: str | None) -> None:
    params = {"sha256": digest} if digest else {}
    refused = send(api, program_id, PEOPLE, dry_run="false", **params)
    assert (refused.status_code, refused.json()["code"]) == (409, "file-changed")
    assert "dry run" in refused.json()["detail"]


@pytest.mark.parametrize("file", [b"", b"name,email\n", b"name\nAda\n", b"name,email\nJ\xf6rg,j@example.org\n"])
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(api: Api, program_id: str, file: bytes) -> None:
    refused = send(api, program_id, file)
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")


def test_the_encoding_can_be_chosen(api: Api, program_id: str) -> None:
    report = send(api, program_id, "name,email\nJörg,j@example.org\n".encode("cp1252"), encoding="cp1252")
    assert outcomes(report) == [(2, "would_create")]


def test_a_workbook_is_imported_as_a_csv_file_is(api: Api, program_id: str) -> None:
    content = workbook([["Name", "E-Mail", "Sprachen"], ["Ada Lovelace", "ada@example.org", "English"]])
    report = send(api, program_id, content)
    assert outcomes(report) == [(2, "would_create")]
    assert (report.json()["format"], report.json()["sheet"], report.json()["delimiter"]) == ("xlsx", "People", None)
    digest = report.json()["sha256"]
    location = send(api, program_id, content, dry_run="false", sha256=digest).headers["Location"]
    let_time_pass(api)
    assert api.get(location).json()["totals"] == {"created": 1}


def test_a_dry_run_may_answer_with_the_file_and_remarks_to_be_corrected(api: Api, program_id: str) -> None:
    answer = send(api, program_id, PEOPLE + NOBODY, report="csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="import-remarks.csv"'
    header, ada, nobody = answer.content.decode("utf-8-sig").splitlines()
    assert header == "name,email,languages,time_zone,Import remarks"
    assert ada == "Ada Lovelace,ada@example.org,English,Europe/London,"
    assert nobody.startswith("Nobody,no address,English,,")
    assert "REFUSED (email)" in nobody
    corrected = answer.content.replace(b"Nobody,no address", b"Sam,sam@example.org")
    assert outcomes(send(api, program_id, corrected)) == [(2, "would_create"), (3, "would_create")]


def test_the_file_of_a_workbook_is_written_as_spreadsheets_of_the_organization_expect_it(
    api: Api, program_id: str
) -> None:
    content = workbook([["Name", "E-Mail"], ["Ada", "ada@example.org"]])
    answer = send(api, program_id, content, report="csv")
    assert answer.content.decode("utf-8-sig").startswith("Name;E-Mail;Import remarks\r\n")


def test_who_has_left_is_told_so_by_dry_run_and_commit(api: Api, program_id: str) -> None:
    commit(api, program_id, PEOPLE)
    let_time_pass(api)
    (application,) = api.get("/v1/applications").json()["items"]
    assert api.post(f"/v1/applications/{application['id']}/withdraw").status_code == 200
    report = send(api, program_id, PEOPLE)
    assert outcomes(report) == [(2, "left")]
    assert "brings nobody back" in report.json()["rows"][0]["remarks"][0]["sentence"]
    second = commit(api, program_id, PEOPLE)
    let_time_pass(api)
    assert api.get(second.headers["Location"]).json()["totals"] == {"left": 1}


def test_a_draft_takes_no_import(api: Api) -> None:
    draft = api.post("/v1/programs", {"title": "Not yet"}).json()["id"]
    assert send(api, draft, PEOPLE).status_code == 409
    assert send(api, "unknown", PEOPLE).status_code == 404


def test_an_unknown_role_or_option_is_refused_by_name(api: Api, program_id: str) -> None:
    refused = send(api, program_id, PEOPLE, role="boss", color="red")
    assert refused.status_code == 422
    assert {error["field"] for error in refused.json()["errors"]} == {"role", "color"}


def test_people_import_nobody_and_see_no_import(api: Api, program_id: str) -> None:
    location = commit(api, program_id, PEOPLE).headers["Location"]
    api.token = api.issuer.token(kind="person", sub="ada")
    assert send(api, program_id, PEOPLE).status_code == 403
    assert api.get("/v1/imports").status_code == 403
    assert api.get(location).status_code == 403
    assert api.get(f"{location}/rows").status_code == 403


def test_another_tenant_sees_neither_program_nor_import(api: Api, program_id: str) -> None:
    location = commit(api, program_id, PEOPLE).headers["Location"]
    api.token = api.issuer.token(kind="client", sub="hr", tenant="globex")
    assert api.get(location).status_code == 404
    assert send(api, program_id, PEOPLE).status_code == 404


def test_the_slices_of_an_import_have_no_address_of_their_own(api: Api) -> None:
    paths = api.get("/openapi.json").json()["paths"]
    assert "/v1/programs/{program_id}/imports" in paths
    assert not [path for path in paths if "slice" in path or path == "/v1"]


def test_a_report_repeats_what_stands_in_the_rows_for_whoever_asks(api: Api, program_id: str) -> None:
    file = "First name,Last name,E-Mail,Shoe size\nAda,Rossi,ada(at)example.org,43\nToo,many,cells@example.org,1,2\n"
    report = send(api, program_id, file, cells="true").json()
    assert report["columns"] == ["first_name", "last_name", "email"]
    assert report["cells"] == [["Ada", "Rossi", "ada(at)example.org"], ["Too", "many", "cells@example.org", "1", "2"]]
    assert send(api, program_id, file).json()["cells"] == []


def test_the_rows_that_are_not_taken_come_alone_with_their_reasons(api: Api, program_id: str) -> None:
    report = send(api, program_id, PEOPLE + NOBODY + GRACE, report="not_taken")
    assert report.headers["content-type"].startswith("text/csv")
    header, *rows = report.content.decode("utf-8-sig").splitlines()
    assert header == "name;email;languages;time_zone;Import remarks".replace(";", ",")
    assert [row.split(",")[0] for row in rows] == ["Nobody"]
    assert "REFUSED (email)" in rows[0]
