"""Which letters somebody wants no longer, of those that they need not get."""

from collections.abc import Iterable

from services.notify.catalog.message import Choice
from shared.engine.authoring.aggregate import Aggregate
from shared.errors import Refusal


class NoSuchChoice(Refusal):
    """Letters of this kind come in any case, or there are none: `choices` are those that one may stop."""

    status = 422


def choice_of(name: str) -> Choice:
    """Return the choice of that name; raises `NoSuchChoice`."""
    try:
        return Choice(name)
    except ValueError:
        choices = [one.value for one in Choice]
        raise NoSuchChoice(
            f"Only these can be stopped: {', '.join(choices)}. All other letters concern what you take part in.",
            choices=choices,
        ) from None


class Wishes(Aggregate, name="wishes"):
    """Which letters a person wants no longer; its id is theirs."""

    stopped: tuple[Choice, ...] = ()

    def stop(self, choice: Choice) -> None:
        """Send letters of that kind no longer."""
        self.stopped = tuple(dict.fromkeys((*self.stopped, choice)))

    def resume(self, choice: Choice) -> None:
        """Send letters of that kind again."""
        self.stopped = tuple(one for one in self.stopped if one is not choice)

    def take_over(self, other: "Wishes") -> None:
        """Want what another card of the person did not want no longer either."""
        for choice in other.stopped:
            self.stop(choice)
        other.stopped = ()

    def forget(self) -> bool:
        """Forget all of it; returns whether there was anything."""
        had_some, self.stopped = bool(self.stopped), ()
        return had_some


def are_unwanted(choice: Choice | None, wishes: Iterable[Wishes]) -> bool:
    """Return whether somebody with these wishes wants no letters of that kind."""
    return any(choice in one.stopped for one in wishes)
