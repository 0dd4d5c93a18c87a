"""What is found when a provider is tried, or somebody comes from it."""

from typing import Self

from pydantic import BaseModel, Field


class Finding(BaseModel, frozen=True):
    """One thing that was looked at: whether it is well, and if not, what to do."""

    about: str = Field(description="What was looked at, such as `keys` or `claim email`")
    is_fine: bool
    detail: str = Field(description="What was found")
    remedy: str = Field("", description="What to do, and where; empty if it is well")
    keeps_out: bool = Field(False, description="Whether people cannot sign in because of it")

    @classmethod
    def fine(cls, about: str, detail: str) -> Self:
        """Say that something is well."""
        return cls(about=about, is_fine=True, detail=detail)


class ProviderFault(Exception):
    """A provider, or what it says, cannot be used. What is wrong is for admins and people alike: it has no secret."""

    def __init__(self, about: str, detail: str, remedy: str) -> None:
        super().__init__(f"{detail} {remedy}")
        self.finding = Finding(about=about, is_fine=False, detail=detail, remedy=remedy, keeps_out=True)
