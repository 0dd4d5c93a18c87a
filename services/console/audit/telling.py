"""What lines of the audit trail say, in words."""

import re

from services.console.frame.page import Page
from services.console.frame.texts import msgid

OPERATIONS = {
    "AcceptInvitation": msgid("accepted a role"),
    "AddPerson": msgid("added a person"),
    "ApproveApplication": msgid("approved an application"),
    "CancelSession": msgid("called a session off"),
    "ConfirmAddress": msgid("confirmed an address"),
    "CorrectPerson": msgid("corrected a card"),
    "DisableClient": msgid("shut another system out"),
    "EndClientSecret": msgid("ended a secret"),
    "ErasePerson": msgid("erased a person"),
    "GrantRole": msgid("gave a role"),
    "InvitePerson": msgid("invited somebody to a role"),
    "LeaveRole": msgid("gave a role back"),
    "MergePeople": msgid("made one of two cards"),
    "PinMatch": msgid("pinned a match"),
    "ProposeMatch": msgid("proposed a match"),
    "PublishProgram": msgid("published a program"),
    "PublishRun": msgid("published a run"),
    "RemoveAllPasskeys": msgid("removed passkeys"),
    "RenameClient": msgid("renamed another system"),
    "RequestAddressChange": msgid("asked for another address"),
    "RequestMatchRun": msgid("started a run"),
    "ResumePerson": msgid("let somebody in again"),
    "RevokeRole": msgid("took a role away"),
    "SubmitApplication": msgid("sent an application"),
    "SuspendPerson": msgid("suspended somebody"),
    "TrustClientKeys": msgid("had keys trusted"),
    "UnwindMatch": msgid("ended a match"),
    "WithdrawApplication": msgid("withdrew an application"),
    "add_client_secret": msgid("made another secret"),
    "exchange_token": msgid("came from a front end"),
    "export_trail": msgid("took the audit trail away as a file"),
    "get_application": msgid("read an application"),
    "get_person": msgid("looked at a card"),
    "import_people": msgid("brought people in"),
    "issue_token": msgid("got a token"),
    "list_applications": msgid("listed applications"),
    "list_matches": msgid("listed matches"),
    "list_notifications": msgid("looked at which mails went out"),
    "list_pairs": msgid("looked at the pairs of a run"),
    "list_passkeys": msgid("listed passkeys"),
    "list_people": msgid("listed people"),
    "list_pool": msgid("looked at who can be matched"),
    "list_relationships": msgid("listed relationships"),
    "list_risks": msgid("looked at what is at risk"),
    "list_sessions": msgid("looked at where somebody is signed in"),
    "list_staff": msgid("looked at who has which role"),
    "list_trail": msgid("read the audit trail"),
    "list_unmatched": msgid("looked at who has nobody"),
    "list_waiting": msgid("looked at who waits"),
    "register_client": msgid("let another system in"),
    "set_identity_provider": msgid("changed the organization's provider"),
    "set_passkey_requirement": msgid("changed who needs a passkey"),
    "show_match": msgid("looked at a match"),
    "show_merge": msgid("looked at what a merge would do"),
    "show_relationship": msgid("looked at a relationship"),
    "show_roles": msgid("looked at somebody's roles"),
    "sign_in": msgid("signed in"),
    "try_identity_provider": msgid("tried the organization's provider"),
    "verify_trail": msgid("checked the audit trail"),
}
"""What people of an organization mostly do and see; what else there is goes by its name in the documents."""

CAPACITIES = {
    "admin": msgid("as an admin"),
    "client": msgid("as another system"),
    "enrolling": msgid("before the first passkey"),
    "lead": msgid("as a lead mentor"),
    "manager": msgid("as a manager"),
    "member": msgid("as the other one of a pair"),
    "operator": msgid("as an operator"),
    "partner_admin": msgid("as a partner admin"),
    "person": msgid("for themselves"),
    "reviewer": msgid("as a reviewer"),
}


def told(page: Page, operation: str) -> str:
    """Return what was done or seen."""
    if operation in OPERATIONS:
        return page.say(OPERATIONS[operation])
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", " ", operation).lower()


def capacity(page: Page, role: str) -> str:
    """Return as what somebody did it."""
    return page.say(CAPACITIES[role]) if role in CAPACITIES else role
