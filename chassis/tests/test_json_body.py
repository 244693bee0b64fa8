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
