"""Yes and no, as people write them."""

from collections.abc import Mapping

from shared.vocabulary.findings import Finding, left_out, remembered
from shared.vocabulary.no_answers import stated
from shared.vocabulary.spelling import spelling

FLAGS: Mapping[bool, tuple[str, ...]] = {
    True: ("yes", "y", "true", "1", "ja", "j", "wahr", "s\u00ec", "si", "vero", "\u2713", "\u2714", "\u2611", "\u2705"),
    False: ("no", "n", "false", "0", "nein", "falsch", "falso", "\u2717", "\u2718", "\u2610", "\u274c"),
}
"""What counts as yes and as no: here "no" is an answer."""

_SIGNS = {word: flag for flag, words in FLAGS.items() for word in words if not spelling(word)}
_WORDS = {spelling(word): flag for flag, words in FLAGS.items() for word in words if spelling(word)}


@remembered
def understand_flag(text: str) -> Finding[bool | None]:
    """Read yes or no in three languages, or a mark; None for anything else."""
    flag = _WORDS.get(spelling(text), _SIGNS.get(text))
    if flag is not None:
        return Finding(flag)
    kept, notes = stated(text)
    return Finding(None, notes if not kept else (left_out(text, f'"{text}" is neither yes nor no.'),))
