"""Who may ask for what is what the page of roles says: every role, every operation, every service."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from fastapi.routing import iter_route_contexts

from services.console.settings import ConsoleSettings
from services.intake.settings import IntakeSettings
from shared.engine.authoring.grants import PERSON
from shared.engine.authoring.permissions import Guard, Permission
from shared.engine.authoring.service import Service
from shared.engine.batch import trail
from shared.installed import installed_services
from shared.web.access import Leaves
from shared.web.table import Row, table
from shared.web.trail import drafts
from tests.roles.page import sections
from tests.roles.walk import OTHERS, Walk, walk
from tests.roles.world import roles_of, rows
from tests.shared.web.admin.operating import Operating, operating
from tests.shared.web.trail.choir import choir

SERVICES = {service.name: service for service in installed_services()}
PAGE = sections()


@contextmanager
def peopled(service: Service) -> Iterator[Operating]:
    """A service with one of everything in an organization."""
    with operating(service) as api, TemporaryDirectory() as folder:
        if service.settings is IntakeSettings:
            api.app.state.settings = IntakeSettings(signing_key_file=Path(folder, "keys.json"))
        elif service.settings is ConsoleSettings:
            api.app.state.settings = ConsoleSettings()
        api.given(*rows(service))
        api.given(
            roles_of("zita", "manager:north"), roles_of("zita", "manager:north", "manager:no-program", tenant=OTHERS)
        )
        yield api


@pytest.mark.parametrize("name", SERVICES)
def test_the_page_lists_every_operation_of_a_service(name: str) -> None:
    listed = [(line.method, line.path) for line in [*PAGE["every service"], *PAGE.get(name, [])]]
    with operating(SERVICES[name]) as api:
        paths = api.app.openapi()["paths"]
    assert Counter(listed) == Counter((method.upper(), path) for path, ones in paths.items() for method in ones)


@pytest.mark.long
@pytest.mark.parametrize("name", SERVICES)
def test_everybody_gets_what_the_page_says_and_nothing_else(name: str) -> None:
    with peopled(SERVICES[name]) as api:
        found = walk(api, SERVICES[name], [*PAGE["every service"], *PAGE.get(name, [])])
    for (role, outcome), count in sorted(found.counts.items()):
        print(f"{name}: {role}: {outcome}: {count}")  # noqa: T201 - how much was asked is part of the result
    for (role, count), times in sorted(found.lines.items()):
        print(f"{name}: {role}: {count} lines: {times}")  # noqa: T201 - as above
    print(f"{name}: {found.counts.total()} answers, {len(found.differences)} differences")  # noqa: T201 - as above
    assert found.differences == []


def test_a_command_that_lets_in_more_than_the_page_says_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    service = SERVICES["matching"]
    (handler,) = [one for one in service.commands if one.name == "CancelRun"]
    assert handler.http is not None
    monkeypatch.setattr(handler, "http", replace(handler.http, permission=weaker(handler.http.permission)))
    found = one_line(service, "/v1/runs/{run_id}/cancel")
    assert any("as person, own: allowed, not forbidden" in one for one in found.differences)
    assert any("as manager, other program: allowed, not hidden" in one for one in found.differences)


def test_a_query_that_lets_in_more_than_the_page_says_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    service = SERVICES["sessions"]
    with operating(service) as api:
        (check,) = [
            dependency.dependency
            for route in iter_route_contexts(api.app.routes)
            if route.name == "show_session"
            for dependency in route.dependencies
        ]
    monkeypatch.setattr(check, "permission", weaker(check.permission))
    found = one_line(service, "/v1/sessions/{session_id}")
    assert any("as person, other person: allowed, not hidden" in one for one in found.differences)


def test_a_command_that_takes_a_sign_in_of_long_ago_against_the_page_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    service = SERVICES["intake"]
    (handler,) = [one for one in service.commands if one.name == "GrantRole"]
    assert handler.http is not None
    assert handler.http.permission is not None
    forgetful = replace(handler.http.permission, takes_fresh=False)
    monkeypatch.setattr(handler, "http", replace(handler.http, permission=forgetful))
    found = one_line(service, "/v1/people/{person_id}/roles")
    assert any("as admin long after signing in, own: allowed, not too old" in one for one in found.differences)


@pytest.mark.parametrize("name", SERVICES)
def test_every_query_for_those_who_look_after_others_says_whose_data_it_shows(name: str) -> None:
    with operating(SERVICES[name]) as api:
        rows = table(SERVICES[name], api.app)
    assert len(rows) > 30
    assert unsaid(rows) == []


def test_a_query_that_does_not_say_whose_data_it_shows_is_found() -> None:
    with operating(choir) as api:
        assert unsaid(table(choir, api.app)) == ["show_unsaid"]


def unsaid(rows: Sequence[Row]) -> list[str]:
    """Queries of which the trail would not say whom they show."""
    for_staff = (row for row in rows if any(grant.is_staff for grant in row.permission.grants))
    return [row.name for row in for_staff if row.leaves is Leaves.UNSAID]


def test_a_command_of_staff_without_a_line_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail, "write", lambda *_: None)
    found = one_line(SERVICES["matching"], "/v1/runs/{run_id}/cancel")
    assert any("as manager: 412, lines: [], not 1" in one for one in found.differences)


def test_a_read_without_a_line_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "begin_route", lambda *_, **__: None)
    found = one_line(SERVICES["sessions"], "/v1/sessions/{session_id}")
    assert any("as manager: 200, lines: [], not 1" in one for one in found.differences)


def test_a_line_of_what_people_see_of_their_own_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "_is_staff", lambda _: True)
    found = one_line(SERVICES["sessions"], "/v1/sessions/{session_id}")
    assert any("as person: 404, lines: [(404, 'ada')], not 0" in one for one in found.differences)


def weaker(permission: Permission | None) -> Permission:
    """What also lets in everybody in the organization."""
    assert permission is not None
    return replace(permission, guards=[*permission.guards, Guard(PERSON)])


def one_line(service: Service, path: str) -> Walk:
    with peopled(service) as api:
        return walk(api, service, [line for line in PAGE[service.name] if line.path == path])
