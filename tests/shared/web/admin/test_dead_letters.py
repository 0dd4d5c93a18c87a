"""Dead letters over HTTP: looked at with their contents, replayed once, discarded, and who did it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import httpx
import pytest

from shared.engine.authoring.handlers import Handlers
from shared.engine.authoring.loads import create
from shared.engine.authoring.service import Service
from shared.engine.batch.message import Message
from shared.engine.consuming.records import Records
from shared.engine.failures.dead_letters import KEPT_BYTES, DeadLetter
from shared.engine.failures.lanes import ATTEMPTS, unpark
from shared.engine.failures.sealer import Contents
from shared.engine.ports.store import Change
from tests.shared.engine.consuming.test_records import SOLD, record
from tests.shared.engine.shop import SEALER, TENANT, Ledger, Shop, Sold, of_till, service
from tests.shared.web.admin.operating import Operating, operating

LETTERS = "/v1/admin/dead-letters"


class Mood:
    """What the reaction of these tests cannot take, which a test changes: as a new version would."""

    def __init__(self) -> None:
        self.bad = True


def moody(mood: Mood, name: str = "note") -> Service:
    """A shop whose reaction notes what was sold, while it is in the mood."""
    handlers = Handlers()

    @handlers.on(name)
    def note(event: Sold, ledger: Annotated[Ledger, create(of_till("note"))]) -> None:
        if mood.bad:
            raise RuntimeError("not in the mood")
        ledger.numbers.append(event.number)

    return service(handlers)


@contextmanager
def asked(mood: Mood, *numbers: int) -> Iterator[Operating]:
    """An operator asks a process in which events with these numbers have died."""
    with operating(moody(mood)) as api:
        shop = _shop(api)
        for number in numbers:
            message = shop.event(Sold(till_id=f"t{number}", number=number))
            api.runner.run(_until_dead(api, message))
        yield api


def _shop(api: Operating) -> Shop:
    """Events for the service that is asked."""
    shop = Shop(store=api.store)
    shop.service = api.engine.service
    return shop


async def _until_dead(api: Operating, message: Message) -> None:
    await api.engine.submit(message)
    for _ in range(ATTEMPTS - 1):
        (row,) = await api.store.find("parked", {})
        await api.engine.submit(unpark(row, message.handler))


def letters(api: Operating, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(LETTERS + query).json()["items"]
    return found


def name(letter: dict[str, Any]) -> dict[str, str]:
    return {"tenant": letter["tenant"], "id": letter["id"]}


def numbers(api: Operating, *tills: int) -> list[int]:
    shop = _shop(api)
    return [number for till in tills for number in api.runner.run(shop.get(Ledger, f"note-t{till}")).numbers]


def audited(api: Operating) -> list[tuple[str, str, str]]:
    lines = api.get("/v1/admin/audit").json()["items"]
    return [(line["action"], line["actor"], line["what"]) for line in lines]


def changed(api: Operating, letter: dict[str, Any], **state: object) -> None:
    """The letter as it would be if something had been otherwise."""
    key = f"{letter['tenant']}/{letter['id']}"
    api.given(Change(DeadLetter.collection, key, {}, {f"state.{field}": value for field, value in state.items()}))


def test_a_letter_is_listed_with_all_but_its_contents() -> None:
    with asked(Mood(), 1) as api:
        (letter,) = letters(api)
    assert (letter["tenant"], letter["handler"], letter["message_type"]) == (TENANT, "note", Sold.type_name)
    assert (letter["reason"], letter["error"].splitlines()[-1]) == ("failed", "RuntimeError")
    assert letter["bytes"] == len(Sold(till_id="t1", number=1).model_dump_json())
    assert "data" not in letter


def test_a_page_leads_to_the_next() -> None:
    with asked(Mood(), 1, 2, 3) as api:
        first = api.get(f"{LETTERS}?limit=2").json()
        second = api.get(f"{LETTERS}?limit=2&after={first['next']}").json()
        assert [*first["items"], *second["items"]] == letters(api)
    assert second["next"] is None


@pytest.mark.parametrize(
    ("query", "count"),
    [("tenant=acme", 1), ("tenant=other", 0), ("handler=note", 1), ("handler=no", 0), ("type=Sold", 0)],
)
def test_a_list_is_narrowed(query: str, count: int) -> None:
    with asked(Mood(), 1) as api:
        assert len(letters(api, f"?{query}")) == count


def test_who_looks_at_the_contents_leaves_a_line() -> None:
    with asked(Mood(), 1) as api:
        (letter,) = letters(api)
        shown = api.get(f"{LETTERS}/{TENANT}/{letter['id']}").json()
        assert shown["data"] == {"till_id": "t1", "number": 1, "text": ""}
        assert (shown["data_base64"], shown["closed"]) == (None, None)
        assert audited(api) == [("dead_letters.show", "operator/ann", letter["id"])]


def test_a_record_that_is_no_json_is_shown_as_bytes_with_its_headers() -> None:
    with operating(moody(Mood())) as api:
        (message,) = Records(api.engine.service, SEALER).messages(record(SOLD, b"\xff", source=b"\xfe"))
        api.runner.run(api.engine.submit(message))
        (letter,) = letters(api, "?handler=")
        shown = api.get(f"{LETTERS}/-/{letter['id']}").json()
    assert (shown["topic"], shown["partition"], shown["offset"]) == ("local.shop", 3, 7)
    assert (shown["data"], shown["data_base64"], shown["headers"]["ce_source"]) == (None, "/w==", "\\xfe")


def test_a_letter_that_does_not_exist_is_not_found() -> None:
    with asked(Mood()) as api:
        answer = api.get(f"{LETTERS}/{TENANT}/none")
    assert (answer.status_code, "It is gone" in answer.json()["detail"]) == (404, True)


def replay(api: Operating, **selection: object) -> dict[str, Any]:
    answer: dict[str, Any] = api.post(f"{LETTERS}/replay", selection).json()
    return answer


def test_what_is_replayed_has_its_effect_and_is_gone() -> None:
    mood = Mood()
    with asked(mood, 1, 2) as api:
        mood.bad = False
        first, second = letters(api)
        told = replay(api, letters=[name(first)])
        assert told == {"matched": 1, "done": [name(first)], "refused": [], "dry_run": False, "rehearsed": []}
        assert numbers(api, 1, 2) == [1]
        assert letters(api) == [second]
        assert audited(api) == [("dead_letters.replay", "operator/ann", first["id"])]


def test_a_replayed_message_is_dropped_when_it_is_delivered_again() -> None:
    mood = Mood()
    with asked(mood, 1) as api:
        (row,) = api.runner.run(api.store.find(DeadLetter.collection, {}))
        mood.bad = False
        replay(api, handler="note")
        again = _shop(api).event(Sold(till_id="t1", number=1), id=row["state"]["message_id"])
        api.runner.run(api.engine.submit(again))
        assert numbers(api, 1) == [1]


def test_the_second_replay_is_told_that_it_is_gone() -> None:
    mood = Mood()
    with asked(mood, 1) as api:
        (letter,) = letters(api)
        mood.bad = False
        replay(api, letters=[name(letter)])
        told = replay(api, letters=[name(letter)])
        assert numbers(api, 1) == [1]
    assert (told["matched"], told["done"]) == (0, [])
    assert told["refused"][0]["reason"].startswith("It is gone: it was replayed or discarded")


def test_two_operators_at_once_have_one_effect() -> None:
    mood = Mood()
    with asked(mood, 1) as api:
        mood.bad = False

        async def both() -> list[httpx.Response]:
            ask = {"json": {"handler": "note"}}
            return await asyncio.gather(*(api.request("POST", f"{LETTERS}/replay", **ask) for _ in range(2)))

        told = [answer.json() for answer in api.runner.run(both())]
        assert numbers(api, 1) == [1]
        assert sum(len(one["done"]) for one in told) == 1
        assert len(audited(api)) == 1


def test_what_fails_again_waits_in_its_lane_and_dies_as_a_new_letter() -> None:
    with asked(Mood(), 1) as api:
        (letter,) = letters(api)
        assert replay(api, letters=[name(letter)])["done"] == [name(letter)]
        assert letters(api) == []
        for _ in range(ATTEMPTS - 1):
            (row,) = api.runner.run(api.store.find("parked", {}))
            api.runner.run(api.engine.submit(unpark(row, api.engine.service.by_name["note"])))
        (new,) = letters(api)
        assert (new["message_id"], new["id"] != letter["id"]) == (letter["message_id"], True)


def test_what_is_replayed_waits_behind_those_of_its_lane() -> None:
    mood = Mood()
    with asked(mood, 1) as api:
        behind = _shop(api).event(Sold(till_id="t1", number=7), id="e7")
        api.runner.run(api.engine.submit(behind))
        mood.bad = False
        replay(api, tenant=TENANT)
        assert numbers(api, 1) == []
        for _ in range(2):
            row = api.runner.run(api.store.find("parked", {}))[0]
            api.runner.run(api.engine.submit(unpark(row, api.engine.service.by_name["note"])))
        assert numbers(api, 1) == [7, 1]


def test_a_dry_run_tells_what_would_be_done_and_does_nothing() -> None:
    mood = Mood()
    with asked(mood, 1, 2) as api:
        mood.bad = False
        before = letters(api)
        changed(api, before[0], handler="gone")
        told = replay(api, tenant=TENANT, dry_run=True)
        assert (told["matched"], told["done"], len(told["refused"])) == (2, [name(before[1])], 1)
        assert told["rehearsed"] == [name(before[1]) | {"outcome": "done", "events": [], "detail": ""}]
        discarded = api.post(f"{LETTERS}/discard", {"tenant": TENANT, "dry_run": True}).json()
        assert len(discarded["done"]) == 2
        assert (numbers(api, 1, 2), len(letters(api)), audited(api)) == ([], 2, [])


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "the handler is gone": ({"handler": "gone"}, "This version has no handler gone"),
    "the type is gone": ({"message_type": "ithaca.shop.Sold.v2"}, "note does not take ithaca.shop.Sold.v2"),
    "the bytes were cut": ({"size": KEPT_BYTES + 1}, f"Only {KEPT_BYTES} of its {KEPT_BYTES + 1} bytes were kept"),
    "it was no message": ({"handler": "", "topic": "local.shop"}, "It could not be read as a message"),
    "it was an effect": ({"handler": "", "message_type": "Print"}, "It is a Print that was given up"),
    "nothing was kept": ({"contents": {"key": "", "ciphertext": b""}}, "Its contents were not kept"),
    "the key is gone": ({"contents": {"key": "0123", "ciphertext": b""}}, "sealed with the key 0123"),
    "it is unreadable now": (
        {"contents": SEALER.seal(f"{TENANT}/m1", Contents(b"{}")).model_dump(), "message_id": "m1"},
        "This version cannot read it: till_id: missing",
    ),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_cannot_be_replayed_is_refused_with_the_reason_and_stays(why: str) -> None:
    state, reason = REFUSED[why]
    with asked(Mood(), 1) as api:
        changed(api, letters(api)[0], **state)
        told = replay(api, tenant=TENANT)
        assert (told["matched"], told["done"]) == (1, [])
        assert reason in told["refused"][0]["reason"]
        assert len(letters(api)) == 1
        assert audited(api) == []


def test_what_is_discarded_is_gone_with_its_contents_and_the_audit_says_who_did_it() -> None:
    with asked(Mood(), 1, 2) as api:
        first, second = letters(api)
        told = api.post(f"{LETTERS}/discard", {"letters": [name(first)]}).json()
        assert told["done"] == [name(first)]
        assert letters(api) == [second]
        (line,) = api.get("/v1/admin/audit").json()["items"]
        assert (line["action"], line["actor"], line["what"]) == ("dead_letters.discard", "operator/ann", first["id"])
        assert (line["tenant"], line["details"]["handler"]) == (TENANT, "note")


@pytest.mark.parametrize("selection", [{}, {"letters": [{"tenant": "acme", "id": "x"}], "handler": "note"}])
def test_who_does_not_say_which_letters_is_told_to(selection: dict[str, object]) -> None:
    with asked(Mood()) as api:
        answer = api.post(f"{LETTERS}/discard", selection)
    assert answer.status_code == 422
    assert "either letters, or at least one of tenant, handler and type" in answer.text


@pytest.mark.parametrize("action", ["replay", "discard"])
def test_nobody_but_an_operator_may(action: str) -> None:
    with asked(Mood(), 1) as api:
        operator, api.token = api.token, api.issuer.token(kind="client")
        assert api.post(f"{LETTERS}/{action}", {"tenant": TENANT}).status_code == 403
        api.token = operator
        assert len(letters(api)) == 1
