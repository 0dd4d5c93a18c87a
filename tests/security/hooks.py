"""What schemathesis is told of Ithaca, and what it looks for beyond its own checks. It loads this in its own process.

`ASKED_ABOUT` names, as JSON, what is in the organization that is asked about: ids by the parameters that take them.
`FOREIGN` says that whoever asks is of another organization.
"""

import json
import os
from typing import Any

import schemathesis
from hypothesis import strategies as st
from schemathesis import Case, CheckContext, HookContext, Response

from shared.web.document import OF_REQUESTS

ASKED_ABOUT: dict[str, list[str]] = json.loads(os.environ["ASKED_ABOUT"])
FOREIGN = bool(os.environ.get("FOREIGN"))
THEIRS = sorted({id for ids in ASKED_ABOUT.values() for id in ids})

schemathesis.serializer.alias("text/csv", "text/plain")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
schemathesis.serializer.alias(XLSX, "application/octet-stream")

Fields = dict[str, Any]  # what a request has in one of its places


@schemathesis.hook
def before_load_schema(_: HookContext, raw_schema: Fields) -> None:
    """Add what is answered before an operation sees a request: the pages say it once, and not at every operation.

    To whom no token is needed, the console shows a page where other services say which they are.
    """
    raw_schema["paths"]["/"]["get"]["responses"]["200"]["content"]["text/html"] = {"schema": {"type": "string"}}
    for operations in raw_schema["paths"].values():
        for operation in operations.values():
            for status, text in OF_REQUESTS.items():
                operation["responses"].setdefault(str(status), {"description": text})


@schemathesis.hook
def flatmap_path_parameters(_: HookContext, path_parameters: Fields | None) -> st.SearchStrategy[Fields | None]:
    """Ask about what there is, always or every other time."""
    return _about(path_parameters)


@schemathesis.hook
def flatmap_query(_: HookContext, query: Fields | None) -> st.SearchStrategy[Fields | None]:
    """Ask about what there is, always or every other time."""
    return _about(query)


@schemathesis.hook
def flatmap_body(_: HookContext, body: Any) -> st.SearchStrategy[Any]:
    """Name in bodies what there is, always or every other time."""
    return _about(body) if isinstance(body, dict) else st.just(body)


def _about(fields: Fields | None) -> st.SearchStrategy[Fields | None]:
    named = [name for name in fields or () if name in ASKED_ABOUT]
    if not fields or not named:
        return st.just(fields)
    known = st.fixed_dictionaries({name: st.sampled_from(ASKED_ABOUT[name]) for name in named})
    asked = known.map(lambda ids: {**fields, **ids})
    return asked if FOREIGN else st.one_of(st.just(fields), asked)


@schemathesis.check
def nothing_of_another_organization(_: CheckContext, response: Response, case: "Case[Any]") -> None:
    """Fail if somebody of another organization is told an id that they have not sent."""
    if FOREIGN:
        sent = f"{response.request.url} {case.body!r}"
        told = [id for id in THEIRS if f'"{id}"' in response.text and id not in sent]
        assert not told, f"this is another organization's: {', '.join(told)}"
