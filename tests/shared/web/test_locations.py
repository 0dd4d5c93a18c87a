"""What is made is read below the path at which it is made, or where all of its kind are."""

import pytest
from fastapi import APIRouter

from shared.web.locations import folder_of, location, readable
from shared.web.routes import WholePaths


async def read() -> None:
    """Read."""


def paths(router: APIRouter, *paths: str) -> APIRouter:
    for path in paths:
        router.get(path)(read)
    return router


FOLDERS = readable([paths(APIRouter(), "/plots/{id}", "/plots", "/plots/{id}/beds/{bed}", "/paths/{id}/stones")])


def test_only_what_is_read_one_by_one_counts_and_whole_paths_are_as_they_are() -> None:
    assert {"/v1/plots", "/v1/plots/{id}/beds"} == FOLDERS
    assert readable([paths(WholePaths(), "/v1/gates/{id}", "/livez")]) == {"/v1/gates"}


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("/v1/plots", "/v1/plots"),
        ("/v1/gardens/{garden}/plots", "/v1/plots"),
        ("/v1/plots/{id}/beds", "/v1/plots/{id}/beds"),
        ("/v1/paths/{id}/stones", None),
        ("/v1/beds", None),
    ],
)
def test_the_nearest_place_is_taken(path: str, folder: str | None) -> None:
    assert folder_of(path, FOLDERS) == folder


def test_an_address_has_what_the_path_says_and_the_id_that_was_answered() -> None:
    assert location("/v1/plots/{id}/beds", {"id": "a b", "other": "{}"}, b'{"id":"x/y?","version":1}') == (
        "/v1/plots/a%20b/beds/x/y%3F"
    )
