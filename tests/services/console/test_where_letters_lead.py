"""Every letter leads to a page where one can act; the whole catalog is walked."""

import re

import pytest

from services.console.service import service
from services.notify.catalog.message import Message, every_message
from services.notify.wording.renderer import TEMPLATES
from shared.documents.openapi import openapi
from tests.services.notify.catalog.test_message import example

PAGES = [
    re.compile(re.sub(r"{\w+}", "[^/]+", one["path"])) for one in openapi(service)["x-pages"] if one["method"] == "GET"
]

NOWHERE = {"person_suspended", "organization_suspended", "organization_left", "erasure_requested"}
"""Whoever reads these cannot sign in any more: there is no page for them."""
OWN = {"sign_in_requested": "sign_in_link", "address_confirmation": "confirm_link"}
"""Letters that say by themselves where they lead: to the door."""

LETTERS = [one for one in every_message().values() if one.name not in NOWHERE]


@pytest.mark.parametrize("message", LETTERS, ids=lambda message: message.name)
def test_a_letter_leads_to_a_page_that_there_is(message: Message) -> None:
    if message.name in OWN:
        return
    paths = {draft.path for event in message.events for draft in message.drafts(example(event))}
    assert paths
    for path in paths:
        assert any(page.fullmatch(f"/{path}") for page in PAGES), path


@pytest.mark.parametrize("language", TEMPLATES.languages)
@pytest.mark.parametrize("message", LETTERS, ids=lambda message: message.name)
def test_a_letter_says_where_it_leads(message: Message, language: str) -> None:
    name = OWN.get(message.name, "link")
    link = f"https://mentoring.example/{message.name}"
    written = TEMPLATES.render(message.name, language, {**message.example, name: link})
    assert link in written.text
    assert link in written.html


def test_those_that_lead_nowhere_are_letters() -> None:
    assert NOWHERE | OWN.keys() <= every_message().keys()
