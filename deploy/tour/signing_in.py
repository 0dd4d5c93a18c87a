"""How a person of the tour gets in by e-mail: they ask for a mail, and type its code."""

import re
from collections.abc import Collection

from deploy.local.mail import MailFolder
from deploy.tour.api import Caller, Read, Services, Token
from deploy.tour.conditions import eventually

CODE = re.compile(r"^[0-9]{6}$", re.MULTILINE)


class Requested(Read):
    """A request to sign in, and the secret of the browser that has asked."""

    request: str
    browser: str


async def sign_in_by_mail(services: Services, organization_id: str, email: str, mails: MailFolder) -> Caller:
    """Ask for a mail to an address, wait until it has come, and show its code; raises DidNotHappen."""
    known = {mail.id for mail in mails.newest(to=email)}
    body = {"organization": organization_id, "email": email}
    answer = await services.send("POST", "intake", "/v1/sign-in/requests", json=body)
    requested = Requested.model_validate_json(answer.content)
    shown = {"request": requested.request, "browser": requested.browser, "code": await _code(email, mails, known)}
    answer = await services.send("POST", "intake", "/v1/sign-in", json=shown)
    return Caller(services, Token.model_validate_json(answer.content).access_token)


async def _code(email: str, mails: MailFolder, known: Collection[str]) -> str:
    """The code of the first mail that is not known yet."""

    async def codes() -> list[str]:
        fresh = (mail.part("text/plain") or b"" for mail in mails.newest(to=email) if mail.id not in known)
        return [found[0] for text in fresh if (found := CODE.search(text.decode().replace("\r\n", "\n")))]

    return (await eventually("a mail with a code has come", codes, bool))[0]
