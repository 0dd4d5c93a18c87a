"""Every object is what Kubernetes and its extensions define: no unknown field, no missing one, no wrong type.

Definitions of custom kinds come from the folder that `CRDS` names, one file each, as `kubectl get crd -o yaml` gives
them. Without it, these kinds are left out, and the test says so.
"""

import os
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # as is this
import kubernetes_validate  # type: ignore[import-untyped]  # and this
import pytest
import yaml  # type: ignore[import-untyped]  # it comes without types

from tests.deploy.k8s.rendering import CELLS, Object, find, label, objects_of

pytestmark = pytest.mark.real

VERSION = "1.34"
UNDEFINED = {"ApplicationSet", "OpenTelemetryCollector"}
"""Kinds that nobody here has a definition of."""


@cache
def definitions() -> dict[tuple[str, str], Object]:
    """The schemas of custom kinds, by version and kind; empty without `CRDS`."""
    folder = os.environ.get("CRDS")
    files = sorted(Path(folder).glob("*.yaml")) if folder else []
    found = {}
    for file in files:
        for one in yaml.load_all(file.read_text(), Loader=yaml.CSafeLoader):
            for version in (one or {}).get("spec", {}).get("versions", []):
                api = f"{one['spec']['group']}/{version['name']}"
                found[api, one["spec"]["names"]["kind"]] = closed(version["schema"]["openAPIV3Schema"])
    return found


def closed(schema: Any) -> Any:
    """The schema with unknown fields forbidden, as a server that prunes and warns sees it."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: closed(part) for name, part in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        inner.setdefault("additionalProperties", bool(schema.get("x-kubernetes-preserve-unknown-fields")))
    return inner


def complaint(one: Object) -> str:
    """What is wrong with an object; nothing if all is well, or if its kind is not defined here."""
    try:
        kubernetes_validate.validate(one, VERSION, strict=True)
    except kubernetes_validate.SchemaNotFoundError:
        return custom(one)
    except kubernetes_validate.ValidationError as error:
        return f"{label(one)}: {error}"
    return ""


def custom(one: Object) -> str:
    schema = definitions().get((one["apiVersion"], one["kind"]))
    if schema is None:
        return f"{label(one)}: unknown kind" if definitions() and one["kind"] not in UNDEFINED else ""
    instance = {name: part for name, part in one.items() if name not in ("metadata", "apiVersion", "kind")}
    outer = {**schema, "properties": {k: v for k, v in schema["properties"].items() if k in instance}}
    outer["required"] = [name for name in schema.get("required", []) if name != "metadata"]
    error = next(jsonschema.Draft202012Validator(outer).iter_errors(instance), None)
    return f"{label(one)}: {'.'.join(map(str, error.path))}: {error.message}" if error else ""


@pytest.mark.parametrize("folder", ["platform", *(f"cells/{cell}" for cell in CELLS)])
def test_every_object_is_as_defined(folder: str) -> None:
    assert [text for one in objects_of(folder) if (text := complaint(one))] == []


def test_custom_kinds_are_defined() -> None:
    if not definitions():
        pytest.skip("CRDS names no folder of definitions: custom kinds (KEDA, Strimzi, gateway, ...) were not checked")
    kinds = {
        one["kind"] for folder in ("platform", "cells/acme") for one in objects_of(folder) if "." in one["apiVersion"]
    }
    assert {"KafkaTopic", "ScaledObject", "HTTPRoute"} <= kinds


def test_mistakes_in_built_in_kinds_are_found() -> None:
    objects = objects_of("cells/acme")
    for mistake in ({"replica": 1}, {"minReadySeconds": "soon"}):
        one = deepcopy(find(objects, "Deployment", "intake-api"))
        one["spec"] |= mistake
        assert complaint(one)


def test_mistakes_in_custom_kinds_are_found() -> None:
    if not definitions():
        pytest.skip("CRDS names no folder of definitions")
    objects = objects_of("cells/acme")
    for kind, mistake in (("KafkaTopic", {"partition": 1}), ("ScaledObject", {"maxReplicaCount": "many"})):
        one = find(objects, kind, "intake" if kind == "KafkaTopic" else "intake-worker")
        one["spec"] |= mistake
        assert complaint(one)
