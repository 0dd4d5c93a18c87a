"""Dead letters by cause over HTTP: grouped, rehearsed, replayed and discarded as one."""

from tests.shared.engine.shop import Sold
from tests.shared.web.admin.test_dead_letters import (
    LETTERS,
    Mood,
    asked,
    changed,
    letters,
    numbers,
    replay,
)

CAUSES = "/v1/admin/dead-letter-causes"


def test_letters_are_grouped_by_the_error_and_where_our_own_code_was() -> None:
    with asked(Mood(), 1, 2, 3) as api:
        changed(api, letters(api)[2], error="main.py:1 in __init__\nTypeError")
        told = api.get(CAUSES).json()
        first, second = told["items"]
        named = [letter["cause"] for letter in letters(api)]
        of_first = letters(api, f"?cause={first['id']}&limit=1")
    assert (told["letters"], first["count"], second["count"]) == (3, 2, 1)
    assert (first["error"], first["where"]) == ("RuntimeError", "tests/shared/web/admin/test_dead_letters.py in note")
    assert (first["handlers"], first["message_types"], first["tenants"]) == (["note"], [Sold.type_name], 1)
    assert (second["error"], second["where"]) == ("TypeError", "main.py in __init__")
    assert named == [first["id"], first["id"], second["id"]]
    assert [one["cause"] for one in of_first] == [first["id"]]


def test_a_cause_is_replayed_and_discarded_as_one() -> None:
    mood = Mood()
    with asked(mood, 1, 2, 3) as api:
        other = letters(api)[2]
        changed(api, other, error="main.py:1 in __init__\nTypeError")
        first, second = api.get(CAUSES).json()["items"]
        mood.bad = False
        assert replay(api, cause=first["id"])["matched"] == 2
        assert (numbers(api, 1, 2, 3), [one["id"] for one in letters(api)]) == ([1, 2], [other["id"]])
        api.post(f"{LETTERS}/discard", {"cause": second["id"], "why": "sent by a client that is gone"})
        assert letters(api) == []
        line = api.get("/v1/admin/audit").json()["items"][0]
    assert (line["action"], line["details"]["why"]) == ("dead_letters.discard", "sent by a client that is gone")


def test_a_dry_run_says_where_the_handler_would_fail_and_leaves_no_trace() -> None:
    with asked(Mood(), 1) as api:
        (rehearsed,) = replay(api, handler="note", dry_run=True)["rehearsed"]
        assert rehearsed["outcome"] == "fails"
        assert rehearsed["detail"].splitlines()[-1] == "RuntimeError"
        assert (numbers(api, 1), len(letters(api)), api.runner.run(api.store.find("parked", {}))) == ([], 1, [])


def test_a_dry_run_does_not_try_what_has_ended_processes() -> None:
    with asked(Mood(), 1) as api:
        changed(api, letters(api)[0], reason="stopped-the-process")
        told = replay(api, handler="note", dry_run=True)
        assert (len(told["done"]), told["rehearsed"]) == (1, [])


def test_letters_of_one_command_are_found() -> None:
    with asked(Mood(), 1, 2) as api:
        first, second = letters(api)
        for letter, correlation in ((first, "c1"), (second, "c2")):
            changed(api, letter, **{"delivery.correlation": correlation})
        assert [one["id"] for one in letters(api, "?correlation=c1")] == [first["id"]]
