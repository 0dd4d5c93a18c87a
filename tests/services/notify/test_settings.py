import pytest

from services.notify.settings import NotifySettings
from shared.settings import SettingsWrong

RIGHT = {
    "ITHACA_SMTP_HOST": "mail.example.org",
    "ITHACA_SMTP_PORT": "587",
    "ITHACA_SMTP_USERNAME": "ithaca",
    "ITHACA_SMTP_PASSWORD": "a word",
    "ITHACA_MAIL_FROM": "mentoring@example.org",
    "ITHACA_LINKS": "https://mentoring.example.org",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in RIGHT.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_the_mail_server_is_set_option_by_option(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("ITHACA_SMTP_SECURITY", "tls")
    environment.setenv("ITHACA_SMTP_TIMEOUT", "5")
    settings = NotifySettings.load()
    assert settings.smtp.model_dump(exclude={"password"}) == {
        "host": "mail.example.org",
        "port": 587,
        "security": "tls",
        "username": "ithaca",
        "timeout": 5,
    }
    assert settings.smtp.password is not None
    assert settings.smtp.password.get_secret_value() == "a word"
    assert "a word" not in repr(settings)


def test_mail_is_encrypted_unless_somebody_says_otherwise(environment: pytest.MonkeyPatch) -> None:
    assert NotifySettings.load().smtp.security == "starttls"


def test_mails_need_not_lead_anywhere(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("ITHACA_LINKS")
    assert NotifySettings.load().links is None


@pytest.mark.parametrize("name", ["ITHACA_SMTP_HOST", "ITHACA_SMTP_PORT", "ITHACA_MAIL_FROM"])
def test_what_is_missing_is_named(environment: pytest.MonkeyPatch, name: str) -> None:
    environment.delenv(name)
    with pytest.raises(SettingsWrong, match=f"^{name}: Field required$"):
        NotifySettings.load()


def test_all_that_is_missing_is_named_at_once(environment: pytest.MonkeyPatch) -> None:
    for name in RIGHT:
        environment.delenv(name)
    with pytest.raises(SettingsWrong) as refused:
        NotifySettings.load()
    assert [line.partition(":")[0] for line in str(refused.value).splitlines()] == [
        "ITHACA_SMTP_HOST",
        "ITHACA_SMTP_PORT",
        "ITHACA_MAIL_FROM",
    ]


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("ITHACA_SMTP_PORT", "0", "greater than or equal to 1"),
        ("ITHACA_SMTP_SECURITY", "ssl", "'plain', 'starttls' or 'tls'"),
        ("ITHACA_SMTP_TIMEOUT", "600", "less than or equal to 60"),
        ("ITHACA_MAIL_FROM", "Harbor <mentoring@example.org>", "give one such as name@example.org"),
        ("ITHACA_LINKS", "mentoring.example.org", "https?://"),
    ],
)
def test_what_is_wrong_is_named_with_a_remedy(
    environment: pytest.MonkeyPatch, name: str, value: str, remedy: str
) -> None:
    environment.setenv(name, value)
    with pytest.raises(SettingsWrong) as refused:
        NotifySettings.load()
    assert str(refused.value).startswith(f"{name}: ")
    assert remedy in str(refused.value)


def test_a_password_in_the_clear_is_refused_without_showing_it(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("ITHACA_SMTP_SECURITY", "plain")
    with pytest.raises(SettingsWrong, match="ITHACA_SMTP: ") as refused:
        NotifySettings.load()
    assert "use starttls or tls" in str(refused.value)
    assert "a word" not in str(refused.value)
