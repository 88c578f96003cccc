"""What the documents name is there: links, pictures, files, commands with their options, settings.

A document that says what is no longer so costs a newcomer an afternoon.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

import dashboard.__main__
import etl.__main__
from etl.settings import Settings
from tests.pictures import FOLDER, PICTURES
from tests.services.server import PROJECT

DOCUMENTS = sorted([*PROJECT.glob("*.md"), *(PROJECT / "docs").glob("*.md")])
PROGRAMS = {
    "dashboard": typer.main.get_command(dashboard.__main__.app),
    "etl": typer.main.get_command(etl.__main__.app),
}
ROOMS = ("assets", "dashboard", "docs", "etl", "sql", "tests", "tools")
GUIDES = ("lanh-dao", "cong-chuc-thong-ke", "don-vi-nhan", "quan-tri")
STRESSED = {"Câu kết luận", "Bốn con số", "một lần, bằng đường khác"}
"""What the guides stress, beside the names of what is on the screen."""
MOST_PICTURES = 3_000_000
"""Bytes of all pictures together: everybody who clones the project takes them along."""


def named(path: Path) -> str:
    return str(path.relative_to(PROJECT))


@pytest.fixture(params=DOCUMENTS, ids=named)
def document(request: pytest.FixtureRequest) -> Path:
    return request.param


def code_of(text: str) -> Iterator[str]:
    """Yield the lines of code blocks, and what stands between backticks."""
    for block in re.findall(r"^```\w*\n(.*?)^```", text, flags=re.S | re.M):
        yield from block.splitlines()
    for span in re.findall(r"`([^`]+)`", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M)):
        yield " ".join(span.split())


def test_links_lead_to_files_and_headings(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"https?:|mailto:", target):
            continue
        name, _, heading = target.partition("#")
        path = document.parent / name if name else document
        assert path.exists(), target
        if heading:
            headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), flags=re.M)
            anchors = {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}
            assert heading in anchors, target


def test_files_that_are_named_are_there(document: Path) -> None:
    pattern = rf"^(?:{'|'.join(ROOMS)})/[\w./-]*\w$"
    for code in code_of(document.read_text(encoding="utf-8")):
        # Of a test, "file::name".
        name = code.partition("::")[0]
        if re.match(pattern, name):
            assert (PROJECT / name).exists() or (PROJECT / f"{name}.py").exists(), code


def test_commands_and_their_options_exist(document: Path) -> None:
    for code in code_of(document.read_text(encoding="utf-8")):
        for found in re.finditer(r"\bpython3? -m (etl|dashboard)\b([^#&|]*)", code):
            check_command(found.group(1), found.group(2))
        targets = set(re.findall(r"^([\w-]+):", (PROJECT / "Makefile").read_text(), flags=re.M))
        for words in re.findall(r"^make ((?:[a-z-]+ ?)+)(?:[A-Z_]+=.*)?$", code):
            assert set(words.split()) <= targets, code


def check_command(program: str, rest: str) -> None:
    """Fail unless the words after ``python -m program`` name a command and options of it."""
    command = PROGRAMS[program]
    words = shlex.split(rest.replace("…", ""))
    while words and hasattr(command, "commands"):
        if words[0].startswith(("-", "[")) or not words[0].isascii():
            break
        assert words[0] in command.commands, f"{program} {rest}"
        command = command.commands[words.pop(0)]
    options = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    for word in re.findall(r"(?<![\w-])--[a-z][\w-]*", " ".join(words)):
        assert word in options, f"{program} {rest}: {word}"


def test_what_the_guides_name_is_said_on_the_screen() -> None:
    sources = [
        path
        for room in ("assets", "dashboard", "etl")
        for kind in ("py", "js")
        for path in (PROJECT / room).rglob(f"*.{kind}")
        if "vendor" not in path.parts
    ]
    said = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    named = set()
    for guide in GUIDES:
        text = (PROJECT / "docs" / f"{guide}.md").read_text(encoding="utf-8")
        for bold, quoted in re.findall(r"\*\*([^*]+)\*\*|«([^»]+)»", text):
            named.add(" ".join((bold or quoted).split()))
    assert {name for name in named if name not in said} == STRESSED


def test_the_readme_and_the_example_have_every_setting_and_no_other() -> None:
    known = {name.upper() for name in Settings.model_fields}
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    table = readme.split("| name | default | meaning |")[1].split("\n\n")[0]
    rows = [line.split("|")[1] for line in table.splitlines()[2:]]
    listed = {name for row in rows for name in re.findall(r"`([A-Z_0-9]+)`", row)}
    example = (PROJECT / ".env.example").read_text(encoding="utf-8")
    offered = set(re.findall(r"^# ([A-Z_0-9]+)=", example, flags=re.M))
    assert listed == known
    assert offered == known


def test_every_picture_is_taken_shown_and_small() -> None:
    shown = set()
    for path in DOCUMENTS:
        shown |= set(re.findall(r"hinh/([\w-]+)\.png", path.read_text(encoding="utf-8")))
    taken = {path.stem: path.stat().st_size for path in FOLDER.glob("*.png")}
    assert shown == set(PICTURES) == set(taken)
    assert sum(taken.values()) < MOST_PICTURES
