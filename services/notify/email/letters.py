"""Writes a letter from a draft: looks up names, words and addresses, and fills in the text."""

from collections.abc import Iterable
from datetime import timedelta

from pydantic import JsonValue

from services.notify.calendar.model import CalendarEntry, CalendarMessage, calendar_message
from services.notify.catalog.message import every_message
from services.notify.email.action_links import leads_to, stops_at
from services.notify.email.known import Known
from services.notify.email.mime import Letter
from services.notify.local_copies import Card
from services.notify.mailbox import Mailbox
from services.notify.messages.model.draft import Addressee, Draft, Meeting
from services.notify.messages.model.notification import Notification
from services.notify.settings import NotifySettings
from services.notify.wording.explanations import explanations
from services.notify.wording.nearness import nearness
from services.notify.wording.renderer import Rendered, best_locale, render
from shared.sign_in_secrets import AddressAsked, Requested

NAME_ERASED = {"en": "[name erased]", "de": "[Name gelöscht]", "it": "[nome cancellato]"}
"""What stands where a letter would name somebody of whom nothing is kept any more."""


def _called(card: Card, locale: str) -> str:
    return card.name or NAME_ERASED.get(locale.partition("-")[0], NAME_ERASED["en"])


class CardOutdated(Exception):
    """The card does not say yet to which address to write."""


def _address(draft: Draft, card: Card) -> str | None:
    """The address at which to write; None if it is not to be told any more. Raises `CardOutdated`."""
    if draft.addressee is Addressee.PERSON:
        return card.email
    change = card.address_change
    if change is None or change.number < draft.number:
        raise CardOutdated(f"the card with change {draft.number} of the address has not come")
    if change.number > draft.number:
        return None
    return (change.old if draft.addressee is Addressee.OLD_ADDRESS else change.new) or None


def write_letter(notification: Notification, known: Known, settings: NotifySettings) -> Letter | None:
    """Write the letter; the same one each time, since it is dated when it was due to be sent.

    None if the address is not to be written to any more. Raises `CardOutdated`.
    """
    recipient = known.cards[0]
    address = _address(notification.draft, recipient)
    if address is None:
        return None
    locale = best_locale(recipient.locale, known.organization.locale)
    return Letter(
        notification_id=notification.id,
        written_at=notification.send_at,
        sender=Mailbox(name=known.organization.name, address=settings.mail_from),
        recipient=Mailbox(name=recipient.name, address=address),
        reply_to=settings.reply_to,
        stops_at=stops_at(notification, known.tenant, recipient.id, settings),
        content=render(notification.draft.template, locale, _values(notification, known, settings, locale)),
        calendar=_calendar_message(notification, known, settings, locale),
    )


def write_preview(notification: Notification, known: Known) -> Rendered | None:
    """Write what a letter says, without any link of its reader.

    None for one whose words let somebody in, and for one of a release that had other letters.
    """
    draft = notification.draft
    if draft.sign_in_request_id or draft.address_change_id or draft.template not in every_message():
        return None
    locale = best_locale(known.cards[0].locale, known.organization.locale)
    return render(notification.draft.template, locale, _values(notification, known, None, locale))


def _values(
    notification: Notification, known: Known, settings: NotifySettings | None, locale: str
) -> dict[str, JsonValue]:
    """Gather what the template needs, and more: each uses what it knows."""
    draft, recipient = notification.draft, known.cards[0]
    values: dict[str, JsonValue] = {
        "recipient": {"name": recipient.name, "time_zone": recipient.time_zone},
        "organization": known.organization.name,
        "program": known.program.title if known.program else "",
        "role": draft.role.value,
        "reason": draft.reason,
        "link": leads_to(notification, known.tenant, recipient.id, settings),
        "stop_link": stops_at(notification, known.tenant, recipient.id, settings),
    }
    if known.program:
        first_session_days = timedelta(days=known.program.rules.first_session_days)
        values["first_session_by"] = (notification.queued_at + first_session_days).isoformat()
    if others := known.cards[1:]:
        told = _listed(one.email for one in others if one.shows_email)
        values["partner"] = {"name": _listed(_called(one, locale) for one in others), "email": told}
    if proposal := draft.proposal:
        facts = known.program.rules.shown_facts if known.program else ()
        values["reasons"] = explanations(proposal, known.profiles, notification.send_at, facts)
    if draft.times:
        values["answer_by"] = max(draft.times).isoformat()
    if draft.sign_in_request_id and settings:
        values |= _way_in(Requested(known.tenant, draft.sign_in_request_id), settings)
    if draft.address_change_id and settings:
        values |= _confirmation(AddressAsked(known.tenant, draft.person_id, draft.address_change_id), settings)
    if meeting := draft.meeting:
        values |= {"goes_on": known.goes_on, **_times(meeting)}
        values["near"] = nearness(draft.minutes, notification.send_at, meeting.starts_at, recipient.time_zone)
    return values


def _way_in(request: Requested, settings: NotifySettings) -> dict[str, JsonValue]:
    """Derive what signs the recipient in: it is nowhere but in the mail."""
    secrets = settings.sign_in_secrets
    return {"sign_in_link": _page("sign-in", secrets.link(request), settings), "code": secrets.code(request)}


def _confirmation(asked: AddressAsked, settings: NotifySettings) -> dict[str, JsonValue]:
    """Derive what confirms a new address: it is nowhere but in the mail that goes there."""
    secrets = settings.sign_in_secrets
    return {
        "confirm_link": _page("address-change", secrets.address_link(asked), settings),
        "code": secrets.address_code(asked),
    }


def _page(name: str, link: str, settings: NotifySettings) -> str:
    """Where a link of a mail leads: to a page for people, or without one to the service itself."""
    place = settings.links.rstrip("/") if settings.links else f"{settings.issuer.rstrip('/')}/v1"
    return f"{place}/{name}?link={link}"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)


def _times(meeting: Meeting) -> dict[str, JsonValue]:
    previous = meeting.previous_starts_at
    return {
        "session": {"starts_at": meeting.starts_at.isoformat(), "ends_at": meeting.ends_at.isoformat(), "where": ""},
        "previous_starts_at": previous.isoformat() if previous else None,
    }


def _calendar_message(
    notification: Notification, known: Known, settings: NotifySettings, locale: str
) -> CalendarMessage | None:
    """Write what the message does to the recipient's calendar, if anything."""
    meeting, method = notification.draft.meeting, every_message()[notification.draft.template].calendar
    if meeting is None or method is None or known.program is None:
        return None
    recipient, *others = known.cards
    entry = CalendarEntry(
        session_id=meeting.session_id,
        revision=meeting.revision,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        time_zone=recipient.time_zone,
        locale=locale,
        title=f"{known.program.title}: {_listed(_called(one, locale) for one in others)}",
        where="",
        organizer=settings.mail_from,
        attendees=tuple(
            Mailbox(name=card.name, address=card.email) for card in known.cards if card is recipient or card.shows_email
        ),
    )
    return calendar_message(method, entry, at=notification.send_at)
