"""Who may ask intake for what."""

from services.intake.service import service


def test_only_operators_register_organizations_and_no_person_decides() -> None:
    allowed = {handler.name: handler.http.allow for handler in service.commands if handler.http}
    assert allowed["RegisterOrganization"] == {"operator"}
    own = {"SubmitApplication", "WithdrawApplication", "LeaveProgram", "ChangeCapacity"}
    own |= {"PauseParticipant", "ResumeParticipant"}
    assert {name for name, kinds in allowed.items() if not kinds} == own
    of_their_own = {"EndSession", "SignOutEverywhere"}
    assert {name for name, kinds in allowed.items() if "person" in kinds} == of_their_own
