"""What tests ask intake for over HTTP."""

from tests.shared.web.api import Api


def as_client(api: Api, tenant: str = "acme") -> None:
    api.token = api.issuer.token(kind="client", sub="hr", tenant=tenant)


def as_person(api: Api, id: str) -> None:
    api.token = api.issuer.token(kind="person", sub=id)


def program(api: Api, title: str = "Women in tech") -> str:
    id = str(api.post("/v1/programs", {"title": title}).json()["id"])
    api.post(f"/v1/programs/{id}/publish")
    return id


def person(api: Api, name: str) -> str:
    added = api.post("/v1/people", {"name": name, "email": f"{name}@example.org", "time_zone": "Europe/Rome"})
    return str(added.json()["id"])


def application(api: Api, program_id: str, person_id: str, role: str = "mentor") -> str:
    asked = {"program_id": program_id, "person_id": person_id, "role": role, "profile": {"languages": ["en"]}}
    return str(api.post("/v1/applications", asked).json()["id"])


def ids(api: Api, path: str, **params: str) -> list[str]:
    return [item["id"] for item in api.get(path, params=params).json()["items"]]
