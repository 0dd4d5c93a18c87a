"""The rule that keeps capabilities apart, for import-linter: a room of a service uses others' models and nothing else.

A room is a package of a service with a model, commands, reactions, queries or routes. The rule holds for every room of
every service by itself; which room uses the model of which other one is declared in `uses`, in one place.
"""

from collections.abc import Iterator
from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

KINDS = ("model", "commands", "reactions", "queries", "routes")
ASSEMBLY = ("service", "settings")
"""What a service is put together by: only these may import anything of a room from outside."""


class RoomsContract(Contract):
    """`uses` has lines such as `services.a.one -> services.a.two`: the first imports the other's model.

    `open_parts` are modules of rooms that others may use beside the model; no commands, reactions, queries or routes.
    """

    type_name = "rooms"

    uses = fields.SetField(subfield=fields.StringField())
    open_parts = fields.SetField(subfield=fields.StringField(), required=False, default=set())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002 - there is nothing more to say
        """Find imports into rooms that are neither of a model nor declared, and declarations that nothing needs."""
        declared, open_parts = cast(set[str], self.uses), cast(set[str], self.open_parts)
        needed, broken = set[str](), list[str]()
        for importer, imported in _between(graph):
            use = f"{_package(importer)} -> {_package(imported)}"
            if imported in open_parts:
                needed.add(imported)
            elif not _is_model(imported):
                broken += [f"{line}: not its model" for line in _lines(graph, importer, imported)]
            elif use in declared:
                needed.add(use)
            elif _is_room(graph, _package(importer)):
                broken += [f"{line}: not among `uses`" for line in _lines(graph, importer, imported)]
        broken += [
            f"{line}: a service is assembled of its rooms, and not the other way round" for line in _upwards(graph)
        ]
        broken += [f"{one}: nothing needs this line" for one in sorted((declared | open_parts) - needed)]
        broken += [f"{one}: never open to others" for one in sorted(open_parts) if one.split(".")[3] in KINDS]
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Show what is wrong, line by line."""
        for line in check.metadata["broken"]:
            output.print_error(line)


def _between(graph: ImportGraph) -> Iterator[tuple[str, str]]:
    """The imports that lead into a room of a service from elsewhere in the same service."""
    for importer in sorted(graph.modules):
        service, here = importer.split(".")[:2], importer.split(".")[2:3]
        if service[:1] != ["services"] or not here or here[0] in ASSEMBLY:
            continue
        for imported in sorted(graph.find_modules_directly_imported_by(importer)):
            is_elsewhere = imported.split(".")[:2] == service and _package(imported) != _package(importer)
            if is_elsewhere and _is_room(graph, _package(imported)):
                yield importer, imported


def _upwards(graph: ImportGraph) -> Iterator[str]:
    """The imports of a service's assembly by what it is made of."""
    for service in sorted(module for module in graph.modules if module.split(".")[2:] == ["service"]):
        for importer in sorted(graph.find_modules_that_directly_import(service)):
            if importer.split(".")[:2] == service.split(".")[:2] and importer.split(".")[2:] != ["__main__"]:
                yield from _lines(graph, importer, service)


def _package(module: str) -> str:
    return ".".join(module.split(".")[:3])


def _is_room(graph: ImportGraph, package: str) -> bool:
    return any(f"{package}.{kind}" in graph.modules for kind in KINDS)


def _is_model(module: str) -> bool:
    return module.split(".")[3:4] == ["model"]


def _lines(graph: ImportGraph, importer: str, imported: str) -> list[str]:
    details = graph.get_import_details(importer=importer, imported=imported)
    return [f"{importer} -> {imported} (l.{detail['line_number']})" for detail in details]
