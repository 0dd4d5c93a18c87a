"""Whom a file means where it names somebody: by id, by e-mail in any spelling, or by name."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from services.matching.algorithm.people import Person, fold
from services.matching.algorithm.program import Program
from services.matching.file.findings import Finding
from services.matching.file.notes import Note
from shared.vocabulary.cells import split_list
from shared.vocabulary.emails import email_identity
from shared.vocabulary.names import name_key
from shared.vocabulary.no_answers import is_no_answer

Known = Callable[[str], bool]
"""Whether somebody is found by a text."""

OTHER = {"mentors": "mentees", "mentees": "mentors"}
_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:]+@[^\s<>()\[\]\"',;:]+")


@dataclass(frozen=True)
class Entrant:
    """Somebody on one side of a file: the person, where they stand, their address, and whom they name, unresolved."""

    person: Person
    prefix: str
    email: str
    named: Mapping[str, object]


class People:
    """Everybody in a file, to be found by whatever names them."""

    def __init__(self, sides: Mapping[str, Sequence[Entrant]]) -> None:
        humans = _humans([one for entrants in sides.values() for one in entrants])
        self.sides = {side: [_of(one, humans) for one in entrants] for side, entrants in sides.items()}

    @cached_property
    def _found_by(self) -> Mapping[str, Mapping[str, list[Entrant]]]:
        """Entrants of each side by each of their keys."""
        found: dict[str, dict[str, list[Entrant]]] = {}
        for side, entrants in self.sides.items():
            known = found.setdefault(side, {})
            for one in entrants:
                for key in dict.fromkeys(_keys(one)):
                    known.setdefault(key, []).append(one)
        return found

    def find(self, text: str, *sides: str) -> list[Entrant]:
        """Find whom a text names on some sides: one person, several of one name, or nobody."""
        for key in _looked_for(text):
            found = [one for side in sides for one in self._found_by[side].get(key, ())]
            if found:
                return found
        return []

    def id_of(self, text: object, side: str) -> object:
        """Return the id of the one whom a text names, or what was given."""
        found = self.find(text, side) if isinstance(text, str) else []
        return found[0].person.id if len({one.person.id for one in found}) == 1 else text

    def named_in(self, program: Program) -> Program:
        """Return the program with ids for whom its pairs name."""
        pairs = {
            field: tuple(
                (str(self.id_of(one, "mentees")), str(self.id_of(other, "mentors")))
                for one, other in getattr(program.constraints, field)
            )
            for field in ("excluded", "failed")
        }
        return program.model_copy(update={"constraints": program.constraints.model_copy(update=pairs)})

    def resolve(self, wrong: list[Finding], notes: list[Note]) -> dict[str, tuple[Person, ...]]:
        """Return the people of each side with ids for all whom they name."""
        notes += [*self._of_one_address(), *self._of_one_name()]
        return {
            side: tuple(self._resolved(one, side, wrong, notes) for one in entrants)
            for side, entrants in self.sides.items()
        }

    def _resolved(self, one: Entrant, side: str, wrong: list[Finding], notes: list[Note]) -> Person:
        if not any(one.named.values()):
            return one.person
        prefers = tuple(
            tuple(self._ranked(one, "prefers", text, side, wrong) for text in tier)
            for tier in _tiers(one.named.get("prefers"), self._is_known(side))
        )
        excludes = [
            self._ranked(one, "excludes", text, side, wrong)
            for text in _texts(one.named.get("excludes"), self._is_known(side))
        ]
        managers, barred = self._managers(one, side, notes)
        excluded = tuple(dict.fromkeys((*excludes, *barred)))
        return replace(one.person, prefers=prefers, excludes=excluded, managers=managers)

    def _is_known(self, side: str) -> Known:
        return lambda text: bool(self.find(text, OTHER[side]))

    def _ranked(self, one: Entrant, field: str, text: str, side: str, wrong: list[Finding]) -> str:
        """The id of somebody on the other side; one who is not there is an error, since nothing else was meant."""
        found = {other.person.id: other for other in self.find(text, OTHER[side])}
        if len(found) == 1:
            return next(iter(found))
        what = "is nobody of" if not found else "is the name of several of"
        wrong.append(Finding(f"{one.prefix}{field}", f"{text!r} {what} the {OTHER[side]}: name their ids"))
        return text

    def _managers(self, one: Entrant, side: str, notes: list[Note]) -> tuple[tuple[str, ...], list[str]]:
        """Who is above somebody, the nearest first; of several people of that name, all are kept apart from them."""
        managers, barred = list[str](), list[str]()
        for text in _texts(one.named.get("managers"), lambda text: bool(self.find(text, *self.sides))):
            found = {other.person.human: other for other in self.find(text, *self.sides)}
            place = f"{one.prefix}managers".rstrip("., ")
            if not found:
                words = f"{text!r} is nobody here, by id, e-mail or name: nobody is kept apart for it"
                notes.append(Note(place, words))
            elif len(found) > 1:
                notes.append(Note(place, f"{text!r} is the name of several: all of them are kept apart"))
                barred += [other.person.id for other in found.values() if other in self.sides[OTHER[side]]]
            managers.append(next(iter(found), text))
        return tuple(managers), barred

    def _of_one_address(self) -> Iterable[Note]:
        """People on one side with one address: two rows of one person, or an address that stands for none."""
        for entrants in self.sides.values():
            first: dict[str, Entrant] = {}
            for one in entrants:
                other = first.setdefault(email_identity(one.email), one) if one.email else one
                if other is not one:
                    words = f"has the address of {other.person.id}: both are taken for one person"
                    yield Note(one.prefix.rstrip("., "), words)

    def _of_one_name(self) -> Iterable[Note]:
        """People on both sides whom only their name makes look like one."""
        mentors = {name_key(one.person.name): one for one in self.sides["mentors"] if one.person.name}
        for one in self.sides["mentees"]:
            other = mentors.get(name_key(one.person.name)) if one.person.name else None
            if other and other.person.human != one.person.human and not (one.email and other.email):
                yield Note(
                    one.prefix.rstrip("., "),
                    f"{one.person.name} is also among the mentors: if it is one person, give both the same e-mail",
                )


def _humans(entrants: Sequence[Entrant]) -> Mapping[str, str]:
    """Find who is one person by what they are called: somebody with the same address, on whichever side, is one."""
    by_address: dict[str, str] = {}
    same: dict[str, str] = {}

    def first(name: str) -> str:
        while name in same:
            name = same[name]
        return name

    for one in entrants:
        if one.email:
            known = first(by_address.setdefault(email_identity(one.email), one.person.human))
            own = first(one.person.human)
            if known != own:
                same[own] = known
    return {name: first(name) for name in same}


def _of(one: Entrant, humans: Mapping[str, str]) -> Entrant:
    human = humans.get(one.person.human)
    return replace(one, person=replace(one.person, person=human)) if human else one


def _keys(one: Entrant) -> Iterable[str]:
    yield f"id {one.person.id}"
    yield f"id {fold(one.person.id)}"
    if one.person.person:
        yield f"id {one.person.person}"
        yield f"id {fold(one.person.person)}"
    if one.email:
        yield f"email {email_identity(one.email)}"
    if one.person.name:
        yield f"name {name_key(one.person.name)}"


def _looked_for(text: str) -> Iterable[str]:
    yield f"id {text}"
    yield f"id {fold(text)}"
    if address := _ADDRESS.search(text):
        yield f"email {email_identity(address[0])}"
    if name := name_key(_ADDRESS.sub(" ", text)):
        yield f"name {name}"


def _texts(named: object, is_known: Known) -> list[str]:
    """The texts of a list; a comma in a text may also be within a name, such as `Boss, Bea`."""
    if isinstance(named, str):
        entries = [part.strip() for part in re.split(r"[;|\n]", named)]
        parts = [[entry] if is_known(entry) else split_list(entry) for entry in entries]
        texts = [text for part in parts for text in part]
    else:
        texts = [str(one) for one in named] if isinstance(named, list | tuple) else []
    return [text for text in texts if text and not (is_no_answer(text) and not is_known(text))]


def _tiers(named: object, is_known: Known) -> list[list[str]]:
    """The tiers of a ranking, the best first: in a text, `=` joins equals."""
    if isinstance(named, str):
        return [[one.strip() for one in tier.split("=") if one.strip()] for tier in _texts(named, is_known)]
    return [list(map(str, tier)) for tier in named] if isinstance(named, list | tuple) else []
