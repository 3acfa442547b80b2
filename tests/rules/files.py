"""Rules about files: modules stay short, and nothing names a package index or its address."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 500  # lines of a module
INSTALLING = ("requirements.lock", "pyproject.toml", "dev.py", ".ci/run")
INDEX = re.compile(r"https?://|(?:^|\s)(?:-i|--(?:extra-)?index-url|--find-links|--trusted-host)\b")


def find_faults(root: Path, names: list[str]) -> list[str]:
    """One line for each broken rule."""
    faults = []
    for name in names:
        if name.endswith(".py"):
            count = len((root / name).read_text(encoding="utf-8").splitlines())
            if count > LONGEST:
                faults.append(f"{name}: {count} lines, more than {LONGEST}")
        if name in INSTALLING and INDEX.search((root / name).read_text(encoding="utf-8")):
            faults.append(f"{name}: names a package index")
    return faults


def _project_files() -> list[str]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, encoding="utf-8").stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).exists()]


if __name__ == "__main__":
    found = find_faults(ROOT, _project_files())
    print("\n".join(found) or "no fault")
    sys.exit(int(bool(found)))
