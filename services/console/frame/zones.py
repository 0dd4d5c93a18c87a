"""What time it is for somebody else, beside one's own."""

from datetime import timedelta

from services.console.frame.reader import Reader
from services.console.frame.texts import msgid
from shared.clock import zone


def apart(page: Reader, other_zone: str) -> str:
    """Say by how much the other one's clock differs from that of whoever reads, now."""
    here, there = (page.now.astimezone(zone(name)).utcoffset() or timedelta() for name in (page.zone, other_zone))
    hours = (there - here) / timedelta(hours=1)
    if not hours:
        return page.say(msgid("the same clock as you"))
    written = {"hours": page.texts.number(abs(hours)), "place": place(other_zone)}
    if abs(hours) == 1:
        ahead, behind = msgid("%(place)s, 1 hour ahead of you"), msgid("%(place)s, 1 hour behind you")
    else:
        ahead, behind = msgid("%(place)s, %(hours)s hours ahead of you"), msgid("%(place)s, %(hours)s hours behind you")
    return page.say(ahead if hours > 0 else behind, **written)


def place(zone_name: str) -> str:
    """Return the place in the name of a zone, such as `Rome` of `Europe/Rome`."""
    return zone_name.rpartition("/")[2].replace("_", " ")
