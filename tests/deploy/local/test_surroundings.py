import stat
from base64 import b64encode
from pathlib import Path

import pytest

from deploy.deployment import service_names
from deploy.local.processes import CannotStart
from deploy.local.surroundings import Surroundings, operator_of
from shared.installed import load_service
from shared.settings import Role, Settings


def surroundings(home: Path) -> Surroundings:
    ports = {service: 20_000 + number for number, service in enumerate(service_names())}
    return Surroundings(home, "garden", "127.0.0.1:9092", "mongodb://127.0.0.1:27017", 2525, ports)


def settings(service: str, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Settings:
    """What the service understands of its environment."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return load_service(service).settings.load()


@pytest.mark.parametrize("service", service_names())
def test_every_service_understands_what_it_is_told(
    service: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = surroundings(tmp_path)
    found = settings(service, place.environment(service), monkeypatch)
    assert (found.cell, found.role, found.port) == ("garden", Role.ALL, place.ports[service])
    assert (found.kafka_bootstrap, found.mongo_url) == (place.kafka_bootstrap, place.mongo_url)
    assert found.issuer == "http://127.0.0.1:20000" == place.address("intake")


def test_mail_goes_to_the_local_mail_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = settings("notify", surroundings(tmp_path).environment("notify"), monkeypatch).model_dump()
    assert (found["smtp"]["host"], found["smtp"]["port"], found["smtp"]["security"]) == ("127.0.0.1", 2525, "plain")


@pytest.mark.parametrize("service", service_names())
def test_only_intake_is_told_the_operators_secret(service: str, tmp_path: Path) -> None:
    environment = surroundings(tmp_path).environment(service)
    assert ("ITHACA_OPERATOR_CLIENT_SECRET" in environment) is (service == "intake")


@pytest.mark.parametrize("service", service_names())
def test_every_service_seals_dead_letters_with_a_key_that_stays(
    service: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = settings(service, surroundings(tmp_path).environment(service), monkeypatch)
    (key,) = found.dead_letter_keys
    assert len(key) == 32
    assert surroundings(tmp_path).environment(service)["ITHACA_DEAD_LETTER_KEY"] == b64encode(key).decode()
    assert stat.S_IMODE((tmp_path / "dead-letter.key").stat().st_mode) == 0o600


def test_intake_and_notify_and_no_other_share_a_key_for_sign_ins_that_stays(tmp_path: Path) -> None:
    found = {name: surroundings(tmp_path).environment(name).get("ITHACA_SIGN_IN_KEY") for name in service_names()}
    assert {name for name, key in found.items() if key} == {"intake", "notify"}
    assert found["intake"] == found["notify"]
    assert found["intake"] != surroundings(tmp_path).environment("intake")["ITHACA_DEAD_LETTER_KEY"]


def test_a_process_for_all_services_is_told_what_each_needs(tmp_path: Path) -> None:
    place = surroundings(tmp_path)
    every = place.environment(*service_names())
    for service in service_names():
        assert place.environment(service).keys() <= every.keys()


def test_broken_credentials_are_refused_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "operator.json").write_text("{}")
    with pytest.raises(CannotStart, match=r"operator\.json has no client_id and client_secret\. Delete it"):
        operator_of(tmp_path / "operator.json")


def test_the_operators_secret_is_made_once_and_for_this_user_alone(tmp_path: Path) -> None:
    file = tmp_path / "operator.json"
    first = operator_of(file)
    assert len(first.client_secret) >= 32
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert operator_of(file) == first
    assert first.client_secret not in repr(first)
