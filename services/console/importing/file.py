"""A file that somebody wants to import: chosen, or pasted, in the first form; carried by the page from then on."""

from dataclasses import dataclass, replace

from services.console.frame.texts import msgid
from services.console.frame.uploads import LARGEST_FILE, Sent
from services.console.importing.sheet import Damaged, unpack

ROLES = ("mentee", "mentor")
ENCODINGS = ("cp1252", "iso-8859-15", "cp1250", "cp1251", "cp1254", "utf-16-le")
"""Of files that are not UTF-8, as far as spreadsheets write them."""
LONGEST_NAME = 200


class Unusable(Exception):
    """A form brings no file that could be read; its words say what to do."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of people, and how it is to be imported. `text` is what was pasted, as long as nobody has looked at it."""

    content: bytes = b""
    name: str = ""
    role: str = ROLES[0]
    approve: bool = False
    encoding: str = ""
    text: str = ""

    @property
    def options(self) -> dict[str, str]:
        """How it is asked of intake."""
        chosen = {"role": self.role, "approve": str(self.approve).lower()}
        return chosen | ({"encoding": self.encoding} if self.encoding else {})

    def with_content(self, content: bytes) -> "File":
        """Return the file as it was corrected, which is UTF-8."""
        return replace(self, content=content, encoding="")


def described(sent: Sent) -> File:
    """Return how a file is to be imported, without the file."""
    role, encoding = sent.text("role"), sent.text("encoding")
    return File(
        name=sent.text("name")[:LONGEST_NAME],
        role=role if role in ROLES else ROLES[0],
        approve=sent.text("approve") == "on",
        encoding=encoding if encoding in ENCODINGS else "",
        text=sent.text("text"),
    )


async def chosen(sent: Sent) -> File:
    """Return what somebody has chosen or pasted; raises `Unusable`."""
    file = described(sent)
    name, content = await sent.file("file")
    if name:
        return _checked(sent, replace(file, content=content, name=name[:LONGEST_NAME]))
    return _checked(sent, replace(file, content=file.text.encode(), name="", encoding=""))


def carried(sent: Sent) -> File:
    """Return the file that a page has carried; raises `Unusable`."""
    try:
        content = b"" if sent.too_large else unpack(sent.text("carried"))
    except Damaged:
        raise Unusable(LOST) from None
    return _checked(sent, replace(described(sent), content=content))


def _checked(sent: Sent, file: File) -> File:
    if sent.too_large or len(file.content) > LARGEST_FILE:
        raise Unusable(TOO_LARGE)
    if not file.content.strip():
        raise Unusable(NOTHING)
    return file


NOTHING = msgid("Choose a file, or paste the rows with their titles.")
LOST = msgid("The file did not come along. Choose it once more; nothing was saved of it.")
TOO_LARGE = msgid(
    "The file is larger than 8 MB, so it was not read and nothing was saved. Split it, or leave out columns that are "
    "not needed: 8 MB hold some 50,000 people."
)
