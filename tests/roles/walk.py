"""Every role asks for every operation, about all that there is; the answers are compared with what the page says."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from shared.engine.authoring.links import Purpose
from shared.engine.authoring.scopes import SCOPES
from shared.engine.authoring.service import Service
from shared.engine.batch import outbox
from shared.web.trail.drafts import NOT_ASKED
from tests.roles.page import Line
from tests.roles.world import (
    MANY,
    NOWHERE,
    OTHER_PERSON,
    OTHER_PROGRAM,
    OUTSIDER,
    OWN,
    PROGRAMS,
    TENANT,
    Target,
    address,
    body,
)
from tests.shared.web.admin.operating import Operating

ALLOWED, HIDDEN, FORBIDDEN, TOO_OLD = "allowed", "hidden", "forbidden", "too old"
OUTCOMES = (ALLOWED, HIDDEN, FORBIDDEN)
"""Whoever has several roles gets the first of these that any of them gives."""

OF_PROGRAM = ("manager", "reviewer", "lead")
TARGETS = {"own": OWN, "other program": OTHER_PROGRAM, "other person": OTHER_PERSON}
ABOUT_PEOPLE = TARGETS | {"other program and person": OUTSIDER}
LONG_AGO = 1
"""When somebody has signed in whom no operation takes for fresh."""
OTHERS = "beta"
"""Another organization, in which there is nothing."""

NAMED = {"X-Request-Id": "walk"}
"""So that two answers differ in nothing but what they say."""
STALE = {**NAMED, "If-Match": '"999"'}
"""With it a command that may be asked for is refused for its version, and nothing changes."""

NEW = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+Z|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""Times and ids that each answer makes up."""


@dataclass(slots=True)
class Walk:
    """What was asked for so far, by role and outcome, and where the answer is not what the page says."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    lines: Counter[tuple[str, int]] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody with one role: the columns of the page that are about them, and what their token says."""

    role: str
    columns: tuple[str, ...]
    claims: Mapping[str, Any]
    program: str = OWN.program

    def expected(self, line: Line, target: Target) -> str:
        """What the page says that they get."""
        outcomes = [self.outcome(line, column, target) for column in self.columns]
        return ALLOWED if line.cells.get("anyone") else min(outcomes, key=OUTCOMES.index)

    @property
    def is_person(self) -> bool:
        """Whether it is somebody who signs in."""
        return "person" in self.columns or self.role == "enrolling"

    def outcome(self, line: Line, column: str, target: Target) -> str:
        """What they get as one of those whom a column is about."""
        cell = line.cells.get(column, "")
        if cell == "own":
            return ALLOWED if self.claims["sub"] == target.person else HIDDEN
        if cell == "of the program":
            return ALLOWED if target.program == self.program else HIDDEN
        if cell == "of their programs":
            return ALLOWED if self.program in PROGRAMS.get(target.person, ()) else HIDDEN
        if column == "link" and cell in [*Purpose]:
            purpose, _, about = self.claims["link"].partition(":")
            is_theirs = self.claims["sub"] == target.person and (cell == Purpose.LETTERS or about == target.thing)
            return FORBIDDEN if purpose != cell else ALLOWED if is_theirs else HIDDEN
        if ":" in cell:
            return ALLOWED if cell in self.claims["scope"] else FORBIDDEN
        return ALLOWED if cell in ("yes", "shows own") else FORBIDDEN


