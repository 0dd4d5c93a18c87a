"""The pages of how people of the organization sign in: by its provider, tried out, with roles by claims."""

import json
from collections.abc import Mapping, Sequence
from secrets import token_urlsafe
from typing import Annotated, Any

from fastapi import Form
from pydantic import BaseModel
from starlette.responses import Response

from services.console.api import FieldProblem, ServiceProblem, Shown
from services.console.frame.capabilities import Capability, Entry, Place, admins
from services.console.frame.cookies import BROWSER, put
from services.console.frame.forms import Key, Text
from services.console.frame.page import CurrentPage, Page
from services.console.frame.texts import msgid
from services.console.people.views import RoleToGive, role_called, roles_to_give, where
from services.console.provider.views import Provider, Rule, Trial
from shared.engine.authoring.grants import ADMIN
from shared.web.routes import Pages

routes = Pages(allow=(ADMIN,))

PATH = "/v1/identity-provider"
PATIENCE = 60.0
"""Seconds: a provider is asked for several things, and may take some for each."""
TRIAL_LASTS = 600
"""Seconds for which somebody can come back from a trial."""


class Settings(BaseModel):
    """What an admin sets."""

    key: Key = ""
    issuer: Text = ""
    client_id: Text = ""
    method: Text = "client_secret_basic"
    client_secret: Text = ""
    domains: Text = ""
    scopes: Text = ""

    def body(self, known: Provider) -> dict[str, Any]:
        """It, as intake takes it, with the rules and front ends there are; without a secret the known one stays."""
        told = self.model_dump(include={"issuer", "client_id", "method"})
        secret = {"client_secret": self.client_secret} if self.client_secret else {}
        scopes = {"scopes": self.scopes.split()} if self.scopes.strip() else {}
        return told | secret | scopes | {"domains": _listed(self.domains)} | _rest(known, known.rules)


class Requirement(Shown):
    """Whether admins get in with a passkey only."""

    is_required: bool


@routes.get("/provider")
async def show_provider(page: CurrentPage) -> Response:
    """Show by which provider people sign in."""
    return await _show(page)


@routes.post("/provider")
async def set_provider(page: CurrentPage, form: Annotated[Settings, Form()]) -> Response:
    """Have people sign in by a provider."""
    known = await page.api.one(Provider, "intake", PATH)
    typed = form.model_dump(exclude={"key", "client_secret"})
    return await _do(page, PATH, form.key, form.body(known), typed)


@routes.post("/provider/remove")
async def remove_provider(page: CurrentPage, key: Key = "") -> Response:
    """Have nobody sign in by it any more."""
    return await _do(page, f"{PATH}/remove", key)


@routes.post("/provider/rules")
async def add_rule(page: CurrentPage, key: Key = "", claim: Text = "", value: Text = "", role: Text = "") -> Response:
    """Have whoever has a value of a claim have a role."""
    known = await page.api.one(Provider, "intake", PATH)
    rule = Rule(claim=claim.strip(), value=value, **RoleToGive.named(role).model_dump())
    return await _do(page, PATH, key, _whole(known, [*known.rules, rule]), {"claim": claim, "value": value})


@routes.post("/provider/rules/remove")
async def remove_rule(page: CurrentPage, key: Key = "", rule: Annotated[int, Form(ge=0)] = 0) -> Response:
    """Have a rule give nobody a role any more."""
    known = await page.api.one(Provider, "intake", PATH)
    return await _do(page, PATH, key, _whole(known, [one for n, one in enumerate(known.rules) if n != rule]))


@routes.post("/provider/passkeys")
async def require_passkeys(page: CurrentPage, key: Key = "", required: Annotated[bool, Form()] = False) -> Response:
    """Let admins in with a passkey only, or as they like again."""
    return await _do(page, "/v1/passkey-requirement", key, {"is_required": required})


@routes.post("/provider/try")
async def try_provider(page: CurrentPage, claims: Text = "") -> Response:
    """Try the provider out, step by step, and say what is wrong; nothing is changed by it."""
    try:
        body = {"claims": json.loads(claims)} if claims.strip() else {}
    except ValueError:
        words = page.say(msgid("This is no JSON: paste the claims as the provider sends them."))
        error = FieldProblem(field="/claims", detail=words)
        problem = ServiceProblem("console", 422, {"detail": words, "errors": [error.model_dump()]})
        return await _show(page, problem, {"claims": claims})
    browser = token_urlsafe(32)
    try:
        answer = await page.api.send(
            "POST",
            "intake",
            f"{PATH}/try",
            json=body,
            headers={"Cookie": f"ithaca-browser={browser}"},
            timeout=PATIENCE,
        )
    except ServiceProblem as problem:
        return await _show(page, problem, {"claims": claims})
    trial = Trial.model_validate_json(answer.content)
    words = msgid("People can sign in by your provider") if trial.is_usable else _NOT_YET
    response = page.html("provider/trial.html", page.say(words), trial=trial, claims=claims)
    put(page.request, response, BROWSER, browser, TRIAL_LASTS)
    return response


_NOT_YET = msgid("Nobody can sign in by your provider yet")


async def _do(
    page: Page, path: str, key: str, body: Mapping[str, Any] | None = None, typed: Mapping[str, Any] | None = None
) -> Response:
    try:
        await page.api.do("intake", path, body, key)
    except ServiceProblem as problem:
        return await _show(page, problem, typed)
    return page.go("/provider")


async def _show(page: Page, problem: ServiceProblem | None = None, typed: Mapping[str, Any] | None = None) -> Response:
    known = await page.api.one(Provider, "intake", PATH)
    requirement = await page.api.one(Requirement, "intake", "/v1/passkey-requirement")
    shown = known.model_dump() | {"domains": ", ".join(known.domains), "scopes": " ".join(known.scopes)}
    title = page.say(msgid("People at %(domains)s sign in by your provider"), domains=", ".join(known.domains))
    return page.html(
        "provider/provider.html",
        title if known.issuer else page.say(msgid("Nobody signs in by a provider of your own yet")),
        problem=problem,
        known=known,
        typed={"claim": "", "value": "", "claims": ""} | shown | dict(typed or {}),
        rules=[
            (rule, role_called(page, RoleToGive(**_role(rule))), where(page, RoleToGive(**_role(rule))))
            for rule in known.rules
        ],
        roles=roles_to_give(page),
        jwks=json.dumps(known.jwks, indent=2) if known.jwks.get("keys") else "",
        is_required=requirement.is_required,
    )


def _role(rule: Rule) -> dict[str, str | None]:
    return {"role": rule.role, "program_id": rule.program_id}


def _whole(known: Provider, rules: Sequence[Rule]) -> dict[str, Any]:
    """The settings as they are, with other rules."""
    kept = known.model_dump(include={"issuer", "client_id", "method", "domains", "scopes"})
    return kept | _rest(known, rules)


def _rest(known: Provider, rules: Sequence[Rule]) -> dict[str, Any]:
    """What one form leaves to the others."""
    return {
        "rules": [one.model_dump(exclude_none=True) for one in rules],
        "front_ends": [one.model_dump() for one in known.front_ends],
    }


def _listed(text: str) -> list[str]:
    return [one.lower().lstrip("@") for one in text.replace(",", " ").split()]


provider = Capability(routes, (Entry(Place.ORGANIZATION, msgid("Sign-in settings"), "/provider", "key-round", admins),))
