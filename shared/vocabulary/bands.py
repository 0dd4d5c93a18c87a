"""Bands of years of experience, as people write them."""

import re

from shared.vocabulary.findings import Finding, guessed, left_out, remembered, understood
from shared.vocabulary.numbers import plain, with_digits
from shared.vocabulary.units import UNITS, alternatives

_OF = r"(?: (?:of )?(?:work )?experience| (?:berufs)?erfahrung| di esperienza)?"
_YEARS = rf"(?: ?(?:{alternatives(UNITS['year'])})\.?)?{_OF}"
_BAND = re.compile(
    rf"(?:(?:from|von|da|between|zwischen|tra) )?(\d{{1,2}})(?: ?- ?| (?:to|bis|a|and|und|e) )(\d{{1,2}}){_YEARS}"
)
_OPEN = re.compile(
    rf"(?:(\d{{1,2}}) ?(?:\+|(?:years? |jahre |anni )?(?:or more|oder mehr|o piu|plus)){_YEARS}"
    rf"|(?:more than|over|at least|mehr als|uber|mindestens|ab|oltre|piu di|almeno|>=?) ?(\d{{1,2}}){_YEARS})"
)
_BELOW = re.compile(rf"(?:less than|under|up to|weniger als|unter|bis zu|bis|meno di|fino a|<=?) ?(\d{{1,2}}){_YEARS}")


@remembered
def understand_experience(text: str) -> Finding[str | None]:
    """Read a band of years of experience, written `2-4 years` or `16+ years`."""
    written, band = with_digits(plain(text)), None
    if (match := _BAND.fullmatch(written)) and int(match[1]) <= int(match[2]):
        band = f"{int(match[1])}-{int(match[2])} years"
    elif match := _OPEN.fullmatch(written):
        band = f"{int(match[1] or match[2])}+ years"
    elif match := _BELOW.fullmatch(written):
        band = f"0-{int(match[1])} years"
    if band is None:
        return Finding(None, (left_out(text, f'"{text}" is no band of years; write "2-4 years" or "16+ years".'),))
    if band == text.casefold():
        return Finding(band)
    if not any(character.isalpha() for character in text):
        return Finding(band, (guessed(text, band, f'"{text}" is taken for {band}.'),))
    return Finding(band, (understood(text, band, f'"{text}" is read as {band}.'),))
