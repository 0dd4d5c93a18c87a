"""How a process reaches the broker: in the clear, or over TLS, with a name and a password or without."""

import ssl
from typing import Any

from faststream.kafka.security import parse_security
from faststream.security import BaseSecurity, SASLScram512

from shared.settings import KafkaSecurity, Settings, SettingsWrong


def access_of(settings: Settings) -> BaseSecurity | None:
    """Return what the settings say; nothing for a broker that is spoken to in the clear. Raises `SettingsWrong`."""
    if settings.kafka_security is KafkaSecurity.PLAIN:
        return None
    try:
        context = ssl.create_default_context(cafile=settings.kafka_ca_file)
    except OSError as error:
        raise SettingsWrong(f"ITHACA_KAFKA_CA_FILE: {settings.kafka_ca_file} holds no certificates in PEM") from error
    if settings.kafka_username is None or settings.kafka_password is None:
        return BaseSecurity(ssl_context=context, use_ssl=True)
    password = settings.kafka_password.get_secret_value()
    return SASLScram512(settings.kafka_username, password, ssl_context=context, use_ssl=True)


def options(access: BaseSecurity | None) -> dict[str, Any]:
    """Return the same, as aiokafka's clients take it."""
    return parse_security(access)
