"""A real browser for tests of what only a browser does: Chromium, as the machine has it."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from shutil import which

import pytest
from playwright.async_api import Page, async_playwright

NAMED = "ITHACA_TEST_BROWSER"
OPTIONS = ["--no-sandbox", "--disable-dev-shm-usage"]
"""Without which it does not start in a container."""


def chromium() -> str:
    """Where the browser is; the test fails without one."""
    found = os.environ.get(NAMED) or which("chromium") or which("google-chrome")
    if not found:
        pytest.fail(f"there is no Chromium: install it (Debian: apt-get install chromium), or name one in {NAMED}")
    return found


@asynccontextmanager
async def page() -> AsyncIterator[Page]:
    """An empty page in a browser of its own, which reaches nothing but this machine."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=OPTIONS)
        try:
            yield await browser.new_page()
        finally:
            await browser.close()
