"""What our tokens say of whoever shows them, in the types that our issuer gives it."""

import re
from collections.abc import Iterator
from typing import Literal, Self

from pydantic import BaseModel, Field, model_validator

from shared.engine.authoring.grants import ENROLLING
from shared.engine.authoring.links import LINK
from shared.ids import TENANT

LATEST = 2**33
"""The latest time in a token, in the year 2242: later ones are beyond what some calendars have."""

ROLE = re.compile(r"[a-z_]{1,40}(:[A-Za-z0-9._-]{1,64})?")
"""A role as tokens name it: `admin`, or with the program that it is for, `manager:0190...`."""
SCOPE = re.compile(r"[a-z]{1,40}:[a-z]{1,40}")
OPENED = re.compile(r"[a-z]{1,40}:[A-Za-z0-9_-]{1,120}")
"""What a link is for and about, such as `proposal:0190...`."""


class Actor(BaseModel, strict=True):
    """Which client acts for a person (RFC 8693, 4.1)."""

    sub: str = Field(max_length=255)


class Claims(BaseModel, strict=True):
    """Whom a token names and until when, in the types that our issuer gives them; whatever else it says is not read."""

    sub: str = Field(min_length=1, max_length=255)
    kind: Literal["person", "client", "operator", "enrolling", "link"]
    tenant: str = ""
    roles: list[str] = []
    many: bool = False
    role_changes: int = Field(default=0, ge=0, le=LATEST)
    scope: str | None = Field(default=None, min_length=1)
    jti: str = Field(min_length=1, max_length=255)
    exp: int = Field(ge=0, le=LATEST)
    iat: int = Field(ge=0, le=LATEST)
    client_id: str = Field(default="", max_length=255)
    sid: str = Field(default="", max_length=64)
    auth_time: int = Field(default=0, ge=0, le=LATEST)
    act: Actor | None = None
    link: str = ""
    nbf: int = Field(default=0, ge=0, le=LATEST)

    @model_validator(mode="after")
    def _names_a_tenant(self) -> Self:
        if not TENANT.fullmatch(self.tenant) and (self.tenant or self.kind != "operator"):
            raise ValueError("only an operator's token may name no tenant")
        return self

    @model_validator(mode="after")
    def _has_roles_or_scopes_by_its_kind(self) -> Self:
        if self.roles and (self.kind != "person" or not all(map(ROLE.fullmatch, self.roles))):
            raise ValueError("roles are names, and a person's")
        if self.many != (self.role_changes > 0) or (self.many and (self.roles or self.kind != "person")):
            raise ValueError("many roles are a person's, looked up as they were after some change, and not listed")
        if self.scope and (self.kind != "client" or not all(map(SCOPE.fullmatch, self.scope.split(" ")))):
            raise ValueError("a scope is names with one space between them, and a client's")
        return self

    @model_validator(mode="after")
    def _names_a_link_by_its_kind(self) -> Self:
        if (self.kind == LINK) != bool(OPENED.fullmatch(self.link)) or (self.link and self.kind != LINK):
            raise ValueError("a link is for and about something, and of whoever has opened it")
        return self

    def accesses(self) -> Iterator[str]:
        """Tell by what they can be revoked: who it is, the organization, the session, and who acts for them.

        Operators are of no organization: what is revoked of one is not of theirs.
        """
        if self.tenant:
            yield f"{self.tenant}/{'person' if self.kind in (ENROLLING, LINK) else self.kind}/{self.sub}"
            if self.kind != "operator":
                yield f"{self.tenant}/organization/{self.tenant}"
            if self.sid:
                yield f"{self.tenant}/session/{self.sid}"
            if self.act:
                yield f"{self.tenant}/client/{self.act.sub.rpartition('.')[2]}"
