"""Programs that say of themselves what a test wants."""

from pathlib import Path


def without_curl(folder: Path) -> str:
    """The search path of a machine that has no usable libcurl."""
    (folder / "libcurl.so.4").touch()
    return str(folder)


def program(folder: Path, says: str, code: int = 0) -> Path:
    """A `mongod` in a folder of its own that says this, whatever it is asked."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "mongod"
    file.write_text(f"#!/bin/sh\necho '{says}'\nexit {code}\n")
    file.chmod(0o755)
    return file


def mongod_of(folder: Path, version: str) -> Path:
    """A `mongod` that says that it has this version."""
    return program(folder, f"db version v{version}\nBuild Info: {{}}")
