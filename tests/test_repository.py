"""What must never be in the repository: registries' addresses, paths of a developer's machine, plaintext secrets."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent
# Written in pieces so that this file does not hold what it forbids.
HOSTS = re.compile(r"pypi\.(org)|python(hosted)|registry\.(npmjs)|deb\.(debian)\.org|--(extra-)?index-(url)")
HOMES = re.compile("/(home|root|Users)" + r"/\w+/")
KEYS = re.compile("-----BEGIN [A-Z ]*PRIVATE " + "KEY-----")


def tracked() -> list[Path]:
    out = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in out.decode().split("\0") if name]


def test_no_registry_no_home_no_key() -> None:
    for path in tracked():
        if path.suffix in {".png", ".gz", ".caffemodel", ".wav", ".woff2"} or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        for what, pattern in (("registry", HOSTS), ("home", HOMES), ("private key", KEYS)):
            found = pattern.search(text)
            assert not found, f"{path.relative_to(ROOT)}: {what}: {found and found.group()}"


def test_requirements_are_locked_by_hash() -> None:
    for name in ("run", "dev"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        pins = re.findall(r"^[a-z0-9._\[\]-]+==\S+", text, re.M | re.I)
        assert pins
        blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.M | re.I)
        assert all("--hash=sha256:" in block for block in blocks if "==" in block)
