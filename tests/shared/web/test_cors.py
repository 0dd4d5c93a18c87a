"""Pages of origins that a setting names may ask, and read what they are answered; no others."""

from collections.abc import Iterator

import pytest

from shared.engine.authoring.answer import Answer, Ending
from shared.engine.batch.message import Message
from shared.settings import Settings, SettingsWrong
from shared.web.app import create_app
from tests.shared.web.api import Api, running
from tests.shared.web.garden import garden

CONSOLE, OTHER = "https://console.example.org", "http://localhost:5173"
READABLE = ("access-control-allow-origin", "access-control-expose-headers")
ASKING = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    settings = Settings(cors_origins=f"{CONSOLE}, {OTHER}")
    with running(garden) as found:
        found.app = create_app(garden, laid_out, found.store, settings, found.issuer.verifier())
        yield found


async def laid_out(_: Message) -> Answer:
    """What every command is answered with."""
    return Answer(Ending.DONE, 201, b'{"id":"a","version":1}', 1)


def foreign() -> list[str]:
    """Origins that are not among those, however much they look like it."""
    return [
        *("null", "", "*", "https://evil.example", f"{CONSOLE}.evil.example", f"{CONSOLE}:8443", f"{CONSOLE}/"),
        *("http://console.example.org", "https://CONSOLE.example.org", "https://xconsole.example.org"),
        *(f"{CONSOLE}, {OTHER}", f"{CONSOLE} ", "http://localhost", "https://localhost:5173"),
    ]


@pytest.mark.parametrize("origin", [CONSOLE, OTHER])
def test_a_page_of_a_named_origin_may_ask_without_a_token_whether_it_may_send(api: Api, origin: str) -> None:
    token, api.token = api.token, None
    answer = api.send("OPTIONS", "/v1/plots/a/water", headers={"Origin": origin, **ASKING})
    api.token = token
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == origin
    assert "POST" in answer.headers["access-control-allow-methods"]
    allowed = answer.headers["access-control-allow-headers"].lower()
    assert {"authorization", "content-type", "idempotency-key", "if-match", "if-none-match"} <= set(allowed.split(", "))
    assert "Origin" in answer.headers["vary"]
    assert int(answer.headers["access-control-max-age"]) > 0


@pytest.mark.parametrize("origin", [CONSOLE, OTHER])
def test_it_may_read_answers_and_problems_and_the_headers_that_it_needs(api: Api, origin: str) -> None:
    headers = {"Origin": origin}
    for answer in (
        api.post("/v1/plots", {}, headers=headers),
        api.post("/v1/plots", {"soil": "mud"}, headers=headers),
        api.get("/v1/plots", headers={**headers, "Authorization": "Bearer nonsense"}),
        api.get("/v1/nowhere", headers=headers),
    ):
        assert answer.headers.get_list("access-control-allow-origin") == [origin]
        shown = answer.headers["access-control-expose-headers"].split(", ")
        assert {"ETag", "Location", "Retry-After", "X-Request-Id"} <= set(shown)
        assert "Origin" in answer.headers["vary"]


@pytest.mark.parametrize("origin", foreign())
def test_a_page_of_another_origin_reads_nothing_and_may_send_nothing(api: Api, origin: str) -> None:
    headers = {"Origin": origin}
    answer = api.get("/v1/plots", headers=headers)
    preflight = api.send("OPTIONS", "/v1/plots", headers={**headers, **ASKING, "Authorization": "Bearer nonsense"})
    assert (answer.status_code, preflight.status_code) == (200, 401)
    for one in (answer, preflight):
        assert not [name for name in one.headers if name.startswith("access-control-")]
        assert one.headers["vary"] == "Origin"


def test_who_is_no_page_is_answered_as_ever_and_caches_know_that_pages_are_not(api: Api) -> None:
    answer = api.get("/v1/plots")
    assert (answer.status_code, answer.headers["vary"]) == (200, "Origin")
    assert not [name for name in answer.headers if name.startswith("access-control-")]
    options = api.send("OPTIONS", "/v1/plots", headers={"Origin": CONSOLE})
    assert (options.status_code, options.headers["allow"]) == (204, "GET, HEAD, POST")


def test_no_cookie_is_ever_taken_from_a_page(api: Api) -> None:
    for method in ("GET", "OPTIONS"):
        answer = api.send(method, "/v1/plots", headers={"Origin": CONSOLE, **ASKING})
        assert "access-control-allow-credentials" not in answer.headers


def test_without_the_setting_no_page_may_ask() -> None:
    with running(garden) as api:
        answer = api.get("/v1/plots", headers={"Origin": CONSOLE})
        assert not {"vary", *READABLE} & answer.headers.keys()
        api.token = None
        assert api.send("OPTIONS", "/v1/plots", headers={"Origin": CONSOLE, **ASKING}).status_code == 401


RIGHT = [
    "",
    CONSOLE,
    "http://127.0.0.1:8080,https://a.example",
    "http://[::1]:3000",
    "https://xn--grn-hoa.example",
    " , ",
]
WRONG = [
    *(
        "*",
        "null",
        "console.example.org",
        f"{CONSOLE}/",
        f"{CONSOLE}/a",
        "https://*.example.org",
        "https://a.example:443",
    ),
    *("http://a.example:80", "HTTPS://a.example", "https://A.example", "https://a.example b", "ftp://a.example"),
    *(
        "https://grün.example",
        "https://u@a.example",
        f"{CONSOLE},*",
        "https://",
        "https://a.example:0",
        "https://a.example?",
    ),
]


@pytest.mark.parametrize("origins", RIGHT)
def test_origins_are_taken_as_browsers_send_them(monkeypatch: pytest.MonkeyPatch, origins: str) -> None:
    monkeypatch.setenv("ITHACA_CORS_ORIGINS", origins)
    assert len(Settings.load().allowed_origins) == len([one for one in origins.split(",") if one.strip()])


@pytest.mark.parametrize("origins", WRONG)
def test_what_no_browser_sends_or_would_be_everybody_is_refused(monkeypatch: pytest.MonkeyPatch, origins: str) -> None:
    monkeypatch.setenv("ITHACA_CORS_ORIGINS", origins)
    with pytest.raises(SettingsWrong, match="ITHACA_CORS_ORIGINS"):
        Settings.load()
