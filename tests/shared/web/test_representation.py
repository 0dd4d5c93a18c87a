"""What a reader is sent of an answer: nothing that it has already, no body for HEAD, and gzip where it takes that."""

import gzip
import json
from collections.abc import AsyncIterator, Iterator

import pytest
from fastapi import Response
from starlette.responses import StreamingResponse

from shared.engine.authoring.grants import PERSON
from shared.engine.authoring.service import Service
from shared.web.compression import BRIEF, SMALLEST
from shared.web.etags import is_known
from shared.web.routes import Routes
from tests.shared.web.api import Api, running
from tests.shared.web.garden import garden

LONG = "a rose is a rose " * SMALLEST
roses = Routes(allow=(PERSON,))


@roses.get("/roses/{length}")
async def rose(length: int) -> str:
    """So many characters in all, with the quotes around them."""
    return LONG[: length - 2]


@roses.get("/secret")
async def secret() -> Response:
    """What may not be kept."""
    return Response(LONG, headers={"Cache-Control": "no-store"}, media_type="text/plain")


@roses.get("/tagged")
async def tagged() -> Response:
    """What has a version."""
    return Response(LONG, headers={"ETag": '"7"'}, media_type="text/plain")


@roses.get("/photo")
async def photo() -> Response:
    """What is compressed by its nature."""
    return Response(LONG, media_type="image/jpeg")


@roses.get("/stream")
async def stream() -> StreamingResponse:
    """What comes in parts."""

    async def parts() -> AsyncIterator[str]:
        for _ in range(3):
            yield LONG

    return StreamingResponse(parts(), media_type="text/plain")


@roses.post("/roses")
async def grow() -> str:
    """A long answer to something that changes nothing."""
    return LONG


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    with running(Service("roses", title="Roses", emits=[], handles=[], routers=[roses])) as found:
        yield found


@pytest.fixture(scope="module")
def plots() -> Iterator[Api]:
    with running(garden) as found:
        found.post("/v1/plots/a/water", {"liters": 5})
        yield found


KNOWN = ['"1"', 'W/"1"', "*", ' "1"', '"0", "1"', '"a,b" , W/"1",', ',"1"', '"",W/"",\t"1"']
UNKNOWN = ['"2"', "1", "W/1", 'w/"1"', '"1', '"1" "2"', '*, "1"', '"*"', "", '"1", 2', "'1'", '"01"']


@pytest.mark.parametrize("known", KNOWN)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_who_has_the_version_is_sent_nothing_but_that(plots: Api, method: str, known: str) -> None:
    answer = plots.send(method, "/v1/plots/a", headers={"If-None-Match": known})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", '"1"')
    assert not {"content-length", "content-type"} & answer.headers.keys()


@pytest.mark.parametrize("unknown", UNKNOWN)
def test_who_has_another_version_or_says_nothing_of_one_is_sent_all(plots: Api, unknown: str) -> None:
    answer = plots.get("/v1/plots/a", headers={"If-None-Match": unknown})
    assert (answer.status_code, answer.json()["liters"], answer.headers["etag"]) == (200, 5, '"1"')


def test_what_is_named_in_one_of_several_headers_is_known(plots: Api) -> None:
    headers = [("If-None-Match", '"0"'), ("If-None-Match", '"1"'), ("If-None-Match", '"2"')]
    assert plots.get("/v1/plots/a", headers=headers).status_code == 304


def test_an_answer_without_a_tag_and_a_problem_are_sent_in_any_case(plots: Api) -> None:
    for path, status in (("/v1/plots", 200), ("/v1/plots/b", 404), ("/v1/plots/a/nothing", 404)):
        assert plots.get(path, headers={"If-None-Match": "*"}).status_code == status
    plots.token, token = None, plots.token
    assert plots.get("/v1/plots/a", headers={"If-None-Match": "*"}).status_code == 401
    plots.token = token


def test_a_long_list_of_tags_is_read_in_no_time() -> None:
    assert is_known(b'"1"', [b'"a",' * 8_000 + b'"1"'])
    assert not is_known(b'"1"', [b'"a", ' * 8_000 + b'"1'])
    assert not is_known(b'"1"', [b", " * 16_000 + b"x"])


def test_head_is_what_get_is_without_its_body(plots: Api, api: Api) -> None:
    for of, path in ((plots, "/v1/plots/a"), (plots, "/v1/plots"), (api, f"/v1/roses/{SMALLEST}"), (api, "/v1/stream")):
        whole, head = (of.send(method, path) for method in ("GET", "HEAD"))
        assert (head.status_code, head.content) == (whole.status_code, b"")
        own = {"x-request-id": ""}
        assert {**whole.headers, **own} == {**head.headers, **own}


@pytest.mark.parametrize(
    "wish",
    [
        *("gzip", "GZIP", "x-gzip", "deflate, gzip", "gzip;q=0.5", "gzip ; q=1.000", "*", "*;q=0.1", "br;q=1, *;q=0.5"),
        *("identity;q=0.5, gzip;q=0.5", "gzip;q=0.001", "identity;q=0, *", "*;q=0, gzip"),
    ],
)
def test_who_takes_gzip_gets_it(api: Api, wish: str) -> None:
    answer = api.get(f"/v1/roses/{SMALLEST}", headers={"Accept-Encoding": wish})
    assert (answer.headers["content-encoding"], answer.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert int(answer.headers["content-length"]) < SMALLEST
    assert len(answer.json()) == SMALLEST - 2


@pytest.mark.parametrize(
    "wish",
    [
        *("", "identity", "br", "gzip;q=0", "gzip;q=0.0", "gzip;q=x", "gzip;q=2", "gzip;q=-1", "gzip;level=9"),
        *("gzipped", "*;q=0", "*, gzip;q=0", "identity, gzip;q=0.5", "gzip;q=1;q=0", ";;,,"),
    ],
)
def test_who_does_not_is_sent_it_as_it_is_and_caches_know_of_it(api: Api, wish: str) -> None:
    answer = api.get(f"/v1/roses/{SMALLEST}", headers={"Accept-Encoding": wish})
    assert "content-encoding" not in answer.headers
    assert (answer.headers["vary"], len(answer.content)) == ("Accept-Encoding", SMALLEST)


@pytest.mark.parametrize("path", [f"/v1/roses/{SMALLEST - 1}", "/v1/secret", "/v1/tagged", "/v1/photo", "/v1/stream"])
def test_what_is_small_secret_tagged_compressed_or_streamed_is_sent_as_it_is(api: Api, path: str) -> None:
    answer = api.get(path, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert not {"content-encoding", "vary"} & answer.headers.keys()


def test_problems_and_answers_to_commands_are_sent_as_they_are(plots: Api) -> None:
    for path, body in (("/v1/plots/a/water", {"liters": "x" * SMALLEST}), ("/v1/plots/a/water", {"liters": 1})):
        answer = plots.post(path, body, headers={"Accept-Encoding": "gzip"})
        assert "content-encoding" not in answer.headers


def test_a_body_of_any_length_is_the_same_when_it_is_unpacked(api: Api) -> None:
    for length in (SMALLEST, BRIEF, BRIEF + 1):
        wishes = ("identity", "gzip", "gzip")
        plain, packed, again = (
            api.get(f"/v1/roses/{min(length, len(LONG))}", headers={"Accept-Encoding": wish}) for wish in wishes
        )
        assert plain.content == packed.content == again.content
    assert api.post("/v1/roses", headers={"Accept-Encoding": "gzip"}).headers["content-encoding"] == "gzip"
    assert json.loads(gzip.decompress(gzip.compress(plain.content))) == plain.json()
