"""The pages of other systems: a secret is shown once, two count at once, and who is shut out stays out."""

import json
import re

import httpx
from joserfc.jwk import ECKey

from tests.services.console.browsing import headline, send
from tests.services.console.outages import LOOPBACK
from tests.services.console.world import World

SECRET = re.compile(r'id="f-client_secret" value="([^"]+)"')
CLIENT_ID = re.compile(r'id="f-client_id" value="([^"]+)"')


def made(admin: httpx.Client, name: str) -> httpx.Response:
    """The page that shows the secret of a new client."""
    form = {"name": name, "scopes": "intake:read"}
    page = send(admin, admin.get("/clients"), "/clients", **form)
    assert headline(page) == name
    return page


def lets_in(cell: World, page: httpx.Response) -> int:
    """What is answered to the secret that a page shows."""
    form = {"grant_type": "client_credentials", "client_id": shown(CLIENT_ID, page)}
    form["client_secret"] = shown(SECRET, page)
    return httpx.post(f"http://{LOOPBACK}:{cell.ports['intake']}/oauth/token", data=form).status_code


def shown(what: re.Pattern[str], page: httpx.Response) -> str:
    """What a page shows once."""
    found = what.search(page.text)
    assert found, page.text
    return found[1]


def test_a_client_gets_in_with_the_secret_that_is_shown_once(cell: World, admin: httpx.Client) -> None:
    page = made(admin, "HR system")
    assert lets_in(cell, page) == 200
    later = admin.get(f"/clients/{shown(CLIENT_ID, page)}")
    assert "Read programs, people, applications and imports" in later.text
    assert shown(SECRET, page) not in later.text
    assert "HR system" in admin.get("/clients").text


def test_a_form_that_made_a_secret_makes_no_second_one_when_it_comes_again(admin: httpx.Client) -> None:
    page = admin.get("/clients")
    form = {"name": "Twice", "scopes": "intake:read"}
    assert headline(send(admin, page, "/clients", **form)) == "Twice"
    again = send(admin, page, "/clients", **form)
    assert SECRET.search(again.text) is None
    assert again.text.count(">Twice</a>") == 1


def test_one_secret_takes_the_place_of_another_without_a_pause(cell: World, admin: httpx.Client) -> None:
    first = made(admin, "Calendar")
    second = send(admin, first, "/secrets")
    assert lets_in(cell, first) == lets_in(cell, second) == 200
    assert "It has two: end the one that is no longer used." in second.text
    assert "Two secrets" in admin.get("/clients").text
    send(admin, second, "/secrets/first/end")
    assert lets_in(cell, first) == 401
    assert lets_in(cell, second) == 200


def test_a_client_may_sign_with_a_key_of_its_own(admin: httpx.Client) -> None:
    page = made(admin, "Signer")
    key = ECKey.generate_key("P-256", auto_kid=True)
    public, private = key.as_dict(private=False), key.as_dict(private=True)
    for text, words in (("no key", "This is no JSON"), (json.dumps(private), "this is a private key")):
        refused = send(admin, page, "/keys", keys=text)
        assert refused.status_code == 422
        assert words in refused.text
    assert str(public["kid"]) in send(admin, page, "/keys", keys=json.dumps({"keys": [public]})).text


def test_a_client_is_renamed_and_shut_out_for_good(cell: World, admin: httpx.Client) -> None:
    page = made(admin, "Old name")
    assert headline(send(admin, page, "/rename", name="New name")) == "New name"
    out = send(admin, page, "/disable")
    assert "shut out for good since" in out.text
    assert "/disable" not in out.text
    assert lets_in(cell, page) == 401


def test_a_client_without_a_scope_is_not_made(admin: httpx.Client) -> None:
    refused = send(admin, admin.get("/clients"), "/clients", name="For nothing")
    assert refused.status_code == 422
    assert 'value="For nothing"' in refused.text
