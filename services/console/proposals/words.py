"""What is said of proposals, on the pages of whoever is signed in and by the links of mails."""

from services.console.frame.reader import Reader
from services.console.frame.texts import msgid
from services.console.proposals.views import Match, other_called

DECLINE_REASONS = {
    "no_time": msgid("I have no time now"),
    "no_fit": msgid("We do not fit"),
    "acquainted": msgid("We know each other already"),
    "conflict_of_interest": msgid("We work too closely together"),
    "other": msgid("Something else"),
}
"""Why somebody says no; only those who run the program learn it."""

ICONS = {
    "goals": "flag",
    "areas": "layers",
    "programming_languages": "code",
    "experience": "trending-up",
    "zone": "clock",
}

_ENDINGS = {
    "accepted": msgid("You and %(name)s have both said yes"),
    "declined": msgid("This proposal was declined"),
    "expired": msgid("This proposal has ended without an answer"),
    "superseded": msgid("Another match was accepted first"),
    "withdrawn": msgid("This proposal was withdrawn"),
    "unwound": msgid("This match has ended"),
}


def title(page: Reader, match: Match) -> str:
    """Say how a proposal stands, for whoever looks."""
    other = other_called(page, match)
    if match.waits_for(page.person_id):
        if match.side_of(page.person_id) == "mentor":
            return page.say(msgid("Would you be the mentor of %(name)s?"), name=other)
        return page.say(msgid("Would you like %(name)s as your mentor?"), name=other)
    if match.is_open:
        return page.say(msgid("You have said yes to %(name)s"), name=other)
    return page.say(_ENDINGS.get(match.status, msgid("This proposal is over")), name=other)
