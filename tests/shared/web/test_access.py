"""Who may ask for what, by who they are."""

import pytest

from shared.engine.authoring.handlers import CLIENTS, OPERATORS, PEOPLE, Grant
from shared.errors import NotAllowed
from shared.web.access import check_allowed, check_own
from shared.web.auth import Caller

ADA = Caller("acme", "person", "ada")
HR = Caller("acme", "client", "ada")


@pytest.mark.parametrize("allow", [(), (PEOPLE,), (PEOPLE, OPERATORS)])
def test_a_caller_of_a_kind_that_is_granted_may_and_everybody_where_nothing_is_said(allow: tuple[Grant, ...]) -> None:
    check_allowed("This", allow, ADA)


def test_a_caller_of_another_kind_learns_which_token_it_takes() -> None:
    with pytest.raises(
        NotAllowed, match=r"^This needs a token of kind client or operator: this one is of kind person\.$"
    ):
        check_allowed("This", (OPERATORS, CLIENTS), ADA)


def test_people_see_what_is_their_own_and_who_runs_programs_sees_everybodys() -> None:
    check_own(ADA, "ada")
    check_own(HR, "ben")
    with pytest.raises(NotAllowed):
        check_own(ADA, "ben")
