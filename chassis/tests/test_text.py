"""What a short text may hold."""

import xml.etree.ElementTree as ET

import pytest
from chassis.text import fault_of, forbidden_character


@pytest.mark.parametrize(
    "text",
    [
        "",
        "First light",
        "a\tb\nc",
        "אב",
        "👩\u200d🚀",
        "\u2066א\u2069 b",
        "\u202bא\u202c",
        "\u2067a \u202eb\u2069",
        "stray \u202c \u2069",
        "x́",
        "�",
    ],
)
def test_what_can_be_read_is_taken(text: str) -> None:
    assert fault_of(text) is None


@pytest.mark.parametrize("text", ["a\x08b", "\x0c", "a\x1b[1m", "a\ufffe", "a\uffff", "\x0b"])
def test_what_xml_forbids_is_refused_by_name(text: str) -> None:
    fault = fault_of(text)
    assert fault
    assert fault.code == "characters"
    assert f"U+{next(ord(c) for c in text if forbidden_character(c)):04X}" in fault.detail


def test_what_is_taken_can_be_carried_by_xml() -> None:
    for number in [*range(0x300), *range(0xFFF0, 0x10000)]:
        if not forbidden_character(text := f"a{chr(number)}"):
            assert ET.fromstring(f"<t>{text.translate({38: '', 60: ''})}</t>").text is not None


@pytest.mark.parametrize("text", ["\u200b", " \u2060 ", "\u3164", "\u2800", "\ufe0f", "\u202e\u202c", "\U000e0041"])
def test_what_nobody_sees_is_refused(text: str) -> None:
    fault = fault_of(text)
    assert fault
    assert fault.code == "invisible"


@pytest.mark.parametrize(
    "text", ["a\u202e", "\u2066a", "\u2066a\u202c", "\u202aa\u2069", "\u202ea\nb\u202c", "\u2066\u2066a\u2069"]
)
def test_a_mark_of_direction_is_closed_in_its_line(text: str) -> None:
    fault = fault_of(text)
    assert fault
    assert fault.code == "direction"
