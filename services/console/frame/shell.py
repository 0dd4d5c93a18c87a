"""What the layout of a page shows around its content."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.console.frame import assets
from services.console.frame.surroundings import ClockShown
from services.console.held.holding import HeldShown


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the navigation as it is shown."""

    title: str
    href: str
    icon: str
    is_current: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the navigation as it is shown."""

    title: str
    items: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Named:
    """The organization of a page, and which of its programs it is about."""

    name: str
    program: str = ""

    @property
    def initial(self) -> str:
        """The letter in its mark."""
        return self.name[:1].upper()


@dataclass(frozen=True, slots=True)
class Greeted:
    """Whoever looks at a page."""

    name: str
    zone: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A line above the content of a page."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Switch:
    """A program or an organization to go on in, instead of the one that is looked at: by a link, or by a form."""

    words: str
    small: str
    href: str | None = None
    value: str = ""
    name: str = "organization"


@dataclass(frozen=True, slots=True)
class Shell:
    """What the layout of a page shows around its content."""

    locale: str
    direction: str
    title: str
    zone: str = "UTC"
    now: datetime | None = None
    theme: str = ""
    needs_you: bool = False
    organization: Named | None = None
    person: Greeted | None = None
    navigation: Sequence[Part] = ()
    switches: Sequence[Switch] = ()
    sandbox: ClockShown | None = None
    notice: Notice | None = None
    keys_off: bool = False
    nonce: str = ""
    position: str = ""
    """Up to where what the page shows is known to be new, if it is kept up to date."""
    signals: Sequence[str] = ()
    away: Mapping[str, datetime] = field(default_factory=dict)
    """The services that do not answer, with the time of what is shown of them."""
    saving: str = ""
    held: Sequence[HeldShown] = ()
    """What whoever looks can still take back, or could not be done."""

    @property
    def version(self) -> str:
        """Which scripts and styles the page goes with."""
        return assets.version()

    @staticmethod
    def asset(name: str) -> str:
        """Return where an asset is."""
        return assets.address(name)
