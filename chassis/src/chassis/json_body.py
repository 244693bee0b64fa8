"""Reading JSON bodies strictly, the same in both frameworks."""

import json
import math
from codecs import BOM_UTF8
from collections import Counter
from typing import Any

MOST_NESTED = 64
LONGEST_NAME = 100
_LARGEST = 2**63 - 1


def read_json(body: bytes) -> Any:
    """The value of a JSON text as RFC 8259 has it; raises ValueError with a sentence for the client.

    Beyond what Python's own reader refuses: other encodings than UTF-8, NaN, numbers that it would take for infinity
    or that no database stores, names that an object has twice, deep nesting, and text that no database stores (lone
    surrogates, NUL).
    """
    if body.startswith(BOM_UTF8):
        raise ValueError("The body begins with a byte order mark (EF BB BF). Leave that out.")
    try:
        value = _READER.decode(body.decode())
        if body.count(b"[") + body.count(b"{") > MOST_NESTED:
            _refuse_depth(value)
        if b"\\u" in body:  # only an escape can bring these in
            _refuse_unstorable(value)
    except UnicodeError as error:
        raise ValueError("The body is not UTF-8.") from error
    except RecursionError as error:
        raise ValueError("The body is nested too deeply.") from error
    except ValueError as error:
        raise ValueError(f"The body is not valid JSON: {error}") from error
    return value


def _refuse_constant(constant: str) -> float:
    raise ValueError(f"{constant} is not a number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:40]} is too large a number")
    return number


def _of_64_bits(text: str) -> int:
    number = int(text)
    if abs(number) > _LARGEST:
        raise ValueError(f"{text[:40]} is too large a number")
    return number


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of these pairs: of a name that came twice, readers take the one or the other (RFC 8259, 4)."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise ValueError(f"{json.dumps(twice[:LONGEST_NAME], ensure_ascii=False)} is there twice; say it once")
    return found


_READER = json.JSONDecoder(
    object_pairs_hook=_once, parse_constant=_refuse_constant, parse_float=_finite, parse_int=_of_64_bits
)


def _refuse_depth(value: Any) -> None:
    level = [value]
    for _ in range(MOST_NESTED + 1):
        level = [
            item
            for each in level
            if isinstance(each, dict | list)
            for item in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return
    raise RecursionError


def _refuse_unstorable(value: Any) -> None:
    if isinstance(value, str):
        value.encode()
        if "\0" in value:
            raise ValueError("text must not hold NUL")
    elif isinstance(value, dict):
        for name, item in value.items():
            _refuse_unstorable(name)
            _refuse_unstorable(item)
    elif isinstance(value, list):
        for item in value:
            _refuse_unstorable(item)