def askers(line: Line) -> Iterator[Asker]:
    """Somebody of each role; of clients, one with the scope that the page names, and one with all others."""
    yield Asker("operator", ("operator",), {"kind": "operator", "sub": "ops"})
    yield Asker("admin", ("admin", "person", "member"), {"sub": "zoe", "roles": ["admin"]})
    for role in OF_PROGRAM:
        yield Asker(role, (role, "person", "member"), {"sub": "zoe", "roles": [f"{role}:{OWN.program}"]})
    many: dict[str, Any] = {"sub": "zita", "many": True, "role_changes": len(MANY) + 1}
    yield Asker("manager of many programs", ("manager", "person", "member"), many)
    elsewhere = {"sub": "ada", "roles": [f"manager:{OTHER_PROGRAM.program}"]}
    yield Asker("manager who is a member elsewhere", ("manager", "person", "member"), elsewhere, OTHER_PROGRAM.program)
    partner = {"sub": "zoe", "roles": [f"partner_admin:{OWN.program}"]}
    yield Asker("partner_admin", ("partner_admin", "person", "member"), partner)
    yield Asker("person", ("person", "member"), {"sub": "ada"})
    yield Asker("enrolling", ("enrolling",), {"kind": "enrolling", "sub": "ada"})
    for purpose in _purposes(line):
        link = {"kind": "link", "sub": "ada", "link": f"{purpose}:{OWN.thing}"}
        yield Asker(f"link to {purpose}", ("link",), link)
    scope = line.cells.get("client", "")
    if scope:
        yield Asker("client", ("client",), {"kind": "client", "sub": "hr", "scope": scope})
    others = " ".join(one for one in SCOPES if one != scope)
    yield Asker("client with other scopes", ("client",), {"kind": "client", "sub": "hr", "scope": others})


def _purposes(line: Line) -> list[str]:
    """What the links are for of those who ask: for what the page says, and for something else."""
    named = line.cells.get("link", "")
    own = named if named in [*Purpose] else Purpose.PROPOSAL.value
    return [own, next(one.value for one in Purpose if one.value != own)]


def walk(api: Operating, service: Service, lines: Sequence[Line]) -> Walk:
    """Ask for all of these operations as everybody."""
    done = Walk()
    for line in lines:
        _without_token(api, line, done)
        for asker in askers(line):
            for name, target in targets(service, line).items():
                _within(api, service, line, asker, name, target, done)
            _from_another(api, service, line, asker, done)
            if asker.is_person:
                _long_after_signing_in(api, service, line, asker, done)
    return done


def targets(service: Service, line: Line) -> Mapping[str, Target]:
    """About what an operation is asked for."""
    if "{person_id}" in line.path:
        return ABOUT_PEOPLE
    return TARGETS if "{" in line.path or _takes_ids(service, line) else {"own": OWN}


def _takes_ids(service: Service, line: Line) -> bool:
    command = _command(service, line)
    return line.path == "/v1/applications" or bool(
        command and any(name.endswith("_id") for name in command.model_fields)
    )


def _without_token(api: Operating, line: Line, done: Walk) -> None:
    api.token = None
    status = api.send(line.method, line.path).status_code
    done.counts["nobody", "401" if status == 401 else ALLOWED] += 1
    if (status == 401) == bool(line.cells.get("anyone")):
        done.differences.append(f"{line.method} {line.path} without a token: {status}")


def _within(api: Operating, service: Service, line: Line, asker: Asker, name: str, target: Target, done: Walk) -> None:
    expected = asker.expected(line, target)
    api.store.collections[outbox.COLLECTION].clear()
    answer = ask(api, service, line, asker, TENANT, target)
    outcome = _outcome(answer)
    _compare_lines(api, line, asker, target, answer.status_code, done)
    if outcome == HIDDEN:
        missing = ask(api, service, line, asker, TENANT, NOWHERE)
        if _shown(missing, target) != _shown(answer, target):
            done.differences.append(f"{line.method} {line.path} as {asker.role}: {name} is told from what is not")
        if expected == ALLOWED and line.path.startswith("/v1/admin"):
            outcome = ALLOWED  # nothing of that name is there to look at
    done.counts[asker.role, outcome] += 1
    if outcome != expected:
        told = f"{answer.status_code} {answer.text[:120]}"
        done.differences.append(f"{line.method} {line.path} as {asker.role}, {name}: {outcome}, not {expected}: {told}")


