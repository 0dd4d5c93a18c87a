"""`ithaca identity try` shows what is found of a provider, and ends by whether people can sign in."""

import json
from pathlib import Path
from typing import Any

from deploy.operate.identity import app
from tests.deploy.operate.speaking import Asked, Speaking

FINE = {"about": "issuer", "is_fine": True, "detail": "It says what it is.", "remedy": "", "keeps_out": False}
WRONG = {
    "about": "client",
    "is_fine": False,
    "detail": "The provider does not take us for ithaca.",
    "remedy": "Set the client id and its secret.",
    "keeps_out": True,
}
ROLELESS = {**WRONG, "about": "claim groups", "detail": "It gives no role.", "keeps_out": False}
REDIRECT = "https://api.example/v1/sign-in/provider"


def report(*findings: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What intake answers."""
    usable = not any(one["keeps_out"] for one in findings)
    return {"is_usable": usable, "findings": list(findings), "roles": [], "redirect_uri": REDIRECT} | more


def test_what_is_well_is_shown_with_what_to_register(services: Speaking) -> None:
    services.say("intake", "/identity-provider/try", report(FINE, ROLELESS, roles=["admin"]), "POST")
    ran = services.run(app, "try", "acme")
    assert ran.exit_code == 0, ran.output
    assert "✓  issuer" in ran.output
    assert "!  claim groups" in ran.output
    assert "Roles: admin" in ran.output
    assert services.acting_in == "acme"
    assert f"Register at the provider: {REDIRECT}" in ran.output


def test_what_is_wrong_is_shown_with_what_to_do_and_ends_with_1(services: Speaking) -> None:
    services.say("intake", "/identity-provider/try", report(FINE, WRONG), "POST")
    ran = services.run(app, "try", "acme")
    assert ran.exit_code == 1
    assert "✗  client" in ran.output
    assert "Set the client id and its secret." in ran.output
    assert json.loads(services.run(app, "try", "acme", "--json").stdout)["is_usable"] is False


def test_claims_are_read_from_a_file(services: Speaking, tmp_path: Path) -> None:
    asked = list[Asked]()

    def answer(one: Asked) -> dict[str, Any]:
        asked.append(one)
        return report(FINE)

    services.say("intake", "/identity-provider/try", answer, "POST")
    file = tmp_path / "ada.json"
    file.write_text('{"sub": "ada"}')
    assert services.run(app, "try", "acme", "--claims", str(file)).exit_code == 0
    assert [one.body for one in asked] == [{"claims": {"sub": "ada"}}]
    file.write_text("[]")
    ran = services.run(app, "try", "acme", "--claims", str(file))
    assert ran.exit_code == 2
    assert "must hold a JSON object" in ran.output


def test_an_organization_without_a_provider_is_told_in_a_sentence(services: Speaking) -> None:
    services.refuse("intake", "/identity-provider/try", 404, "This organization has no provider.", "POST")
    ran = services.run(app, "try", "acme")
    assert (ran.exit_code, "This organization has no provider." in ran.output) == (1, True)


def test_help_says_what_is_tried(services: Speaking) -> None:
    said = services.run(app, "try", "--help", width=100).output
    assert all(word in said for word in ("redirect address", "--claims", "code 1"))
