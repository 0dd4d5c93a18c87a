"""Writes a letter from a draft: looks up names, words and addresses, and fills in the text."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from pydantic import JsonValue

from services.notify.calendar.model import CalendarEntry, CalendarMessage, calendar_message
from services.notify.catalog.message import every_message
from services.notify.email.action_links import leads_to
from services.notify.email.mime import Letter
from services.notify.local_copies import Card, Organization, Profile, Program
from services.notify.mailbox import Mailbox
from services.notify.messages.model.draft import Addressee, Draft, Meeting
from services.notify.messages.model.merged_person import MergedPerson, cards_of
from services.notify.messages.model.notification import Notification
from services.notify.messages.model.progress import Progress, RelationshipStage
from services.notify.settings import NotifySettings
from services.notify.wording.explanations import explanations
from services.notify.wording.nearness import nearness
from services.notify.wording.renderer import best_locale, render
from shared.engine.authoring.erased_people import ErasedPerson
from shared.engine.authoring.reader import Reader
from shared.sign_in_secrets import AddressAsked, Requested

NAME_ERASED = {"en": "[name erased]", "de": "[Name gelöscht]", "it": "[nome cancellato]"}
"""What stands where a letter would name somebody of whom nothing is kept any more."""


def _called(card: Card, locale: str) -> str:
    return card.name or NAME_ERASED.get(locale.partition("-")[0], NAME_ERASED["en"])


@dataclass(slots=True, frozen=True)
class Known:
    """What a letter needs beside its draft. The recipient's card comes first; `profiles` go by application.

    There is no `program` for what is about a person's way in. `goes_on` is False for a session of people who no longer
    work together.
    """

    tenant: str
    cards: list[Card]
    program: Program | None
    organization: Organization
    profiles: Mapping[str, Profile]
    goes_on: bool


async def look_up(draft: Draft, reader: Reader) -> Known | None:
    """Look up all that a letter needs; None if somebody is gone. Raises `NotFound` if anything else is missing.

    Of whom nothing is kept any more the letter names nobody.
    """
    ids = cards_of(draft.people, await reader.many(MergedPerson, draft.people))
    found = {card.id: card for card in await reader.many(Card, ids) if not card.removed}
    named = [id for id in ids[1:] if id not in found]
    found |= {one.id: Card(id=one.id, shows_email=False) for one in await reader.many(ErasedPerson, named)}
    cards = [found[id] for id in ids if id in found]
    if len(cards) < len(ids):
        return None
    profiles = await reader.many(Profile, draft.proposal.applications if draft.proposal else [])
    return Known(
        tenant=reader.tenant,
        cards=cards,
        program=await reader.get(Program, draft.program) if draft.program else None,
        organization=await reader.get(Organization, Organization.ID),
        profiles={profile.id: profile for profile in profiles if not profile.removed},
        goes_on=draft.meeting is None or await _goes_on(draft.meeting, reader),
    )


async def _goes_on(meeting: Meeting, reader: Reader) -> bool:
    found = await reader.many(Progress, [f"relationship/{meeting.relationship_id}"])
    return all(relationship.stage < RelationshipStage.ENDED for relationship in found)


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
        content=render(notification.draft.template, locale, _values(notification, known, settings, locale)),
        calendar=_calendar_message(notification, known, settings, locale),
    )


def _values(notification: Notification, known: Known, settings: NotifySettings, locale: str) -> dict[str, JsonValue]:
    """Gather what the template needs, and more: each uses what it knows."""
    draft, recipient = notification.draft, known.cards[0]
    values: dict[str, JsonValue] = {
        "recipient": {"name": recipient.name, "time_zone": recipient.time_zone},
        "organization": known.organization.name,
        "program": known.program.title if known.program else "",
        "role": draft.role.value,
        "reason": draft.reason,
        "link": leads_to(notification, known.tenant, recipient.id, settings),
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
    if draft.sign_in_request_id:
        values |= _way_in(Requested(known.tenant, draft.sign_in_request_id), settings)
    if draft.address_change_id:
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
