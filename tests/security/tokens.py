"""Tokens that nobody may take: genuine ones with one to three things wrong in each, made up from a seed."""

from collections.abc import Callable, Mapping
from random import Random

from tests.security.drafts import MEGABYTE, Draft, Flaw

ALONE = 12
"""How often each flaw comes alone, before several come together."""


def made_up(genuine: Callable[[], Draft], flaws: Mapping[str, Flaw], seed: int, count: int) -> list[tuple[str, str]]:
    """So many tokens, each with the names of what is wrong with it. Every flaw comes alone first."""
    random, names = Random(seed), [*flaws]
    made = []
    for number in range(count):
        chosen = [names[number % len(names)]]
        if number >= len(names) * ALONE:
            chosen += random.sample(names, min(len(names), random.randrange(3)))
        draft = genuine()
        for name in dict.fromkeys(chosen):
            flaws[name](draft, random)
        made.append((" + ".join(dict.fromkeys(chosen)), draft.text()))
    return made


def made_up_handles(right: str, seed: int, count: int) -> list[str]:
    """Texts like one with parts between dots, of which the last is a secret: none is that one."""
    random, parts = Random(seed), right.split(".")
    odd = ["", " ", "\0", "0", "-1", "99999999999", "\u0661", "1e3", "../x", "é", "a" * MEGABYTE, *parts]

    def one() -> str:
        made = list(parts)
        for _ in range(random.randrange(1, 4)):
            made[random.randrange(len(made))] = random.choice(odd)
        changes = [
            made,
            made[:-1],
            [*made, "x"],
            made[::-1],
            [".".join(made).swapcase()],
            [right + random.choice(odd[:5])],
        ]
        return ".".join(random.choice(changes))

    made = (one() for _ in range(count * 3))
    return [text for text in made if text != right][:count]