def _compare_lines(api: Operating, line: Line, asker: Asker, target: Target, status: int, done: Walk) -> None:
    """What those ask for who look after others leaves one line, if it was understood and may show or change anybody."""
    rows = api.runner.run(api.store.find(outbox.COLLECTION, {"unchained": True}))
    lines = [one for row in rows for one in row["lines"]]
    described = api.app.openapi()["paths"][line.path][line.method.lower()]
    audited, in_order = described["x-audit"], [one for one in described["x-roles"] if one in asker.columns]
    by = next((column for column in in_order if asker.outcome(line, column, target) == ALLOWED), asker.columns[0])
    is_due = audited == "everybody" or (audited == "staff" and by not in ("person", "member", "enrolling", "link"))
    expected = int(is_due and status not in NOT_ASKED)
    found = [(one["status"], one["actor"].rpartition("/")[2]) for one in lines]
    done.lines[asker.role, len(found)] += 1
    if found != [(status, asker.claims["sub"])] * expected:
        done.differences.append(f"{line.method} {line.path} as {asker.role}: {status}, lines: {found}, not {expected}")


def _from_another(api: Operating, service: Service, line: Line, asker: Asker, done: Walk) -> None:
    """What is in an organization is to another one as if it were not."""
    if asker.role in OF_PROGRAM:  # of both, so that only the organization is another one
        roles = [f"{asker.role}:{target.program}" for target in (OWN, NOWHERE)]
        asker = replace(asker, claims={**asker.claims, "roles": roles})
    known, missing = (ask(api, service, line, asker, OTHERS, target) for target in (OWN, NOWHERE))
    done.counts[asker.role, "other organization"] += 1
    if asker.claims.get("sub") != OWN.person and _shown(missing, OWN) != _shown(known, OWN):
        done.differences.append(
            f"{line.method} {line.path} as {asker.role} of another organization: {known.text[:120]}"
        )


def _long_after_signing_in(api: Operating, service: Service, line: Line, asker: Asker, done: Walk) -> None:
    """Who could ask, and has signed in long ago, is told to sign in again where the page says so, whatever it is."""
    asker = replace(asker, claims={**asker.claims, "auth_time": LONG_AGO})
    for name, target in {**TARGETS, "nowhere": NOWHERE}.items():
        is_fresh = line.cells.get("fresh")
        if not is_fresh and name != "own":
            continue  # it is as if they had signed in just now
        expected = asker.expected(line, target)
        if is_fresh and expected != FORBIDDEN:
            expected = TOO_OLD
        outcome = _outcome(ask(api, service, line, asker, TENANT, target))
        done.counts[asker.role, outcome] += 1
        if outcome != expected:
            found = f"{outcome}, not {expected}"
            done.differences.append(f"{line.method} {line.path} as {asker.role} long after signing in, {name}: {found}")


def _shown(answer: httpx.Response, target: Target) -> tuple[int, str]:
    return answer.status_code, NEW.sub("new", NOWHERE.renamed(answer.text, target))


def _outcome(answer: httpx.Response) -> str:
    if answer.status_code == 403 and answer.json()["code"] == "not-allowed":
        return FORBIDDEN
    if answer.status_code == 401 and answer.json()["code"] == "sign-in-too-old":
        return TOO_OLD
    assert answer.status_code != 500, answer.text
    return HIDDEN if answer.status_code == 404 else ALLOWED


def ask(api: Operating, service: Service, line: Line, asker: Asker, tenant: str, target: Target) -> httpx.Response:
    """Ask for an operation about something."""
    api.token = api.issuer.token(tenant=tenant, **asker.claims)
    path, command = address(line.path, target), _command(service, line)
    if command is not None:
        return api.post(path, body(command, line.path, target), headers=STALE)
    params = {"program_id": target.program, "role": "mentor", "mentee_application_id": target.thing}
    params |= {"merged_id": target.person}
    taken = _parameters(api, line)
    asked = {name: value for name, value in params.items() if name in taken}
    people = {"json": {"ids": [*PROGRAMS]}} if line.path == "/v1/people/names" else {}
    return api.send(line.method, path, params=asked, headers=NAMED, **people)


def _command(service: Service, line: Line) -> Any:  # a model, or None
    if line.method != "POST":
        return None
    found = (one.takes for one in service.commands if one.http and one.http.path and line.path == f"/v1{one.http.path}")
    return next(found, None)


def _parameters(api: Operating, line: Line) -> set[str]:
    described = api.app.openapi()["paths"][line.path][line.method.lower()]
    return {one["name"] for one in described.get("parameters", ()) if one["in"] == "query"}
