"""What tests read of a page, and how they send one of its forms, as a browser without a script does."""

import re

import httpx

HEADLINE = re.compile(r"<h1>\s*(?:<span>)?(.*?)(?:</span>| <span|</h1>)", re.DOTALL)
FORM = re.compile(r'<form method="post" action="([^"]+)"[^>]*>(.*?)</form>', re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


def headline(page: httpx.Response) -> str:
    """What a page says first."""
    assert page.status_code == 200, page.text
    found = HEADLINE.search(page.text)
    assert found, page.text
    return found[1].strip()


def send(browser: httpx.Client, page: httpx.Response, action: str, **fields: str) -> httpx.Response:
    """Send the form of a page whose action ends like that; what is seen then."""
    forms = FORM.findall(page.text)
    found = [(there, content) for there, content in forms if there.endswith(action)]
    assert found, f"no form leads to {action}: {[there for there, _ in forms]}"
    there, content = found[0]
    return browser.post(there, data=dict(HIDDEN.findall(content)) | fields)
