import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from deploy.local.backing import silently
from deploy.local.folders import LOOPBACK
from deploy.local.jars import Jar, locked, provide
from deploy.local.processes import CannotStart

CONTENT = b"a jar"
JAR = Jar("org.example:thing:1.0", hashlib.sha256(CONTENT).hexdigest())


@contextmanager
def repository(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A Maven repository that serves `CONTENT` as the jar, and that jgo is told to use."""
    file = folder / "org" / "example" / "thing" / "1.0" / JAR.file_name
    file.parent.mkdir(parents=True)
    file.write_bytes(CONTENT)
    with ThreadingHTTPServer((LOOPBACK, 0), partial(SimpleHTTPRequestHandler, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, args=[0.01]).start()
        name_repository(f"http://{LOOPBACK}:{server.server_port}", folder, monkeypatch)
        try:
            yield
        finally:
            server.shutdown()


def name_repository(address: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "jgo.conf").write_text(f"[repositories]\ncentral = {address}\n")
    monkeypatch.setenv("JGO_CONFIG_FILE", str(folder / "jgo.conf"))


def test_the_lock_names_kafka_and_a_hash_for_every_jar() -> None:
    assert "org.apache.kafka:kafka_2.13:4.1.2" in [jar.coordinates for jar in locked()]
    assert all(len(jar.sha256) == 64 for jar in locked())


def test_a_jar_is_downloaded_once_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    with repository(tmp_path, monkeypatch):
        provide([JAR], tmp_path / "jars", told.append)
    assert (tmp_path / "jars" / JAR.file_name).read_bytes() == CONTENT
    assert told[0] == "Apache Kafka: downloading 1 jars"
    assert provide([JAR], tmp_path / "jars", told.append) == 0


def test_a_jar_that_was_damaged_on_disk_is_downloaded_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "jars").mkdir()
    (tmp_path / "jars" / JAR.file_name).write_bytes(b"half a j")
    with repository(tmp_path, monkeypatch):
        provide([JAR], tmp_path / "jars", silently)
    assert (tmp_path / "jars" / JAR.file_name).read_bytes() == CONTENT


def test_a_jar_that_is_not_what_the_lock_says_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Jar(JAR.coordinates, "0" * 64)
    with (
        repository(tmp_path, monkeypatch),
        pytest.raises(
            CannotStart, match=r"org.example:thing:1\.0 arrived with the SHA-256 .*, but kafka\.lock says 000"
        ),
    ):
        provide([other], tmp_path / "jars", silently)
    assert not list((tmp_path / "jars").iterdir())


def test_without_a_network_the_remedy_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name_repository(f"http://{LOOPBACK}:1", tmp_path, monkeypatch)
    with pytest.raises(CannotStart, match=r"cannot be downloaded: .*set KAFKA_BOOTSTRAP"):
        provide([JAR], tmp_path / "jars", silently)
