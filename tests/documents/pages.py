"""The pages that people read, and the command lines in them."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.chart.rendering import CHARTS, SCENARIOS, notes, values

ROOT = CHARTS.parent
FOLDERS = (
    ".",
    "docs",
    "docs/how-to",
    "docs/decisions",
    "docs/runbooks",
    "chassis",
    "findings",
    "charts/*",
    "services/*",
)
MARKDOWN = {
    str(path.relative_to(ROOT)): path.read_text()
    for folder in FOLDERS
    for path in sorted(ROOT.glob(f"{folder}/*.md"))
    if path.name != "CHANGELOG.md"  # what was true once
}
NOTES = {f"NOTES of {name}": notes(values(name)) for name in SCENARIOS}
PAGES = MARKDOWN | NOTES
OPERATORS = frozenset({"|", "||", "&", "&&", ";", "(", ")"})
AROUND_A_COMMAND = frozenset({"do", "done"})
STANDS_FOR = {"service": "blog", "name": "blog", "command": "web"}
"""Of which there are several: ``broadsheet <service> <command>``."""


@dataclass(frozen=True)
class Line:
    """A command line as it is written, and what is shown below it."""

    text: str
    shown: str = ""
    in_prose: bool = False

    def commands(self) -> Iterator[list[str]]:
        """The words of each program that is called: a pipe has several."""
        words: list[str] = []
        for word in [*_words(self.text), ";"]:
            if word in OPERATORS:
                yield from filter(None, [_without_assignments(words)])
                words = []
            else:
                words.append(word)


def lines(page: str) -> Iterator[Line]:
    """Every command line of a page."""
    if page in NOTES:
        yield from map(Line, re.findall(r"^(?:.*: )? +((?:kubectl|helm) .*)", NOTES[page], re.MULTILINE))
        return
    for token in MarkdownIt("commonmark").enable("table").parse(MARKDOWN[page]):
        for part in [token, *(token.children or ())]:
            yield from _lines_of(part)


def _lines_of(token: Token) -> Iterator[Line]:
    if token.type == "code_inline":
        yield Line(token.content, in_prose=True)
    elif (token.type == "fence" and token.info == "console") or token.content.startswith("$ "):
        for call in re.split(r"^\$ ", token.content, flags=re.MULTILINE)[1:]:
            text, _, shown = call.partition("\n")
            yield Line(text, shown)
    elif token.type == "code_block" or (token.type == "fence" and token.info in {"", "sh"}):
        yield from (Line(text, in_prose=token.info == "" and token.type == "fence") for text in _joined(token.content))


def _joined(block: str) -> list[str]:
    """A text for each command line: without the lines it reads (``<<``), with those a pipe or ``\\`` goes on to."""
    block = re.sub(r"(<<'?(\w+)'?.*?)\n.*?^\2$", r"\1", block, flags=re.MULTILINE | re.DOTALL)
    joined = re.sub(r"(\\|(?<=\|))\n", " ", block)
    return [line.strip() for line in joined.splitlines() if line.strip()]


def _words(text: str) -> list[str]:
    named = re.sub(r"<([a-z_]+)>", lambda found: STANDS_FOR.get(found[1], found[1]), text)
    lexer = shlex.shlex(named, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    return list(lexer)


def _without_assignments(words: list[str]) -> list[str]:
    """The program and its arguments, without what is set before it and what it reads and writes."""
    while words and (words[0] in AROUND_A_COMMAND or re.match(r"\w+=", words[0])):
        words = words[1:]
    for end in ("<", ">", "<<"):
        words = words[: words.index(end)] if end in words else words
    return [words[0].removeprefix(".venv/bin/"), *words[1:]] if words and words[0] != "for" else []
