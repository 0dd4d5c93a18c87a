"""The page of the documents that lists every message, made from the catalog."""

from collections.abc import Iterator

from services.notify.catalog.message import Message, Occasion, every_message
from services.notify.wording.renderer import TEMPLATES
from shared.contracts.event import Event

INTRODUCTION = """# Messages to people

Every message that notify sends, each with an example in every language. Made by `make contracts` from the folders of
`services/notify/catalog`: do not edit.

| message | what it does | event |
| --- | --- | --- |
"""


def messages_page() -> str:
    """Write the page: a table of all messages, then the example of each as people read it."""
    messages = every_message().values()
    table = "".join(f"| [`{one.name}`](#{one.name}) | {one.summary} | {_events(one)} |\n" for one in messages)
    return INTRODUCTION + table + "".join(map(_section, messages))


def _events(message: Message) -> str:
    links = ", ".join(map(_link, message.events))
    return f"reminder of {links}" if message.occasion is Occasion.REMINDER else links


def _link(event: type[Event]) -> str:
    about = event.about
    return f"[{about.name}](../events/{about.service}/{about.name}.v{about.version}.md)"


def _section(message: Message) -> str:
    letters = "".join(_letter(message, language) for language in TEMPLATES.languages)
    return f"\n## {message.name}\n\n{message.summary}\n{letters}"


def _letter(message: Message, language: str) -> str:
    written = TEMPLATES.render(message.name, language, message.example)
    return "\n".join(["\n**" + written.subject + "**\n", *_quoted(written.text)]) + "\n"


def _quoted(text: str) -> Iterator[str]:
    yield "```text"
    yield from text.rstrip().splitlines()
    yield "```"
