"""Which roles somebody has by what their provider says of them."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Self

from pydantic import BaseModel, Field, StringConstraints, model_validator

from services.intake.fields import Id
from services.intake.memberships.model.roles import GivenRole, RoleName
from services.intake.providers.model.claims import LONGEST_VALUE, Claims, values_of
from services.intake.providers.model.findings import Finding, ProviderFault
from shared.contracts.roles import StaffRole

ClaimName = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")]
Claimed = Mapping[str, tuple[str, ...]]
"""What claims have that rules name, by the claim."""
QUOTED = 5
"""Values that a finding quotes."""


class RoleRule(BaseModel, frozen=True, extra="forbid"):
    """Whoever has a value among those of a claim has a role."""

    claim: ClaimName = Field(
        description="Such as `groups`; with a slash in front the way to one inside of others: `/realm_access/roles`"
    )
    value: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_VALUE)] = Field(
        description="As the provider writes it, letter by letter"
    )
    role: StaffRole
    program_id: Id | None = Field(None, description="Of every role but admin")

    @model_validator(mode="after")
    def _names_a_program_or_none(self) -> Self:
        if (self.role is StaffRole.ADMIN) == (self.program_id is not None):
            raise ValueError("an admin is one of the whole organization, every other role names its program_id")
        return self

    @property
    def given(self) -> GivenRole:
        """The role."""
        return GivenRole(RoleName(self.role), self.program_id)


def claimed(claims: Claims, rules: Sequence[RoleRule]) -> Claimed:
    """Return what the claims have that rules name; one that cannot be read has nothing."""
    return {name: _values_or_none(claims, name) for name in dict.fromkeys(rule.claim for rule in rules)}


def roles_by(values: Claimed, rules: Sequence[RoleRule]) -> list[GivenRole]:
    """Return the roles that the rules give for these values, each once."""
    return list(dict.fromkeys(rule.given for rule in rules if rule.value in values.get(rule.claim, ())))


def findings(claims: Claims, rules: Sequence[RoleRule]) -> list[Finding]:
    """Say what the rules make of the claims."""
    return [_finding(claims, name, rules) for name in dict.fromkeys(rule.claim for rule in rules)]


def _finding(claims: Claims, name: str, rules: Sequence[RoleRule]) -> Finding:
    about = f"claim {name}"
    try:
        values = values_of(claims, name)
    except ProviderFault as fault:
        return fault.finding
    known = [rule for rule in rules if rule.claim == name]
    roles = [one.name for one in roles_by({name: values}, known)]
    if roles:
        return Finding.fine(about, f"{name} gives {', '.join(roles)}.")
    if not values:
        return Finding(
            about=about,
            is_fine=False,
            detail=f"The claim {name} is missing or empty: it gives this person no role.",
            remedy="That is right for somebody without a role. Otherwise have it sent, for a scope that is set here.",
        )
    found, named = _quoted(values), _quoted([rule.value for rule in known])
    return Finding(
        about=about,
        is_fine=False,
        detail=f"The claim {name} has {found}, and no rule names any of these: it gives this person no role.",
        remedy=f"That is right for somebody without a role. Rules name {named}.",
    )


def _quoted(values: Sequence[str]) -> str:
    return ", ".join(f"{one!a}" for one in values[:QUOTED]) + (", ..." if len(values) > QUOTED else "")


def _values_or_none(claims: Claims, name: str) -> tuple[str, ...]:
    try:
        return values_of(claims, name)
    except ProviderFault:
        return ()
