"""Are the settings there, of the right form, and known?"""

from contextlib import suppress

from pydantic import ValidationError

from shared.doctor.finding import Finding, Notes, Part
from shared.engine.authoring.service import Service
from shared.settings import KafkaSecurity, Settings, SettingsWrong
from shared.sign_in_secrets import SignInSettings

WHERE = (
    "Set it where the process gets its environment: in a cell, apps/kustomization.yaml, "
    "or for a secret the store at ithaca/<cell>/<service>; then restart."
)
LOOPBACK = ("127.0.0.1:", "localhost:", "[::1]:")


def look(service: Service) -> tuple[Settings | None, list[Finding]]:
    """Return the settings with which to go on looking, if there are any, and what was found about them."""
    notes = Notes(Part.SETTINGS)
    settings: Settings | None = None
    try:
        settings = service.settings.load()
    except SettingsWrong as error:
        for line in str(error).splitlines():
            name, _, found = line.partition(": ")
            notes.wrong(name, found, WHERE)
        with suppress(ValidationError):
            settings = Settings()  # those that every service has may be right all the same
    else:
        notes.ok("all are right", f"{len(settings.model_fields_set)} are set, the others have their defaults")
    if settings is not None:
        _advise(settings, notes)
    return settings, notes.findings


def _advise(settings: Settings, notes: Notes) -> None:
    if not settings.dead_letter_keys:
        notes.warn(
            "ITHACA_DEAD_LETTER_KEY",
            "is not set: the contents of dead letters are not kept",
            "Set it to 32 bytes in base64, such as `openssl rand -base64 32` prints.",
        )
    if isinstance(settings, SignInSettings) and not settings.sign_in_secrets.are_set_up:
        notes.warn(
            "ITHACA_SIGN_IN_KEY",
            "is not set: nobody signs in by e-mail",
            "Set it to 32 bytes in base64, such as `openssl rand -base64 32` prints, the same for intake and notify.",
        )
    is_near = all(address.startswith(LOOPBACK) for address in settings.kafka_bootstrap.split(","))
    if settings.kafka_security is KafkaSecurity.PLAIN and not is_near:
        notes.warn(
            "ITHACA_KAFKA_SECURITY",
            "is plain: whoever is on the way to the broker can read and change events",
            "Set it to tls, with ITHACA_KAFKA_USERNAME and ITHACA_KAFKA_PASSWORD.",
        )
