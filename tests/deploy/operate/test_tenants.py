import json
from typing import Any

import pytest

from deploy.operate import tenants
from tests.deploy.operate.speaking import NAMES, Json, Speaking

USUAL = {"weight": 1, "queued": None, "running": None}


def tenant(name: str, handled: int = 0, **changed: Any) -> Json:
    told = {"tenant": name, "queued": 0, "running": 0, "retrying": 0, "handled": handled, "share": 0.0}
    return told | {"limit": USUAL, "is_usual": True} | changed


def told(*items: Json, handled: int = 0) -> Json:
    return {"items": list(items), "handled": handled}


@pytest.fixture
def services(services: Speaking) -> Speaking:
    """Nobody does anything."""
    for name in NAMES:
        services.say(name, "/tenants", told())
        done = {"tenant": "northlight", "limit": USUAL | {"weight": 2}, "is_usual": False}
        services.say(name, "/tenants/limit", done, "POST")
    return services


def rows(output: str) -> list[list[str]]:
    return [line.split() for line in output.splitlines()]


def test_each_tenant_has_what_it_has_of_all_services_and_of_each(services: Speaking) -> None:
    capped = {"limit": USUAL | {"queued": 500}, "is_usual": False}
    services.say("intake", "/tenants", told(tenant("northlight", 30, queued=1200, **capped), handled=40))
    services.say(
        "matching",
        "/tenants",
        told(tenant("southlight", 50, retrying=2), tenant("northlight", 10, **capped), handled=60),
    )
    assert rows(services.run(tenants.app).output) == [
        ["tenant", "queued", "running", "retrying", "share", "limits"],
        ["southlight", "0", "0", "2", "50%"],
        ["matching", "0", "0", "2", "83%"],
        ["northlight", "1,200", "0", "0", "40%", "weight", "1", "queued", "500"],
        ["intake", "1,200", "0", "0", "75%"],
        ["matching", "0", "0", "0", "17%"],
    ]


def test_limits_that_differ_between_services_name_them(services: Speaking) -> None:
    services.say("intake", "/tenants", told(tenant("northlight", limit=USUAL | {"weight": 3}, is_usual=False)))
    services.say("matching", "/tenants", told(tenant("northlight")))
    assert "intake: weight 3, matching: usual" in services.run(tenants.app).output


def test_one_service_has_one_line_for_a_tenant(services: Speaking) -> None:
    services.say("matching", "/tenants", told(tenant("northlight", 5, running=3), handled=5))
    lines = rows(services.run(tenants.app, "--service", "matching").output)
    assert lines[1:] == [["northlight", "0", "3", "0", "100%"]]


def test_json_is_what_each_service_has_said(services: Speaking) -> None:
    services.say("matching", "/tenants", told(tenant("northlight", 5), handled=5))
    found = json.loads(services.run(tenants.app, "--json", "--tenant", "northlight", "--limit", "7").output)
    assert found["matching"] == told(tenant("northlight", 5), handled=5)
    assert services.asked[-1].parameters == {"tenant": "northlight", "limit": "7"}


def test_that_nobody_does_anything_is_said_and_who_does_not_answer_is_named(services: Speaking) -> None:
    assert services.run(tenants.app).output == "No organization has had anything to do lately.\n"
    services.refuse("matching", "/tenants", 503, "The database does not answer.")
    result = services.run(tenants.app)
    assert result.exit_code == 1
    assert "matching: The database does not answer." in result.output


def test_a_limit_is_set_in_every_service_and_what_holds_is_told(services: Speaking) -> None:
    result = services.run(tenants.app, "limit", "northlight", "--weight", "2", "--queued", "500", "--running", "20")
    assert result.exit_code == 0
    assert result.output.splitlines() == [f"{name}: northlight has weight 2." for name in NAMES]
    bodies = [asked.body for asked in services.posted()]
    assert bodies == [{"tenant": "northlight", "weight": 2, "queued": 500, "running": 20}] * len(NAMES)


def test_all_is_put_back_by_default(services: Speaking) -> None:
    done = {"tenant": "northlight", "limit": USUAL, "is_usual": True}
    services.say("matching", "/tenants/limit", done, "POST")
    result = services.run(tenants.app, "limit", "northlight", "--default", "--service", "matching")
    assert result.output == "matching: northlight has the usual limits.\n"
    assert services.posted()[0].body == {"tenant": "northlight", "default": True}


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        ((), "Say --weight, --queued or --running"),
        (("--default", "--weight", "2"), "--default alone"),
        (("--weight", "0"), "--weight"),
        (("--queued", "many"), "--queued"),
    ],
)
def test_what_cannot_be_set_is_told_with_its_option(services: Speaking, words: tuple[str, ...], remedy: str) -> None:
    result = services.run(tenants.app, "limit", "northlight", *words, width=200)
    assert result.exit_code == 2
    assert remedy in result.output
    assert services.posted() == []
