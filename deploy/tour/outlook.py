"""What has left the system by mail, and what it has planned."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from deploy.local.mail import MailFolder, StoredMail
from deploy.tour.api import Caller, DidNotHappen, Read
from deploy.tour.guide import Step

MOVED = ("METHOD:REQUEST", "SEQUENCE:1")
SHOWN = 14
"""Lines of a mail, and of its calendar entry."""


class Timer(Read):
    """Something that a service will do at a time."""

    type: str
    due: datetime


class Plans(Read):
    """The soonest of what a service will do."""

    items: list[Timer]


def show_mail(step: Step, folder: MailFolder, since: datetime) -> None:
    """The mails that went out in this tour, and one of them with its calendar entry."""
    mails = [mail for mail in folder.newest() if mail.received_at >= since]
    if len({mail.message["Message-ID"] for mail in mails}) < len(mails):
        raise DidNotHappen("A mail went out twice.")
    moved = next((mail for mail in mails if set(MOVED) <= set(calendar(mail))), None)
    if moved is None:
        raise DidNotHappen("No mail went out that moves a session in calendars.")
    sent = Counter(str(seen.data["template"]) for seen in step.observer.seen if seen.type == "NotificationSent")
    step.say(
        f"""
        {len(mails)} mails went out, each once. What is not urgent waits for the morning of its reader. By
        subject:
        """
    )
    step.table((str(count), template.replace("_", " ")) for template, count in sent.most_common())
    step.say(f"One of them, as `ithaca mail show {moved.id}` shows it, and the calendar entry in it:")
    step.quote([*letter(moved), "", *calendar(moved)])
    step.figures.update(mails=len(mails), shown=moved.id)


def letter(mail: StoredMail) -> list[str]:
    """The mail's text, under what it is about."""
    text = (mail.part("text/plain") or b"").decode().replace("\r", "")
    return [f"To: {mail.to}", f"Subject: {mail.subject}", "", *text.splitlines()][:SHOWN]


def calendar(mail: StoredMail) -> list[str]:
    """What a calendar program reads."""
    wanted = ("METHOD", "UID", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY")
    lines = (mail.part("text/calendar") or b"").decode().replace("\r", "").splitlines()
    return [line for line in lines if line.startswith(wanted)]


async def show_plans(step: Step, client: Caller, services: Sequence[str]) -> None:
    """What each service will do later, by its timers."""
    rows = list[tuple[str, str, str, str]]()
    for service in services:
        planned = (await client.get(service, "/timers", Plans, limit=500)).items
        for type, count in sorted(Counter(one.type for one in planned).items()):
            first = min(one.due for one in planned if one.type == type)
            rows.append((service, type, str(count), _until(first)))
            step.figures[f"{service}.{type}"] = count
    missing = {"ExpireMatch", "RemindOfSession", "LookForBooking", "RemindOfFeedback"} - {row[1] for row in rows}
    if missing:
        raise DidNotHappen(f"Nothing is planned for {', '.join(sorted(missing))}.")
    step.say(
        """
        Time brings the rest: proposals expire and the next best is asked, sessions are reminded of, who has not
        answered is asked once more, and a pair that has booked nothing is looked at after ten days. Each is a
        timer:
        """
    )
    step.table(rows, "service", "timer", "planned", "first in")


def _until(moment: datetime) -> str:
    minutes = int((moment - datetime.now(UTC)).total_seconds() // 60)
    return f"{minutes // 1440} d {minutes // 60 % 24} h" if minutes >= 1440 else f"{minutes // 60} h {minutes % 60} min"
