"""What can be wrong with any signed text, whatever it is about: how it is signed, headed and written."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from random import Random

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from joserfc.jwk import ECKey

from tests.security.drafts import JUNK, MEGABYTE, Draft, Flaw, Members, Sign, ecdsa, encoded

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""Of the curve P-256."""
OTHER_KEY, OTHER_CURVE = ECKey.generate_key("P-256", auto_kid=True), ECKey.generate_key("P-384", auto_kid=True)
RSA = rsa.generate_private_key(65537, 2048)
ED25519 = ed25519.Ed25519PrivateKey.generate()


def _unsigned(draft: Draft, random: Random) -> None:
    draft.header["alg"] = random.choice(["none", "None", "NONE", "nOnE", "none ", "", None])
    draft.sign = random.choice([lambda _: b"", draft.sign])


def _shared_secret(draft: Draft, random: Random) -> None:
    """The public key, which everybody has, as the secret of an HMAC."""
    pem, public = draft.key.as_pem(private=False), json.dumps(draft.key.as_dict(private=False)).encode()
    secret = random.choice([pem, pem.strip(), public, b"", b"secret", str(draft.header.get("kid")).encode()])
    names = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}
    draft.header["alg"] = name = random.choice([*names])
    draft.sign = lambda signed: hmac.digest(secret, signed, names[name])


def _algorithm(draft: Draft, random: Random) -> None:
    draft.header["alg"], draft.sign = random.choice(OTHER_ALGORITHMS)


def _algorithm_name(draft: Draft, random: Random) -> None:
    draft.header["alg"] = random.choice(["es256", "ES256 ", "ES256K", "ES512", ["ES256"], {"ES256": 1}, *JUNK])


OTHER_ALGORITHMS: Sequence[tuple[str, Sign]] = (
    ("RS256", lambda signed: RSA.sign(signed, padding.PKCS1v15(), hashes.SHA256())),
    ("PS256", lambda signed: RSA.sign(signed, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())),
    ("EdDSA", ED25519.sign),
    ("Ed25519", ED25519.sign),
    ("ES384", ecdsa(OTHER_CURVE, 48, hashes.SHA384())),
    ("ES256", ecdsa(OTHER_CURVE, 48)),
)


def _signer(draft: Draft, random: Random) -> None:
    """Somebody else signs, and says so or not."""
    draft.sign = ecdsa(OTHER_KEY)
    public, elsewhere = OTHER_KEY.as_dict(private=False), "https://elsewhere.example/keys.json"
    draft.header |= random.choice(
        [
            {},
            {"jwk": public},
            {"jku": elsewhere},
            {"x5u": elsewhere},
            {"x5c": [encoded(b"certificate")]},
            {"kid": OTHER_KEY.kid},
        ]
    )


def _signature(draft: Draft, random: Random) -> None:
    sign, numbers = draft.sign, [0, 1, ORDER - 1, ORDER, ORDER + 1, 2**256 - 1]
    made = b"".join(random.choice(numbers).to_bytes(32, "big") for _ in "rs")
    flipped = random.randrange(64 * 8)

    def flip(right: bytes) -> bytes:
        flips = 1 << (flipped % (len(right) * 8))
        return (int.from_bytes(right, "big") ^ flips).to_bytes(len(right), "big") if right else b"x"

    draft.sign = random.choice(
        [
            lambda _: made,
            lambda _: b"",
            lambda signed: sign(signed)[:-1],
            lambda signed: sign(signed) + b"\0",
            lambda signed: b"\0" + sign(signed),
            lambda signed: flip(sign(signed)),
            lambda signed: hashlib.sha256(signed).digest() * 2,
        ]
    )


def key_id(draft: Draft, random: Random) -> None:
    """Name a key that is not the issuer's, or none at all."""
    odd = [
        "../../../../dev/null",
        "/dev/null",
        "' UNION SELECT 'x",
        "file:///etc/passwd",
        "x" * MEGABYTE,
        "kid\0",
        "$where",
    ]
    known = str(draft.header.get("kid"))
    draft.header["kid"] = random.choice(
        [*JUNK, *odd, known.upper() + "_", f" {known}", f"{known}\n", [known], {"kid": known}]
    )


