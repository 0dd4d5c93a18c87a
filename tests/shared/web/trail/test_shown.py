"""A line says whose data was shown and from where, and nothing is shown that cannot be written down."""

from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from shared.engine.batch.message import Message
from shared.settings import Settings
from shared.web.routes import Routes
from shared.web.trail.shown import NOBODY, of_people
from tests.shared.web.trail.asking import Choir, Noting, singers
from tests.shared.web.trail.choir import SingerView


def test_a_read_says_whose_data_it_has_shown(api: Choir) -> None:
    api.as_("zoe", "manager:north")
    api.get("/v1/programs/north/singers")
    line = api.line()
    assert (line["operation"], line["about"], line["people"], line["count"], line["status"]) == (
        "list_singers",
        {"program_id": "north"},
        ["ada", "ben"],
        2,
        200,
    )
    api.get(f"/v1/singers/{singers(api)[1]}")
    assert api.line()["people"] == ["ben"]


def test_where_a_read_shows_applications_the_line_has_whose_they_are(api: Choir) -> None:
    api.as_("zoe", "manager:north").get("/v1/programs/north/score")
    assert sorted(api.line()["people"]) == ["ada", "ben"]


def test_where_nobody_has_said_whom_a_read_shows_it_leaves_a_line_all_the_same(api: Choir) -> None:
    api.as_("hr", kind="client").get("/v1/unsaid")
    assert (api.lines[0]["operation"], api.line()["people"]) == ("show_unsaid", [])


def test_to_ask_only_for_the_headers_is_to_read(api: Choir) -> None:
    assert api.as_("zoe", "admin").send("HEAD", "/v1/programs/north/singers").status_code == 200
    assert api.line()["people"] == ["ada", "ben"]


def test_nothing_is_shown_that_cannot_be_written_down(api: Choir) -> None:
    store = Noting()
    store.collections, store.away = api.store.collections, True
    api.executor.store = store
    api.as_("zoe", "admin")
    answer = api.get("/v1/programs/north/singers")
    assert answer.status_code == 503
    assert "ada" not in answer.text
    refused = api.as_("zoe", "manager:north").get("/v1/programs/south/singers")
    assert refused.status_code == 503
    assert api.as_("ada").get(f"/v1/singers/{singers(api)[0]}").status_code == 200


@pytest.mark.parametrize("id", ["ada@example.org", "Ada Byron", "x" * 201, "Ä"])
def test_what_is_no_id_is_not_kept(api: Choir, id: str) -> None:
    api.as_("zoe", "admin").get(f"/v1/singers/{id}")
    line = api.line()
    assert (line["about"], line["status"]) == ({}, 404)
    api.post("/v1/programs/north/singers", {"person_id": "mia", "nickname": id})
    assert id not in str(api.line())


@pytest.mark.parametrize(
    ("peer", "forwarded", "hops", "kept"),
    [
        ("192.0.2.77", "", 0, "192.0.2.0/24"),
        ("192.0.2.77", "198.51.100.9", 0, "192.0.2.0/24"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.9", 1, "198.51.100.0/24"),
        ("2001:db8:1:2:3::4", "", 0, "2001:db8:1::/48"),
        ("::ffff:192.0.2.77", "", 0, "192.0.2.0/24"),
        ("no address", "", 0, ""),
    ],
)
def test_of_an_address_only_the_part_is_kept_that_is_nobody_s_alone(
    api: Choir, peer: str, forwarded: str, hops: int, kept: str
) -> None:
    api.app.state.settings = Settings(forwarded_hops=hops)
    api.as_("zoe", "admin")
    transport = httpx.ASGITransport(api.app, client=(peer, 1))

    async def ask() -> None:
        async with httpx.AsyncClient(transport=transport, base_url="http://choir.test") as client:
            headers = {"Authorization": f"Bearer {api.token}"} | ({"X-Forwarded-For": forwarded} if forwarded else {})
            await client.get("/v1/programs/north/singers", headers=headers)

    api.runner.run(ask())
    assert api.line()["network"] == kept


def test_a_line_has_at_most_a_thousand_people_and_says_how_many_they_were(api: Choir) -> None:
    seen = list[Message]()
    submit = api.app.state.send.submit

    async def watch(message: Message) -> Any:
        assert message.draft is not None
        message.draft.people = [f"p{number}" for number in range(1500)]
        seen.append(message)
        return await submit(message)

    object.__setattr__(api.app.state.send, "submit", watch)
    api.as_("zoe", "admin").get("/v1/programs/north/singers")
    object.__setattr__(api.app.state.send, "submit", submit)
    line = api.line()
    assert (len(line["people"]), line["count"]) == (1000, 1500)


class Names(BaseModel):
    """What names somebody in several ways."""

    items: list[SingerView]
    mentee_application_id: str | None = None


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (NOBODY, "it shows items.person_id"),
        (of_people("mentee_application_id"), "it shows items.person_id"),
        (of_people("items.person"), "items.person: there is no such field"),
    ],
)
def test_a_query_that_shows_whom_it_does_not_say_is_refused(shown: Any, said: str) -> None:
    async def show() -> Names:
        """Names somebody."""
        return Names(items=[])

    with pytest.raises(TypeError, match=said):
        Routes().get("/names", shows=shown)(show)


def test_a_query_that_shows_an_application_shows_somebody() -> None:
    class Filed(BaseModel):
        """An application."""

        application_id: str

    async def show() -> list[Filed]:
        """Names an application."""
        return []

    with pytest.raises(TypeError, match="it shows application_id, which names somebody"):
        Routes().get("/names", shows=NOBODY)(show)
