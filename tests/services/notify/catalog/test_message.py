"""The catalog finds every message by its folder, and each drafts what its events give reason to say."""

from html import unescape

import pytest
from pydantic import JsonValue

from services.notify.catalog.message import (
    Message,
    Miscatalogued,
    Occasion,
    announce,
    announcements,
    every_message,
    find_message,
)
from services.notify.catalog.page import messages_page
from services.notify.wording.renderer import CATALOG, TEMPLATES, render
from shared.contracts.catalog import golden
from shared.contracts.event import Event

MESSAGES = [pytest.param(message, id=name) for name, message in every_message().items()]


def example(event: type[Event]) -> Event:
    """The golden example of an event."""
    return event.read(golden(event).data)


def test_every_folder_with_an_example_is_a_message_and_every_message_has_an_example() -> None:
    assert {path.parent.name for path in CATALOG.glob("*/example.json")} == set(every_message())


def test_a_folder_without_a_message_of_its_name_is_refused_with_what_to_write() -> None:
    with pytest.raises(Miscatalogued, match=r"has no message match_postponed: write a function match_postponed"):
        find_message("services.notify.catalog.match_declined", "match_postponed")


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_drafts_the_golden_example_of_each_of_its_events(message: Message) -> None:
    for event in message.events:
        drafts = message.drafts(example(event))
        assert {draft.template for draft in drafts} == {message.name}
        assert {draft.subject for draft in drafts} == {f"{event.about.aggregate}/{example(event).subject_id}"}


@pytest.mark.parametrize("language", TEMPLATES.languages)
@pytest.mark.parametrize("message", MESSAGES)
def test_a_draft_of_a_golden_event_is_written_in_every_language(message: Message, language: str) -> None:
    for draft in (draft for event in message.events for draft in message.drafts(example(event))):
        of_draft: dict[str, JsonValue] = {"role": draft.role.value, "reason": draft.reason}
        written = render(draft.template, language, message.example | of_draft)
        assert f'<html lang="{language}">' in written.html
        assert f"<title>{written.subject}</title>" in unescape(written.html)


def test_an_event_is_announced_by_all_of_its_messages_and_by_no_reminder() -> None:
    for event, messages in announcements().items():
        assert {draft.template for draft in announce(example(event))} == {message.name for message in messages}
        assert {message.occasion for message in messages} in ({Occasion.EVENT}, {Occasion.REST})


@pytest.mark.parametrize("message", MESSAGES)
def test_the_page_shows_every_message_with_its_events_and_its_example(message: Message) -> None:
    page = messages_page()
    _, _, section = page.partition(f"\n## {message.name}\n\n{message.summary}\n")
    letters = section.partition("\n## ")[0]
    assert [letters.count(greeting) for greeting in ("\nHello ", "\nHallo ", "\nCiao ")] == [1, 1, 1]
    (row,) = [line for line in page.splitlines() if line.startswith(f"| [`{message.name}`]")]
    assert all(f"/{event.about.name}.v{event.about.version}.md" in row for event in message.events)
