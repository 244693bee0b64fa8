import pytest
from chassis.json_body import MOST_NESTED, read_json


@pytest.mark.parametrize(
    "number", ["1e999", "-1e999", "1.5e309", "NaN", "Infinity", "-Infinity", str(2**63), str(-(2**64)), "1" * 5000]
)
def test_number_that_nothing_can_hold_is_refused(number: str) -> None:
    for body in (number, f'{{"a": [{number}]}}'):
        with pytest.raises(ValueError, match=r"^The body is not valid JSON: "):
            read_json(body.encode())


@pytest.mark.parametrize(("body", "value"), [(b"1e308", 1e308), (b"-1e-999", 0.0), (b"9223372036854775807", 2**63 - 1)])
def test_number_that_can_be_held_is_read(body: bytes, value: float) -> None:
    assert read_json(body) == value


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_nesting_has_a_bottom(opening: str, closing: str) -> None:
    def nested(depth: int) -> bytes:
        return (opening * depth + "1" + closing * depth).encode()

    read_json(nested(MOST_NESTED))
    for depth in (MOST_NESTED + 1, 500, 5000):
        with pytest.raises(ValueError, match=r"^The body is nested too deeply\.$"):
            read_json(nested(depth))


def test_many_short_lists_are_not_deep() -> None:
    assert read_json(b"[" + b"[],[1]," * 1000 + b"{}]")[-1] == {}


@pytest.mark.parametrize("body", ['{"alt": 1, "b": 2, "alt": 1}', '[{"b": {"alt": 1, "\\u0061lt": 2}}]'])
def test_a_name_that_is_there_twice_is_named(body: str) -> None:
    with pytest.raises(ValueError, match=r'^The body is not valid JSON: "alt" is there twice; say it once$'):
        read_json(body.encode())


def test_of_many_names_the_one_that_is_there_twice_is_found() -> None:
    names = [*map(str, range(100_000)), "99999"]
    with pytest.raises(ValueError, match='"99999" is there twice'):
        read_json(("{" + ",".join(f'"{name}":0' for name in names) + "}").encode())


def test_a_byte_order_mark_is_named() -> None:
    with pytest.raises(ValueError, match="byte order mark"):
        read_json(b"\xef\xbb\xbf{}")
