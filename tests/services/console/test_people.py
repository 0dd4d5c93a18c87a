"""The pages of people: cards, roles, and who looks after what."""

import re
from collections.abc import Iterator

import httpx
import pytest

from tests.services.console.browsing import headline, send
from tests.services.console.world import World


@pytest.fixture(scope="module")
def manager(cell: World, program: str) -> Iterator[httpx.Client]:
    """A browser in which the manager of the program is signed in."""
    cell.give_role(cell.add_person("Max Frey"), "manager", program)
    yield from cell.signed_in("max@example.org")


def test_a_card_is_found_and_corrected(cell: World, admin: httpx.Client) -> None:
    ben = cell.add_person("Ben Okafor")
    assert f'href="/people/{ben}"' in admin.get("/people", params={"q": "ben"}).text
    page = admin.get(f"/people/{ben}")
    assert headline(page) == "Ben Okafor"
    form = {"name": "Benedict Okafor", "pronouns": "he/him", "locale": "de", "time_zone": "America/New_York"}
    page = send(admin, page, "/correct", **form)
    assert headline(page) == "Benedict Okafor"
    assert '<option value="America/New_York" selected>New York</option>' in page.text


def test_a_card_that_says_nothing_stays_as_it_was_beside_what_was_typed(cell: World, admin: httpx.Client) -> None:
    ida = cell.add_person("Ida Berg")
    page = send(
        admin, admin.get(f"/people/{ida}"), "/correct", name=" ", pronouns="", locale="it", time_zone="Europe/Rome"
    )
    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.text
    assert '<option value="it" selected>' in page.text, "what was chosen stays"


def test_a_role_is_given_and_taken_away_and_the_last_admin_stays(
    cell: World, admin: httpx.Client, program: str
) -> None:
    ada = cell.add_person("Ada Moretti")
    page = send(admin, admin.get(f"/people/{ada}"), "/roles", role=f"reviewer:{program}")
    assert "Reviewer" in page.text
    assert "Ada Moretti" in admin.get(f"/programs/{program}/team").text
    page = send(admin, page, "/roles/revoke")
    assert f'value="reviewer:{program}">' in page.text, "it can be given again"
    assert "Take away</button>" not in page.text
    found = re.search(r'href="(/people/[^"]+)" dir="auto">Rosa Keller', admin.get("/team").text)
    assert found
    page = send(admin, admin.get(found[1]), "/roles/revoke")
    assert page.status_code == 409
    assert "the only admin" in page.text


def test_somebody_is_invited_and_the_invitation_is_on_their_card(
    cell: World, admin: httpx.Client, program: str
) -> None:
    form = {"email": "iris@example.org", "name": "Iris Lang", "role": f"lead:{program}"}
    page = send(admin, admin.get("/people"), "/people/invite", **form)
    assert "iris@example.org is invited." in page.text
    found = re.search(r'href="(/people/[^"]+)"[^>]*>Iris Lang', admin.get("/people", params={"q": "iris"}).text)
    assert found
    assert "invited, until" in admin.get(found[1]).text
    again = send(admin, admin.get("/people"), "/people/invite", **form)
    assert again.status_code == 409
    assert 'value="iris@example.org"' in again.text, "what was typed stays"


def test_a_manager_gives_the_roles_of_their_program_and_no_others(
    cell: World, manager: httpx.Client, program: str
) -> None:
    page = manager.get(f"/programs/{program}/team")
    assert f'value="lead:{program}"' in page.text
    assert f'value="manager:{program}"' not in page.text
    form = {"email": "lea@example.org", "name": "Lea Roth"}
    assert headline(send(manager, page, "/people/invite", role=f"lead:{program}", **form))
    refused = send(manager, page, "/people/invite", role="admin", **form)
    assert refused.status_code == 403


def test_a_person_who_is_suspended_is_out_and_is_let_in_again(cell: World, admin: httpx.Client) -> None:
    sam = cell.add_person("Sam Reed")
    with cell.browser() as browser:
        cell.sign_in(browser, "sam@example.org")
        page = send(admin, admin.get(f"/people/{sam}"), "/suspend")
        assert "suspended: nobody signs in as them" in page.text
        cell.told("PersonSuspended")
        assert browser.get("/today").url.path == "/sign-in"
    assert "Suspend…" in send(admin, page, "/resume").text


def test_two_cards_become_one_after_a_look_at_what_will_happen(cell: World, admin: httpx.Client, program: str) -> None:
    stays, goes = cell.add_person("Uma Thor"), cell.add_person("Uwe Thor")
    cell.apply(program, goes, "mentee")
    found = admin.get(f"/people/{stays}/merge", params={"q": "thor"})
    assert f"?merged_id={goes}" in found.text
    assert f"?merged_id={stays}" not in found.text, "a card is not merged with itself"
    page = admin.get(f"/people/{stays}/merge", params={"merged_id": goes})
    assert "Two cards of Uma Thor become one" in headline(page)
    assert re.search(r"Applications that move</dt><dd>1<", page.text)
    assert headline(send(admin, page, "/merge")) == "Uma Thor"
    assert admin.get(f"/people/{goes}").url.path == f"/people/{stays}", "the old card leads to the one that stays"


def test_two_cards_that_cannot_become_one_say_why(cell: World, admin: httpx.Client, program: str) -> None:
    stays, goes = cell.add_person("Vera Lund"), cell.add_person("Vito Lund")
    for one in (stays, goes):
        cell.apply(program, one, "mentee")
    page = admin.get(f"/people/{stays}/merge", params={"merged_id": goes})
    assert headline(page) == "These two cards stay two for now."
    assert "withdraw one of them" in page.text
    assert "Make one card of these two" not in page.text


def test_a_new_address_waits_until_it_is_confirmed(cell: World, admin: httpx.Client) -> None:
    tim = cell.add_person("Tim Vogel")
    page = send(admin, admin.get(f"/people/{tim}"), "/address", email="tim.vogel@example.org")
    assert "tim.vogel@example.org is not confirmed yet." in page.text
    assert "is not confirmed yet" not in send(admin, page, "/address/stop").text
    taken = send(admin, page, "/address", email="rosa@example.org")
    assert taken.status_code == 409
    assert 'value="rosa@example.org"' in taken.text


def test_a_manager_corrects_people_of_the_program_and_sees_no_roles(
    cell: World, manager: httpx.Client, program: str
) -> None:
    zoe = cell.add_person("Zoe Hart")
    assert manager.get(f"/people/{zoe}").status_code == 404
    cell.apply(program, zoe, "mentee")
    page = manager.get(f"/people/{zoe}")
    assert headline(page) == "Zoe Hart"
    assert "Another role" not in page.text
    form = {"name": "Zoe Hartmann", "pronouns": "", "locale": "en", "time_zone": "Europe/Rome"}
    assert headline(send(manager, page, "/correct", **form)) == "Zoe Hartmann"
