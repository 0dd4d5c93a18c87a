"""The words of the pages in each language: none is missing or left over, and all name what the original names."""

import re
from collections import Counter
from io import BytesIO

import pytest
from babel.messages.catalog import Catalog, Message

from deploy.console_texts import LANGUAGES, catalog_file, forms, problems, python_words, read, renewed, spoken, written
from tests.services.console.browsing import headline
from tests.services.console.world import World

NAMED = re.compile(r"%\(\w+\)s|%%|%|\{\w+\}|[<>\"&]")
"""What a text leaves room for, and signs that would be taken for it or for markup."""

SINGULAR_MAY_LACK = {"%(num)s", "%(count)s"}
"""One thing is "one" in one language and a number in another."""


@pytest.fixture(params=LANGUAGES)
def catalog(request: pytest.FixtureRequest) -> Catalog:
    """The words of a language."""
    return read(catalog_file(request.param).read_bytes(), request.param)


def test_every_word_of_the_pages_is_translated_and_nothing_else_is(catalog: Catalog) -> None:
    assert problems(catalog, spoken()) == []


def test_a_translation_that_is_lost_unsure_or_left_over_is_found(catalog: Catalog) -> None:
    said = spoken()
    programs = "There is one program", "There are %(num)s programs"
    changed: list[tuple[str | tuple[str, str], str | tuple[str, str], list[str]]]
    changed = [("Today", "", []), ("Programs", "Programme", ["fuzzy"]), (programs, ("Eines", ""), [])]
    for words, translated, flags in changed:
        catalog.delete(words)
        catalog.add(words, translated, flags=flags)
    catalog.add("What was said once", "Was einmal gesagt wurde")
    assert problems(catalog, said) == [
        "an unsure translation of 'Programs'",
        "no translation of ('There is one program', 'There are %(num)s programs')",
        "no translation of 'Today'",
        "nobody says 'What was said once'",
    ]


def test_a_translation_names_what_the_original_names(catalog: Catalog) -> None:
    assert [message.id for message in catalog if message.id and not _names_the_same(message)] == []


@pytest.mark.parametrize(
    ("words", "translated"),
    [
        ("Until %(day)s", "Bis %(tag)s"),
        ("%(n)s of %(of)s", "%(n)s von %(n)s"),
        ("of all", "100 % von allen"),
        ("at {time}", "um"),
        ("Look at Today", 'Schau unter "Heute"'),
        (("One", "%(num)s of %(program)s"), ("Eines von %(program)s", "%(num)s")),
    ],
)
def test_a_translation_that_names_something_else_is_found(
    words: str | tuple[str, str], translated: str | tuple[str, str]
) -> None:
    assert not _names_the_same(Message(words, translated))


def test_the_catalogs_are_as_the_program_writes_them(catalog: Catalog) -> None:
    assert catalog.locale
    assert catalog_file(catalog.locale.language).read_bytes() == written(renewed(catalog, spoken()))


def test_words_within_another_call_are_found() -> None:
    source = b'page.say(ENDINGS.get(status, msgid("This is over")), name=say_number("One", "Many", 2))'
    found = python_words(BytesIO(source), ["say", "msgid", "say_number"], [], {})
    assert {words for _, _, words, _ in found} == {(None,), ("This is over",), ("One", "Many", None)}


def test_whoever_reads_german_sees_german(cell: World, program: str) -> None:
    person = cell.add_person("Karl Weber", locale="de")
    cell.apply(program, person, "mentee")
    with cell.browser() as browser:
        page = cell.sign_in(browser, "karl@example.org")
        assert '<html lang="de"' in page.text
        assert headline(page) == "Nichts braucht dich."
        assert headline(browser.get("/applications")) == "Du nimmst an einem Programm teil."
        assert "6 Monate" in browser.get("/programs").text


def test_the_door_speaks_the_language_of_the_browser(cell: World) -> None:
    with cell.browser() as browser:
        page = browser.get("/sign-in", headers={"Accept-Language": "it-CH, en;q=0.5"})
    assert headline(page) == "Accedi con l'e-mail."


def _names_the_same(message: Message) -> bool:
    one, *others = forms(message)
    if isinstance(message.id, str):
        return _named(message.id) == _named(one)
    wanted = _named(message.id[1])
    lacking, added = wanted - _named(one), _named(one) - wanted
    is_right_for_one = not added and set(lacking) <= SINGULAR_MAY_LACK
    return is_right_for_one and all(_named(form) == wanted for form in others)


def _named(text: str) -> Counter[str]:
    return Counter(NAMED.findall(text))