def kind_of_token(draft: Draft, random: Random) -> None:
    """Say that it is something else than an access token."""
    others = [
        "JWT",
        "jwt",
        "id+jwt",
        "logout+jwt",
        "dpop+jwt",
        "at+jwt ",
        "at+jwt;v=1",
        "application/jwt",
        "at +jwt",
        ["at+jwt"],
    ]
    draft.header["typ"] = random.choice([*others, *JUNK])


def _critical(draft: Draft, random: Random) -> None:
    told = random.choice(
        [["tea"], ["exp"], ["alg"], ["b64", "b64"], [], "exp", [1], None, {"exp": 1}, ["b64"], ["typ"]]
    )
    draft.header |= {"crit": told, "b64": False}


def _doubled(draft: Draft, random: Random) -> None:
    """A member twice: readers differ in which one counts."""
    where, name = random.choice(
        [("header", "alg"), ("header", "kid"), ("claims", "sub"), ("claims", "exp"), ("claims", "iss")]
    )
    odd = json.dumps(random.choice(JUNK))

    def doubled(members: Members) -> bytes:
        return f'{{"{name}": {odd}, {json.dumps(members)[1:]}'.encode()

    setattr(draft, f"{where}_json", doubled)


def _json(draft: Draft, random: Random) -> None:
    """What is no object of plain JSON, however well it is signed."""
    deep = random.choice([100, 3_000, 100_000])
    spoil: Sequence[Callable[[bytes], bytes]] = [
        lambda raw: b"[" * deep + raw + b"]" * deep,
        lambda raw: b'{"deep": ' + b'{"a":' * deep + b"1" + b"}" * deep + b"," + raw[1:],
        lambda raw: b"[" + raw + b"]",
        lambda raw: raw + raw,
        lambda raw: raw[:-1],
        lambda raw: b"\xef\xbb\xbf" + raw,
        lambda raw: raw.decode().encode("utf-16"),
        lambda raw: raw[:-1] + b', "x": "\xff\xfe"}',
        lambda raw: raw[:-1] + b', "x": NaN}',
        lambda raw: raw[:-1] + b', "x": "\\ud800"}',
        lambda raw: raw[:-1] + b', "x": ' + b"9" * 5_000 + b"}",
        lambda _: b"null",
        lambda _: b"",
        lambda raw: b'"' + base64.b64encode(raw) + b'"',
    ]
    chosen = random.choice(spoil)
    setattr(draft, random.choice(["header_json", "claims_json"]), lambda members: chosen(json.dumps(members).encode()))


def _form(draft: Draft, random: Random) -> None:
    """What is no compact form of three parts."""
    at, mark = random.random(), random.choice([" ", "\t", "%20", "=", "+", "/", "!", "é", "\u200b", ",", "."])

    def put(text: str) -> str:
        here = int(at * (len(text) - 2)) + 1
        return text[:here] + mark + text[here:]

    def as_json(text: str) -> str:
        protected, payload, signature = text.split(".", 2)
        return json.dumps({"protected": protected, "payload": payload, "signature": signature})

    draft.finish = random.choice(
        [
            put,
            as_json,
            lambda text: f"{text}=",
            lambda text: f"{text}.",
            lambda text: f".{text}",
            lambda text: f"{text}.{text}",
            lambda text: f"{text.split('.')[0]}..{text.split('.')[-1]}",
            lambda text: text.replace(".", "..", 1),
            lambda text: text.rpartition(".")[0],
            lambda text: f"{text},{text}",
            lambda text: text + "A" * MEGABYTE,
            lambda text: "A" * MEGABYTE + text,
            lambda _: "." * MEGABYTE,
            lambda text: f"{text}.a.b",
            lambda text: text[:-1] + chr(ord(text[-1]) + 1),
        ]
    )


FORMS: Mapping[str, Flaw] = {
    "unsigned": _unsigned,
    "shared secret": _shared_secret,
    "algorithm": _algorithm,
    "algorithm's name": _algorithm_name,
    "signer": _signer,
    "signature": _signature,
    "critical": _critical,
    "doubled": _doubled,
    "json": _json,
    "form": _form,
}
"""What is wrong with any signed text, whatever it is about."""
