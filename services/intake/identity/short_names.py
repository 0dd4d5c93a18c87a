"""The short name of an organization that opens: made of its name, and of letters that nobody can foresee.

So two organizations may have one name, and whoever opens one learns nothing of the others.
"""

import re
import secrets
import unicodedata

LONGEST = 30
"""Of what is taken of the name; there is room for the rest."""
LETTERS = "bcdfghjkmnpqrstvwxz23456789"
"""None is taken for another, and they make no words."""
RANDOM = 4

_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"})


def short_name(name: str) -> str:
    """Return a slug for an organization of that name; never one of a sandbox."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_SPELLED)).encode("ascii", "ignore").decode()
    words = re.sub("[^a-z0-9]+", "-", plain).strip("-")
    begins = words[:LONGEST].strip("-").removeprefix("sandbox-") or "mentoring"
    return f"{begins}-{''.join(secrets.choice(LETTERS) for _ in range(RANDOM))}"
