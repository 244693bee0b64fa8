"""What rendering one document may take, all its parts together: links, tables, lists, notes.

A parser's own caps are for one construct; a document has as many of those as it likes.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

LOOK_EVERY = 256  # steps between two looks at the clock


class TooComplex(ValueError):  # noqa: N818  says what is wrong with the text
    """The text would take more than its budget; the message is for its author."""


@dataclass(frozen=True, slots=True)
class Budget:
    """``tokens``: elements and pieces of text, with cells that fill up a row. ``depth``: elements inside each other.

    ``output``: bytes of HTML, in which the address of a link counts each time it is used. ``seconds``: of CPU.
    """

    tokens: int = 200_000  # a megabyte of prose with links has 135,000
    depth: int = 100
    output: int = 8 * 1024 * 1024
    seconds: float = 10  # a megabyte of prose takes 1.5


BUDGET = Budget()


class Account:
    """What one document has taken so far."""

    def __init__(self, budget: Budget, clock: Callable[[], float]) -> None:
        self._budget = budget
        self._clock = clock
        self._began = clock()
        self._tokens = 0
        self._steps = 0

    def token(self) -> None:
        self._tokens += 1
        if self._tokens > self._budget.tokens:
            raise TooComplex("Use fewer elements, or cells of tables: this text is too complex to be shown.")

    def step(self) -> None:
        self._steps += 1
        if self._steps % LOOK_EVERY == 0 and self._clock() - self._began > self._budget.seconds:
            raise TooComplex("Use fewer or simpler elements: this text takes too long to be shown.")

    def refuse_output_of(self, tokens: Sequence[Token]) -> None:
        """Before it is written: refuse what would be too long, or nested too deeply for what reads it."""
        bytes_left, depth = self._budget.output, 0
        for token in _flat(tokens):
            depth += token.nesting
            values = sum(len(str(value).encode()) for value in token.attrs.values())
            bytes_left -= len(token.content.encode()) * (token.children is None) + values + 2 * len(token.tag) + 5
            if depth > self._budget.depth:
                raise TooComplex(f"Nest elements at most {self._budget.depth} deep.")
            if bytes_left < 0:
                raise TooComplex("Use fewer or shorter links and texts: this text becomes too long when it is shown.")


class _Counted(list[Token]):
    """Tokens as a parser makes them, each on the account."""

    def append(self, token: Token) -> None:
        _account().token()
        super().append(token)


_current: ContextVar[Account | None] = ContextVar("account", default=None)


@contextmanager
def spent(budget: Budget, clock: Callable[[], float] = time.thread_time) -> Iterator[Account]:
    """The account on which everything goes that is parsed in this block, by a parser that keeps to budgets."""
    account = Account(budget, clock)
    reset = _current.set(account)
    try:
        yield account
    finally:
        _current.reset(reset)


def keep_to_budget(markdown: MarkdownIt) -> None:
    """A plugin: count tokens while they are made, and look at the clock between rules."""
    markdown.core.ruler.at("block", _block)
    markdown.core.ruler.at("inline", _inline)
    markdown.block.ruler.before("table", "budget", _step)
    markdown.inline.ruler.before("text", "budget", _step)


def _block(state: StateCore) -> None:
    state.tokens = _Counted()
    state.md.block.parse(state.src, state.md, state.env, state.tokens)


def _inline(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "inline":
            token.children = _Counted()
            state.md.inline.parse(token.content, state.md, state.env, token.children)


def _step(*_: Any) -> bool:
    """A rule that never matches: it is asked at every place where another might."""
    _account().step()
    return False


def _account() -> Account:
    account = _current.get()
    assert account, "parse within spent()"
    return account


def _flat(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _flat(token.children or ())
