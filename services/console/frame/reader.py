"""Whoever reads a page: in which language, in which zone, and at what time there."""

from abc import ABC, abstractmethod
from datetime import datetime
from secrets import token_urlsafe

from services.console.frame.texts import Texts


class Reader(ABC):
    """Somebody for whom words are written."""

    texts: Texts

    @property
    @abstractmethod
    def person_id(self) -> str:
        """Who it is."""

    @property
    @abstractmethod
    def zone(self) -> str:
        """Where they are."""

    @property
    @abstractmethod
    def now(self) -> datetime:
        """What time it is for them: in a sandbox, what its clock shows."""

    def say(self, words: str, **values: object) -> str:
        """Return words in their language."""
        return self.texts.say(words, **values)

    def say_number(self, one: str, many: str, count: int, **values: object) -> str:
        """Return the words that fit a number."""
        return self.texts.say_number(one, many, count, **values)

    def day(self, at: datetime) -> str:
        """Write a day, where they are."""
        return self.texts.day(at, self.zone, self.now)

    def moment(self, at: datetime) -> str:
        """Write day and time, where they are."""
        return self.texts.moment(at, self.zone, self.now)

    @property
    def key(self) -> str:
        """A new key for a form: what is sent with it is done once, however often it is sent."""
        return token_urlsafe(16)
