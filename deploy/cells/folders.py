"""The folders of all cells: `cells/<name>` beside the base and the components that they are made of."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from string import Template

from deploy.cells.cell import Cell, Wrong
from shared.suggestions import did_you_mean

TEMPLATE = Path(__file__).parent / "folder"


@dataclass(slots=True, frozen=True)
class Folders:
    """`root` is the folder with base, components, releases and cells."""

    root: Path

    def __post_init__(self) -> None:
        if not (self.root / "base").is_dir():
            raise Wrong(f"{self.root}: no manifests here; run this where deploy/k8s is, or say --manifests")

    def of(self, name: str) -> Path:
        """Where the cell is described."""
        return self.root / "cells" / name

    def cells(self) -> list[Cell]:
        """All of them, by name; raises `Wrong` for one that cannot be read."""
        return [Cell.read(file) for file in sorted((self.root / "cells").glob("*/cell.yaml"))]

    def find(self, name: str) -> Cell:
        """The cell with that name; raises `Wrong`."""
        cells = {cell.name: cell for cell in self.cells()}
        if name not in cells:
            raise Wrong(
                f"there is no cell {name!r}; there are: {', '.join(cells) or 'none'}{did_you_mean(name, cells)}"
            )
        return cells[name]

    def latest_release(self) -> str:
        """The newest release that there are images of; raises `Wrong`."""
        releases = [folder.name for folder in (self.root / "releases").glob("*.*.*")]
        if not releases:
            raise Wrong(f"{self.root / 'releases'}: no release here; `make images` describes one")
        return max(releases, key=lambda release: [int(part) for part in release.split(".")])

    def add(self, cell: Cell) -> bool:
        """Write the cell's folder; False if it is there as it should be. Raises `Wrong`, having written nothing."""
        for other in self.cells():
            if other == cell:
                return False
            if other.name == cell.name:
                raise Wrong(
                    f"the cell {cell.name} is there, and differs: edit {self.of(cell.name)}, or remove it first"
                )
            if other.tenant == cell.tenant:
                raise Wrong(f"the tenant {cell.tenant} lives in the cell {other.name}; a tenant has one cell")
        if not (self.root / "releases" / cell.release).is_dir():
            raise Wrong(f"release: there is no {cell.release}; the newest is {self.latest_release()}")
        for template in sorted(TEMPLATE.rglob("*.yaml")):
            file = self.of(cell.name) / template.relative_to(TEMPLATE)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(Template(template.read_text()).substitute(cell.model_dump()))
        return True

    def remove(self, name: str) -> Cell:
        """Take the cell's folder away; raises `Wrong`."""
        cell = self.find(name)
        if cell.tenant is None:
            raise Wrong(f"the cell {name} is the home of all tenants that have none of their own: it stays")
        shutil.rmtree(self.of(name))
        return cell
