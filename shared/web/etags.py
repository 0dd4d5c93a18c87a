"""Entity tags that a reader has already: who names the one that a read would send is told that nothing has changed."""

import re
from collections.abc import Iterable

_TAG = rb'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_LIST = re.compile(rb"[ \t,]*%b(?:[ \t]*,[ \t,]*%b)*[ \t,]*" % (_TAG, _TAG))
_EACH = re.compile(_TAG)
WEAK = b"W/"


def is_known(etag: bytes, if_none_match: Iterable[bytes]) -> bool:
    """Return whether one of the `If-None-Match` headers names the tag, by weak comparison (RFC 9110, 8.8.3.2).

    A header that cannot be read names nothing: then all is sent.
    """
    wanted = etag.removeprefix(WEAK)
    for header in if_none_match:
        stated = header.strip()
        if stated == b"*":
            return True
        if _LIST.fullmatch(stated) and wanted in (tag.removeprefix(WEAK) for tag in _EACH.findall(stated)):
            return True
    return False
