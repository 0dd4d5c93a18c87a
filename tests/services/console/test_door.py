"""Getting into the console, and out again."""

from tests.services.console.world import World


def test_whoever_is_not_signed_in_is_led_to_the_door(cell: World) -> None:
    with cell.browser() as browser:
        page = browser.get("/today")
    assert page.url.path == "/sign-in"
    assert page.url.params["next"] == "/today"


def test_a_code_of_a_mail_signs_in(cell: World) -> None:
    cell.add_person("Ada Moretti")
    with cell.browser() as browser:
        page = cell.sign_in(browser, "ada@example.org")
        assert page.url.path == "/today", page.text
        assert "Nothing needs you" in page.text
        assert "Harbor" in page.text
