"""What people read: from an event to the mail that a real server on the loopback has taken."""

from email.message import EmailMessage

import pytest
from icalendar import Calendar

from shared.contracts.event import Event
from shared.contracts.intake import ProgramPublished, ProgramRules
from tests.scenario import START, Scenario
from tests.services.notify.harbor import (
    ACCEPTED,
    ADAS_CARD,
    APPROVED,
    BENS_PROFILE,
    CANCELLED,
    DAY,
    DECLINED_BY_MENTEE,
    ENDED,
    EXPIRED,
    HOUR,
    INVITED,
    PROGRAM,
    PROPOSED,
    PUBLISHED,
    REMINDED,
    SCHEDULED,
    SOON,
    SUBMITTED,
    UNWOUND,
    at,
    harbor,
    moved,
    notified,
    scheduled,
)
from tests.services.notify.mail_servers import Postmaster
from tests.services.notify.mails import calendar, sent, text


@pytest.mark.parametrize(
    ("event", "mails", "subject"),
    [
        (SUBMITTED, 1, "Your application to Growing has arrived"),
        (APPROVED, 1, "Welcome to Growing"),
        (PROPOSED, 2, "Growing: would you like Ada Okafor as your mentor?"),
        (ACCEPTED, 2, "Growing: Ada Okafor is your mentor"),
        (DECLINED_BY_MENTEE, 2, "Growing: the match with Ada Okafor did not come about"),
        (EXPIRED, 2, "Growing: the match with Ada Okafor did not come about in time"),
        (UNWOUND, 2, "Growing: your mentoring with Ada Okafor has ended"),
        (SCHEDULED, 2, "Session with Ada Okafor: Thursday, January 7, 2027, 10:00 AM (Europe/Berlin, GMT+01:00)"),
        (moved(DAY), 2, "Moved: session with Ada Okafor, now Friday, January 8, 2027, 10:00 AM"),
        (CANCELLED, 2, "Canceled: session with Ada Okafor, Thursday, January 7, 2027, 10:00 AM"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Event) else "",
)
def test_every_event_becomes_mails(event: Event, mails: int, subject: str, postmaster: Postmaster) -> None:
    found = sent(harbor(event), postmaster)
    assert len(found) == mails
    assert str(found[-1]["To"]) == "Ben Weiß <ben@example.org>"
    assert str(found[-1]["Subject"]).startswith(subject)


def test_feedback_is_asked_for_and_reminded_of_by_mail(postmaster: Postmaster) -> None:
    scenario = harbor(scheduled(starts_at=START - HOUR, ends_at=START), INVITED)
    (asked,) = sent(scenario, postmaster)
    assert asked["Subject"] == "How was your session with Ada Okafor?"
    assert "https://mentoring.example/app/feedback/i1" in text(asked)
    at(scenario, DAY).when(REMINDED)
    (reminded,) = sent(scenario, postmaster)
    assert reminded["Subject"] == "Reminder: how was your session with Ada Okafor?"


def test_a_mail_comes_from_the_organization_and_leads_to_a_page(postmaster: Postmaster) -> None:
    scenario = harbor(APPROVED)
    (mail,) = sent(scenario, postmaster)
    (notification,) = notified(scenario)
    assert str(mail["From"]) == "Harbor Community <mentoring@harbor.example>"
    assert mail["Message-ID"] == f"<{notification.id}@harbor.example>"
    assert mail["Date"].datetime == START
    assert "https://mentoring.example/app/applications\n" in text(mail)


def test_without_a_place_for_links_there_are_none(postmaster: Postmaster, settings: pytest.MonkeyPatch) -> None:
    settings.delenv("ITHACA_LINKS")
    (mail,) = sent(harbor(APPROVED), postmaster)
    assert "Your application" not in text(mail).replace("Your application is approved", "")


def test_a_proposal_says_why_in_the_words_of_the_two(postmaster: Postmaster) -> None:
    to_ada, to_ben = sent(harbor(PROPOSED), postmaster)
    assert "- Areas: backend\n" in text(to_ada)
    assert "- Areas: backend\n" in text(to_ben)
    assert "by Monday, January 11, 2027, 10:00 AM (Africa/Lagos, GMT+01:00)" in text(to_ada)


def test_a_proposal_can_do_without_the_profiles(postmaster: Postmaster) -> None:
    _, to_ben = sent(harbor(PROPOSED, without=(BENS_PROFILE,)), postmaster)
    assert "- Areas\n" in text(to_ben)
    assert "Please accept or decline" in text(to_ben)


def test_a_pair_learns_how_to_reach_each_other_and_by_when_to_meet(postmaster: Postmaster) -> None:
    to_ada, to_ben = sent(harbor(ACCEPTED), postmaster)
    assert "You reach Ben Weiß at ben@example.org." in text(to_ada)
    assert "You reach Ada Okafor at ada@example.org." in text(to_ben)
    assert "held by Monday, January 18, 2027, 10:00 AM (Europe/Berlin, GMT+01:00)" in text(to_ben)


def test_who_does_not_want_to_give_the_address_is_named_without_it_in_mails_and_invitations(
    postmaster: Postmaster,
) -> None:
    scenario = harbor(without=(ADAS_CARD,))
    scenario.when(ADAS_CARD.model_copy(update={"shows_email": False}))
    scenario.when(ACCEPTED)
    scenario.when(SCHEDULED)
    mails = [mail for mail in sent(scenario, postmaster) if "ben@" in str(mail["To"])]
    invitation, told = sorted(mails, key=lambda mail: "is your mentor" in str(mail["Subject"]))
    assert "Ada Okafor prefers not to give an e-mail address: plan your sessions here." in text(told)
    assert "suggest times for your first session" in text(told)
    assert "ada@example.org" not in told.as_string() + invitation.as_string() + calendar(invitation)
    assert "mailto:ben@example.org" in calendar(invitation)


def test_words_of_what_the_program_does_not_show_are_in_no_mail(postmaster: Postmaster) -> None:
    scenario = harbor(without=(PUBLISHED,))
    scenario.when(
        ProgramPublished(
            program_id=PROGRAM, title="Growing", cadence="monthly", months=6, rules=ProgramRules(shown_facts=("goals",))
        )
    )
    scenario.when(PROPOSED)
    to_ada, to_ben = sent(scenario, postmaster)
    assert "- Areas\n" in text(to_ada)
    assert "backend" not in text(to_ada) + text(to_ben)


def test_who_declined_and_why_is_told_to_nobody(postmaster: Postmaster) -> None:
    declined = DECLINED_BY_MENTEE.model_copy(update={"reason": "Too far away"})
    to_ada, to_ben = sent(harbor(declined), postmaster)
    assert "Too far away" not in text(to_ada) + text(to_ben)
    assert text(to_ada).splitlines()[2] == "The match with Ben Weiß did not come about."


def test_who_asked_for_an_end_and_why_is_told_to_nobody(postmaster: Postmaster) -> None:
    reasons = [UNWOUND.model_copy(update={"reason": reason}) for reason in ("rematch", "left", "staff")]
    texts = [[text(mail) for mail in sent(harbor(event), postmaster)] for event in reasons]
    assert texts[0] == texts[1] == texts[2]
    to_ada, to_ben = texts[0]
    assert "nobody's fault" in to_ada
    assert "Your place is free again" in to_ada
    assert "we are already looking for the mentor who fits you next best" in to_ben


def called_off(scenario: Scenario, postmaster: Postmaster) -> list[EmailMessage]:
    """The mails to both that a session is off."""
    found = [mail for mail in sent(scenario, postmaster) if str(mail["Subject"]).startswith("Canceled")]
    assert len(found) == 2
    return found


def test_two_who_go_on_are_asked_for_another_time_when_a_session_is_off(postmaster: Postmaster) -> None:
    _, to_ben = called_off(harbor(ACCEPTED, CANCELLED), postmaster)
    assert "Please agree with Ada Okafor on another time." in text(to_ben)
    assert "Plan another session: https://mentoring.example/app/relationships/r1\n" in text(to_ben)


def test_two_who_no_longer_work_together_are_not_asked_for_another_time(postmaster: Postmaster) -> None:
    for mail in called_off(harbor(ENDED, CANCELLED), postmaster):
        assert "takes it out of your calendar.\n\n-- \n" in text(mail)
        assert "METHOD:CANCEL" in calendar(mail)


def test_a_calendar_is_told_of_a_session_of_its_move_and_of_its_end(postmaster: Postmaster) -> None:
    scenario = harbor(SCHEDULED)
    found = []
    off = {"revision": 2, "starts_at": SOON + DAY, "ends_at": SOON + DAY + HOUR}
    for event in (None, moved(by=DAY), CANCELLED.model_copy(update=off)):
        if event:
            at(scenario, HOUR).when(event)
        found.append(calendar(sent(scenario, postmaster)[-1]))
    for number, (method, status) in enumerate(
        (("REQUEST", "CONFIRMED"), ("REQUEST", "CONFIRMED"), ("CANCEL", "CANCELLED"))
    ):
        for line in ("UID:s1@ithaca", f"SEQUENCE:{number}", f"METHOD:{method}", f"STATUS:{status}"):
            assert line in found[number].split("\r\n")
    assert "DTSTART:20270107T090000Z" in found[0]
    assert "DTSTART:20270108T090000Z" in found[1]
    stamps = [Calendar.from_ical(text).walk("VEVENT")[0].decoded("DTSTAMP") for text in found]
    assert stamps == [START, START + HOUR, START + 2 * HOUR]


def test_a_calendar_entry_names_the_sender_of_the_mail_and_both_people(postmaster: Postmaster) -> None:
    _, to_ben = sent(harbor(SCHEDULED), postmaster)
    entry = calendar(to_ben)
    assert "ORGANIZER:mailto:mentoring@harbor.example" in entry
    assert "mailto:ada@example.org" in entry
    assert "mailto:ben@example.org" in entry
    assert "SUMMARY:Growing: Ada Okafor" in entry


def test_a_reminder_has_no_calendar_entry(postmaster: Postmaster) -> None:
    scenario = harbor(SCHEDULED)
    sent(scenario, postmaster)
    _, to_ben = sent(scenario.advance(2 * DAY), postmaster)
    assert str(to_ben["Subject"]).startswith("Tomorrow: session with Ada Okafor, Thursday")
    assert not to_ben.is_attachment()
    assert {part.get_content_type() for part in to_ben.walk()} == {"multipart/alternative", "text/plain", "text/html"}


def test_a_mail_that_has_waited_for_the_morning_is_of_the_morning(postmaster: Postmaster) -> None:
    scenario = harbor().advance(13 * HOUR)
    scenario.when(SCHEDULED)
    assert sent(scenario, postmaster) == []
    _, to_ben = sent(scenario.advance(9 * HOUR), postmaster)
    assert to_ben["Date"].datetime == START + 22 * HOUR
    assert Calendar.from_ical(calendar(to_ben)).walk("VEVENT")[0].decoded("DTSTAMP") == START + 22 * HOUR
