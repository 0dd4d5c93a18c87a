"""What an operation takes of whoever asks for it: its grants, with the ways to what they depend on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.engine.authoring.freshness import SignInTooOld
from shared.engine.authoring.grants import ENROLLING, Asker, Grant
from shared.errors import NotAllowed, NotFound, Refusal

Ids = str | Sequence[str] | None


@dataclass(slots=True, frozen=True)
class Guard:
    """A grant, with the way to the ids that it depends on: from the message, and from loads that it `needs`."""

    grant: Grant
    ids: Callable[..., Ids] | None = None
    needs: tuple[str, ...] = ()

    def names(self, message: Any, known: Mapping[str, Any]) -> Sequence[str]:  # what the way was read for
        """Return the ids; none if it depends on nothing, or if the message does not say."""
        found = self.ids(message, *(known[name] for name in self.needs)) if self.ids else None
        return (found,) if isinstance(found, str) else found or ()

    def applies(self, asker: Asker, message: Any, known: Mapping[str, Any]) -> bool:  # as above
        """Return whether somebody whom it concerns may ask for this."""
        return self.ids is None or self.grant.covers(asker, self.names(message, known))


@dataclass(slots=True, frozen=True)
class Awaited:
    """Grants that can only be looked at when what they `need` is loaded, the name of a load."""

    asker: Asker
    need: str
    guards: Sequence[Guard]

    def granted(self, message: Any, known: Mapping[str, Any]) -> Grant | None:  # as above
        """Return the first grant that applies; None if there is no such thing for who asks."""
        return next((guard.grant for guard in self.guards if guard.applies(self.asker, message, known)), None)


@dataclass(slots=True, frozen=True)
class Permission:
    """What an operation takes of whoever asks for it: one of its grants, which may depend on one load.

    With `takes_fresh`, it takes a sign-in of the last minutes, too.
    """

    operation: str
    guards: Sequence[Guard]
    takes_fresh: bool = False

    def __post_init__(self) -> None:
        # Where it lacks, and where it is for others, the same is loaded, and the same is said of it.
        if len({name for guard in self.guards for name in guard.needs}) > 1:
            raise TypeError(f"{self.operation}: its grants may depend on one thing that is loaded, not on several")

    @property
    def grants(self) -> list[Grant]:
        """Whom it is for."""
        return [guard.grant for guard in self.guards]

    def decide(self, asker: Asker, message: Any) -> Grant | Awaited:  # as above
        """Return the grant by which they may, or those that are still to be looked at.

        Raises `NotAllowed` if none could ever apply for them, `NotFound` if one could, for something else. One that
        could is asked to sign in again before that shows, so that the answer is the same whatever it is about.
        """
        concerned = [guard for guard in self.guards if guard.grant.concerns(asker)]
        if self.takes_fresh and concerned and not asker.is_fresh:
            raise SignInTooOld
        for number, guard in enumerate(concerned):
            if guard.needs:
                return Awaited(asker, guard.needs[0], concerned[number:])
            if guard.applies(asker, message, {}):
                return guard.grant
        if asker.kind == ENROLLING and not concerned:
            raise NotAllowed(
                "Admins of your organization sign in with a passkey, and you have none: add one, and sign in with it. "
                "Until then you can do nothing else."
            )
        raise self._refusal(concerned, message)

    def _refusal(self, concerned: Sequence[Guard], message: Any) -> Refusal:
        for guard in concerned:
            field = guard.grant.path.rpartition(".")[2]
            for id in guard.names(message, {}):
                return NotFound.of(field.removesuffix("_id"), id)
            return NotAllowed(f"{self.operation} takes {field} from you: say for which one you ask.")
        who = ", ".join(dict.fromkeys(grant.named for grant in self.grants))
        return NotAllowed(
            f"{self.operation} is for others: {who}. Ask whoever manages your organization for that role."
        )
