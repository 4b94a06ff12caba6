"""What the documents tell people to type exists, and what they link to is there."""

import argparse
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from hallmark.cli.main import COMMANDS

REPO = Path(__file__).parents[1]
PAGES = sorted([REPO / "README.md", *REPO.glob("docs/*.md"), *REPO.glob("docs/decisions/*.md")])
ROLES = sorted(REPO.glob("docs/for-*.md"))
MODULES = {command.words: command.module for command in COMMANDS}

WORDS = re.compile(r"(?<![\w./-])(?:\.venv/bin/)?hallmark ([a-z]+)((?:[ \t]+[^\s`&;|)]+)*)")
TARGETS = re.compile(r"(?:^|`|\$ |&& )make ([a-z-]+)", re.MULTILINE)
CODE = re.compile(r"```[a-z]*\n(.*?)```|`([^`\n]+)`", re.DOTALL)
LINKS = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def code_of(page: Path) -> Iterator[str]:
    for block, words in CODE.findall(page.read_text("utf-8")):
        yield block or words


def anchors(page: Path) -> set[str]:
    """The anchors of a page as they are made from its headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def commands() -> list[tuple[str, str, str]]:
    """Page, command and the rest of its line, for every command of ours that stands in code."""
    return [
        (page.name, found[1], found[2]) for page in PAGES for code in code_of(page) for found in WORDS.finditer(code)
    ]


def options_of(words: str) -> set[str]:
    parser = argparse.ArgumentParser()
    importlib.import_module(MODULES[words]).arguments(parser)
    known: set[str] = set()
    waiting = [parser]
    while waiting:
        for action in waiting.pop()._actions:
            known |= set(action.option_strings)
            if isinstance(action, argparse._SubParsersAction):
                waiting += list(action.choices.values())
    return known


def test_the_documents_name_commands() -> None:
    assert len(commands()) > 40


@pytest.mark.parametrize(("page", "words", "rest"), sorted(set(commands())))
def test_a_command_in_a_document_exists_with_its_options(page: str, words: str, rest: str) -> None:
    assert words in MODULES, f"{page}: there is no `hallmark {words}`"
    used = {part.partition("=")[0] for part in re.findall(r"--[a-z-]+", rest)}
    assert used <= options_of(words), f"{page}: `hallmark {words}` has no {used - options_of(words)}"


def test_a_target_in_a_document_exists() -> None:
    rules = set(re.findall(r"^([a-z-]+):", (REPO / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {name for page in PAGES for code in code_of(page) for name in TARGETS.findall(code)}
    assert {"certify", "up", "break"} <= named <= rules


@pytest.mark.parametrize("words", sorted(MODULES))
def test_every_command_is_in_the_list_of_commands(words: str) -> None:
    if words != "demo":  # what `make certify` runs
        assert f"hallmark {words}" in (REPO / "docs" / "commands.md").read_text("utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPO)))
def test_links_lead_somewhere(page: Path) -> None:
    for link in LINKS.findall(page.read_text("utf-8")):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{page.name}: {link} is not there"
        assert not anchor or anchor in anchors(target), f"{page.name}: {link} leads to no heading"


def test_the_table_of_the_readme_is_the_appetite() -> None:
    effects = yaml.safe_load((REPO / "policies" / "appetite.yaml").read_text("utf-8"))["effects"]
    text = (REPO / "README.md").read_text("utf-8")
    order = ("satisfied", "insufficient", "inconclusive", "not_satisfied", "not_evaluated")
    for severity, row in effects.items():
        words = [
            "condition, or refer when nothing is known" if row[one] == "condition-or-refer" else row[one]
            for one in order
        ]
        assert f"| {severity} | {' | '.join(words)} |" in text


@pytest.mark.parametrize("page", ROLES, ids=lambda page: str(page.stem))
def test_a_page_for_a_role_is_two_screens(page: Path) -> None:
    """A screen is about 45 lines of 150 characters; a picture counts for fifteen."""
    lines = page.read_text("utf-8").splitlines()
    assert sum(15 if line.startswith("![") else max(1, -(-len(line) // 150)) for line in lines) <= 100


def test_the_five_lines_of_the_readme_are_those_that_are_tested() -> None:
    """`tests/flow/test_own_model.py` types the first block of the page, to the letter."""
    block = re.findall(r"^```\n(.*?)^```$", (REPO / "docs/own-model.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)[
        0
    ]
    assert len(block.splitlines()) == 5
    assert f"```\n{block}```" in (REPO / "README.md").read_text("utf-8")
