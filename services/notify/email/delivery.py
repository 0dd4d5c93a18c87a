"""The mail server, and how a mail is handed over to it."""

import asyncio
from email.message import EmailMessage
from typing import Literal, Self

import aiosmtplib
from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

AUTHENTICATION_REQUIRED = 530


NON_ASCII_ADDRESS = 553


class MailServer(BaseModel):
    """The server that takes our mail. `timeout` in seconds, for one mail as a whole."""

    model_config = ConfigDict(frozen=True)

    host: str
    port: int = Field(ge=1, le=65535)
    security: Literal["plain", "starttls", "tls"] = "starttls"
    username: str | None = None
    password: SecretStr | None = None
    timeout: float = Field(default=30, gt=0, le=60)

    @model_validator(mode="after")
    def _sends_no_password_in_the_clear(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password: give both, or neither")
        if self.password is not None and self.security == "plain":
            raise ValueError("security: a password is only sent encrypted; use starttls or tls")
        return self


class Sent(BaseModel):
    """The server has accepted the mail."""

    model_config = ConfigDict(frozen=True)


class Refused(BaseModel):
    """The server will never accept this mail. `code` is SMTP's (5xx); `reason` may hold the address: not for logs."""

    model_config = ConfigDict(frozen=True)

    code: int
    reason: str


class NotDelivered(Exception):
    """The mail could not be handed over now; the same may work later. `code` is SMTP's if the server answered.

    The message may hold the address: not for logs.
    """

    def __init__(self, reason: str, code: int | None = None) -> None:
        super().__init__(reason)
        self.code = code


async def deliver(message: EmailMessage, server: MailServer) -> Sent | Refused:
    """Hand a mail over; raises NotDelivered if it is worth trying again, as after 4xx or without a connection.

    Trouble between us and the server, such as a wrong password, says nothing about the mail: that is NotDelivered, too.
    If the connection breaks before the last answer, the mail may have been accepted all the same; mail programs know
    by the Message-ID that the second one is the same.
    """
    try:
        async with asyncio.timeout(server.timeout):
            await _send(message, server)
    except aiosmtplib.SMTPRecipientsRefused as error:
        return _judge(error.recipients[0])
    except (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPDataError) as error:
        return _judge(error)
    except aiosmtplib.SMTPNotSupported as error:
        return Refused(code=NON_ASCII_ADDRESS, reason=str(error))
    except aiosmtplib.SMTPResponseException as error:
        raise NotDelivered(error.message, error.code) from error
    except (aiosmtplib.SMTPException, OSError) as error:
        raise NotDelivered(str(error) or f"no answer within {server.timeout:g} s") from error
    return Sent()


async def _send(message: EmailMessage, server: MailServer) -> None:
    await aiosmtplib.send(
        message,
        hostname=server.host,
        port=server.port,
        use_tls=server.security == "tls",
        start_tls=server.security == "starttls",
        username=server.username,
        password=server.password.get_secret_value() if server.password else None,
        timeout=server.timeout,
    )


def _judge(answer: aiosmtplib.SMTPResponseException) -> Refused:
    if 500 <= answer.code < 600 and answer.code != AUTHENTICATION_REQUIRED:
        return Refused(code=answer.code, reason=answer.message)
    raise NotDelivered(answer.message, answer.code) from answer
