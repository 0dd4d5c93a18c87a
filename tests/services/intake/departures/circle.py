"""Ada mentors in north, has applied to south, runs north, and has a passkey and a provider; Zoe is the admin."""

from services.intake.applications.commands import ApproveApplication, SubmitApplication
from services.intake.identity.model.access import Access
from services.intake.identity.model.passkeys import Passkey, Passkeys
from services.intake.identity.model.provider_accounts import ProviderAccount
from services.intake.memberships.model.administration import Administration
from services.intake.memberships.model.membership import Membership
from services.intake.memberships.model.roles import GivenRole, RoleName
from services.intake.service import service
from shared.contracts.departures import KEEPERS
from shared.contracts.matching import MatchProposed
from shared.engine.authoring.answer import Answer
from shared.ids import ApplicationId, MatchId, PersonId, ProgramId
from tests.scenario import Scenario
from tests.services.intake.builders import add_ada, id_of, open_program

NORTH, SOUTH = "north", "south"
ZOE = "person/zoe"
WITH_AN_ACCOUNT = {"idp": "account-of-ada"}


MANAGER, ADMIN = GivenRole(RoleName.MANAGER, NORTH), GivenRole(RoleName.ADMIN, None)


def circle(role: GivenRole = MANAGER, zoes: GivenRole = ADMIN) -> tuple[Scenario, str]:
    """The organization, and the id of Ada, who has that role in it."""
    given = Scenario(service).given(open_program(NORTH), open_program(SOUTH))
    ada = id_of(add_ada(given))
    given.when(ApproveApplication(application_id=apply(given, ada, NORTH, "mentor", languages=["de"])))
    apply(given, ada, SOUTH, "mentee", goals=["Find a job"])
    proposed(given, ada, "ben")
    with_roles(given, (ada, role), ("zoe", zoes))
    made = Passkey(id="k", name="Phone", credential="c", public_key="p", added_at=given.now)
    given.given(Passkeys(id=Passkeys.id_of(ada), person_id=ada, all=[made]))
    given.given(Access(id=Access.id_of(ada), accounts=WITH_AN_ACCOUNT))
    given.given(ProviderAccount(id="account-of-ada", person_id=ada))
    return given, ada


def apply(given: Scenario, person_id: str, program_id: str, role: str, **profile: list[str]) -> str:
    """Apply for somebody."""
    asked = {"program_id": program_id, "person_id": person_id, "role": role, "profile": profile}
    return id_of(given.when(SubmitApplication.model_validate(asked)))


def with_roles(given: Scenario, *roles: tuple[str, GivenRole]) -> None:
    """These people have these roles, and nobody any other."""
    administration = Administration(id=Administration.ID)
    for person_id, role in roles:
        membership = Membership(id=person_id)
        membership.grant(role, by="operator/root", at=given.now)
        administration.note(person_id, role)
        given.given(membership)
    given.given(administration)


def proposed(given: Scenario, mentor: str, mentee: str) -> None:
    """Two are asked about each other."""
    given.when(
        MatchProposed(
            match_id=MatchId("m1"),
            program_id=ProgramId(NORTH),
            mentor_id=PersonId(mentor),
            mentee_id=PersonId(mentee),
            mentor_application_id=ApplicationId("a"),
            mentee_application_id=ApplicationId("b"),
            score=0.5,
            expires_at=given.now,
        )
    )


def confirm_all(given: Scenario, person_id: str) -> None:
    """Each service says that it keeps nothing of the person but ids."""
    for confirmation in KEEPERS:
        given.when(confirmation(person_id=PersonId(person_id), changed=1, kept=2))


def code(answer: Answer) -> str:
    """The code of a refusal."""
    return str(getattr(answer.error, "code", answer.error))
