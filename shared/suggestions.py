"""What a misspelled word probably stands for; one measure of nearness for settings, commands, options and types."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

NOT_ONE_OF = re.compile(r"(?:Value error, )?('(.*)' is not one of (.*))\.", re.DOTALL)
QUOTED = re.compile(r"'([^']*)'")


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is nearest, however it is capitalized; None if none is near."""
    folded = {one.casefold(): one for one in known}
    close = get_close_matches(word.casefold(), folded, n=1)
    return folded[close[0]] if close else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a question that ends a sentence, `; did you mean list?`, or a full stop if no known word is near."""
    near = nearest(word, known)
    return f"; did you mean {near}?" if near else "."


def with_suggestion(sentence: str) -> str:
    """Add to `'x' is not one of 'y', 'z'.` the choice that is nearest; any other sentence stays as it is."""
    if not (match := NOT_ONE_OF.fullmatch(sentence)):
        return sentence
    return f"{match[1]}{did_you_mean(match[2], QUOTED.findall(match[3]))}"
