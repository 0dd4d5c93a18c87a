"""What pages do besides reading and sending forms: keys, forms that are sent once, text that is kept."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.services.console.frame.looks import ORIGIN, Gallery, Shell, gallery

pytestmark = pytest.mark.real

NOTE = "Note for other reviewers"
TYPED = "Ask <b>which</b> comes first."


@pytest.fixture(scope="module")
def shown() -> Iterator[Gallery]:
    """A browser; scripts must leave it without a complaint."""
    with gallery() as opened:
        opened.look(1280, "light")
        yield opened
        assert opened.complaints == []


def focused(page: Page) -> str:
    """The text, or else the name, of what has the focus."""
    return str(page.evaluate("document.activeElement.innerText || document.activeElement.name"))


def test_a_form_is_sent_once_and_says_that_it_is_busy(shown: Gallery) -> None:
    page = shown.show("parts")
    shown.posted.clear()
    approve = page.get_by_role("button", name="Approve")
    for _ in range(3):
        approve.click()
        expect(approve).to_have_attribute("aria-busy", "true")
        page.wait_for_timeout(100)
    assert [sent.split()[0] for sent in shown.posted] == ["/asked"]
    assert "decision=approve" in shown.posted[0]


def test_a_form_that_only_asks_can_be_sent_again(shown: Gallery) -> None:
    page = shown.show("today")
    page.locator("#search").fill("Noor")
    page.evaluate("document.querySelector('[role=search]').requestSubmit()")
    page.wait_for_url(f"{ORIGIN}/search?q=Noor")
    page.go_back()
    assert page.locator("[role=search]").get_attribute("aria-busy") is None


def test_a_slash_searches_and_a_question_mark_helps(shown: Gallery) -> None:
    page = shown.show("review")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("?/j")
    expect(page.locator("#search")).to_have_value("?/j")
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Help and shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Help and shortcuts")).to_be_hidden()


def test_j_and_k_walk_through_a_list_from_what_is_open(shown: Gallery) -> None:
    page = shown.show("review")
    walked = []
    for key in "jjjjk":
        page.keyboard.press(key)
        walked.append(focused(page).split("\n")[0])
    assert walked == ["Mentee 27", "Noor Haddad", "Mentor 31", "Mentor 31", "Noor Haddad"]
    page.keyboard.press("Enter")
    page.wait_for_url(f"{ORIGIN}/a/08")


def test_a_letter_presses_its_button(shown: Gallery) -> None:
    page = shown.show("review")
    shown.posted.clear()
    page.keyboard.press("r")
    expect(page.get_by_role("button", name="Reject")).to_have_attribute("aria-busy", "true")
    page.wait_for_timeout(100)
    assert "decision=reject" in shown.posted[0]


def test_a_letter_with_control_or_in_a_text_presses_nothing(shown: Gallery) -> None:
    page = shown.show("review")
    shown.posted.clear()
    page.keyboard.press("Control+r")
    page.wait_for_load_state()
    page.get_by_label("Note for other reviewers").press("r")
    page.wait_for_timeout(100)
    assert shown.posted == []


def test_keys_can_be_turned_off(shown: Gallery) -> None:
    page = shown.show("review", Shell(keys_off=True))
    shown.posted.clear()
    for key in "/?jr":
        page.keyboard.press(key)
    page.wait_for_timeout(100)
    assert shown.posted == []
    expect(page.locator("#search")).not_to_be_focused()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert not page.locator(".decide kbd").first.is_visible()


def test_a_menu_closes_by_escape_and_by_a_click_beside(shown: Gallery) -> None:
    page = shown.show("parts")
    menu, more = page.locator("details.menu"), page.get_by_text("More", exact=True)
    more.click()
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()
    more.click()
    page.locator("h1").click()
    expect(menu).not_to_have_attribute("open", "")


def test_what_was_refused_has_the_focus_and_leads_to_its_field(shown: Gallery) -> None:
    page = shown.show("parts")
    assert focused(page).startswith("2 things need a correction")
    page.get_by_role("link", name="A program lasts 1 to 24 months. Write 6 for half a year.").click()
    expect(page.get_by_label("Months")).to_be_focused()


def test_one_box_selects_all_rows_and_says_how_many_are(shown: Gallery) -> None:
    page = shown.show("parts")
    page.get_by_label("Select Mentee 27").check()
    expect(page.get_by_text("2 of 2 selected")).to_be_visible()
    page.get_by_label("2 of 2 selected").uncheck()
    expect(page.get_by_text("0 of 2 selected")).to_be_visible()
    expect(page.get_by_label("Select Mentee 39")).not_to_be_checked()


def test_text_that_was_not_sent_is_there_again(shown: Gallery) -> None:
    page = written(shown)
    expect(page.get_by_text("Kept in this window at")).to_be_visible()
    page = shown.show("review")
    expect(page.get_by_label(NOTE)).to_have_value(TYPED)
    expect(page.get_by_text("What you had typed is here again")).to_be_visible()


def test_text_that_was_sent_is_not_there_again(shown: Gallery) -> None:
    written(shown)
    sent(shown)
    shown.show("today")
    expect(shown.show("review").get_by_label(NOTE)).to_have_value("Clear about both goals.")


@pytest.mark.parametrize("answer", ["sign_in", "parts"])
def test_text_that_was_sent_and_not_taken_is_there_again(shown: Gallery, answer: str) -> None:
    """One has to sign in again, or something needs a correction."""
    written(shown)
    sent(shown)
    shown.show(answer)
    expect(shown.show("review").get_by_label(NOTE)).to_have_value(TYPED)


def test_nothing_that_was_typed_stays_when_somebody_signs_out(shown: Gallery) -> None:
    page = written(shown)
    page.evaluate(
        "() => { const form = document.querySelector('.decide').closest('form');"
        "form.setAttribute('action', '/sign-out'); delete form.dataset.autosave; }"
    )
    sent(shown)
    assert page.evaluate("sessionStorage.length") == 0


def written(shown: Gallery) -> Page:
    """A page on which something was typed."""
    page = shown.show("review")
    page.evaluate("sessionStorage.clear()")
    page.get_by_label(NOTE).fill(TYPED)
    return page


def sent(shown: Gallery) -> None:
    """Send what was typed."""
    shown.posted.clear()
    shown.page.get_by_role("button", name="Approve", exact=True).click()
    expect(shown.page.get_by_role("button", name="Approve", exact=True)).to_have_attribute("aria-busy", "true")
