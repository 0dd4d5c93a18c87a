"""Have bandit look for what is unsafe in the code: whatever it finds is explained in `bandit.toml`."""

import json
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

EXPLAINED = Path(__file__).with_suffix(".toml")
CODE = ("services", "shared", "deploy")
BANDIT = str(Path(sys.executable).with_name("bandit"))

Finding = tuple[str, str]
"""The file, and the test of bandit."""


def found(folders: Sequence[str]) -> Counter[Finding]:
    """What bandit finds, and how often."""
    command = [BANDIT, "--quiet", "--format", "json", "--recursive", *folders]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return Counter((one["filename"], one["test_id"]) for one in json.loads(done.stdout)["results"])


def remarks(findings: Counter[Finding], explained: Path = EXPLAINED) -> list[str]:
    """What is wrong: findings without a reason each, and reasons without a finding."""
    known = tomllib.loads(explained.read_text())
    judged = Counter({finding: count for finding, count in findings.items() if finding[1] not in known["kinds"]})
    reasons = Counter(
        {(file, test): len(texts) for file, tests in known["found"].items() for test, texts in tests.items()}
    )
    return [
        *(
            f"{file}: {test}: mend it, or say in {explained.name} why it stays"
            for file, test in sorted(judged - reasons)
        ),
        *(
            f"{file}: {test} is explained in {explained.name}, and found no more"
            for file, test in sorted(reasons - judged)
        ),
    ]


if __name__ == "__main__":
    sys.exit("\n".join(remarks(found(CODE))) or None)
