"""`ithaca docs` shows what is there, to this machine only."""

import threading
from pathlib import Path

import httpx
from typer.testing import CliRunner

from deploy.docs.command import app, served


def test_without_pages_it_says_how_to_build_them(tmp_path: Path) -> None:
    ended = CliRunner().invoke(app, ["--site", str(tmp_path)])
    assert (ended.exit_code, ended.stderr) == (
        1,
        f"There are no pages in {tmp_path}: build them with `make docs`.\n",
    )


def test_pages_are_shown_on_the_loopback_interface(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("Welcome")
    with served(tmp_path, port=0) as server:
        showing = threading.Thread(target=server.serve_forever)
        showing.start()
        address = f"http://127.0.0.1:{server.server_port}"
        answers = [httpx.get(f"{address}{path}") for path in ("/", "/index.html", "/nothing.html")]
        server.shutdown()
        showing.join()
    assert [answer.status_code for answer in answers] == [200, 200, 404]
    assert answers[0].text == "Welcome"
    assert server.server_address[0] == "127.0.0.1"


def test_a_port_that_is_taken_is_refused_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("Welcome")
    with served(tmp_path, port=0) as server:
        ended = CliRunner().invoke(app, ["--site", str(tmp_path), "--port", str(server.server_port)])
    assert ended.exit_code == 1
    assert "Leave --port out" in ended.stderr
