"""Documents that the code keeps true: error codes, keys, settings, routes, terms, and names of files."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

import inspector.errors
from central.settings import Settings
from inspector.errors import Problem
from inspector.terms import Term

ROOT = Path(__file__).parent.parent
DOCS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def leaves(kind: type) -> set[type]:
    """Those below that tell something of their own; what only groups others is none."""
    below = set().union(*(leaves(k) for k in kind.__subclasses__()))
    return below | ({kind} if not below or (kind is not Problem and "sentence" in vars(kind)) else set())


def terms(kind: type[Term]) -> set[type[Term]]:
    return set().union({kind}, *(terms(k) for k in kind.__subclasses__()))


def test_every_error_stands_in_the_tree_and_has_words() -> None:
    tree = inspector.errors.__doc__ or ""
    for leaf in leaves(Problem):
        assert leaf.__module__ != "inspector.errors" or re.search(rf"─ {leaf.__name__}\b", tree), leaf
    codes = [leaf.code for leaf in leaves(Problem)]  # type: ignore[attr-defined]
    assert len(codes) == len(set(codes)), "two errors share a code"


def test_every_error_code_is_in_the_manual() -> None:
    manual = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    for leaf in leaves(Problem):
        assert f"`{leaf.code}`" in manual, leaf  # type: ignore[attr-defined]


def test_every_term_of_the_core_is_in_the_glossary() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    missing = {
        f"{kind.__name__}.{member.name}: {member.label}"
        for kind in terms(Term)
        if kind.__module__.startswith("inspector.")
        for member in kind
        if member.label not in glossary
    }
    assert not missing


@pytest.mark.parametrize("page", DOCS, ids=lambda p: p.name)
def test_links_and_file_names_in_documents_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
    for name in re.findall(r"`((?:inspector|cache|ui|central|demo|tests|docs|scripts)/[\w/.-]+\.\w+)`", text):
        assert (ROOT / name).exists(), f"{page.name} names {name}"


def test_make_targets_in_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for page in DOCS:
        for target in re.findall(r"`make ([a-z-]+)", page.read_text(encoding="utf-8")):
            assert re.search(rf"^{target}:", makefile, re.M), f"{page.name}: make {target}"


@pytest.mark.parametrize("name", ["run", "dev"])
def test_every_dependency_is_explained(name: str) -> None:
    explained = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").lower()
    for line in (ROOT / "requirements" / f"{name}.in").read_text(encoding="utf-8").splitlines():
        library = re.match(r"[A-Za-z0-9_-]+", line)
        if library and not line.startswith(("#", "-r")):
            assert library.group().lower() in explained, f"{library.group()} is not in docs/dependencies.md"


def test_every_setting_of_the_service_is_in_its_page() -> None:
    page = (ROOT / "docs" / "central.md").read_text(encoding="utf-8")
    for field in fields(Settings):
        assert f"MASHANGCHA_{field.name.upper()}" in page, field.name


def test_every_control_names_a_test_that_exists() -> None:
    """``::name`` alone means the file named before it."""
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    references = re.findall(r"`(tests/[\w/]+\.py)?::(\w+)`", page)
    assert len(references) > 60
    file = ""
    for named, test in references:
        file = named or file
        assert re.search(rf"^def {test}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE), f"{file}::{test}"
