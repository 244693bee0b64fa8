"""ICC profiles (ICC.1:2022): what colour is made of, with a name that thousands share; no serial numbers, no notes.

Calibrated screens and cameras write into their profiles who and where they are, in private tags and in plain text.
"""

import struct
from collections.abc import Iterator

HEADER, TABLE = 128, 132  # bytes before the number of tags, and before the first of them
MAX_TAGS = 100
CLASSES = {b"scnr", b"mntr", b"prtr", b"spac"}
COLOUR = {
    *(b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC", b"kTRC", b"wtpt", b"bkpt", b"chad", b"chrm", b"cicp"),
    *(b"A2B0", b"A2B1", b"A2B2", b"B2A0", b"B2A1", b"B2A2", b"D2B0", b"D2B1", b"D2B2", b"D2B3"),
    *(b"B2D0", b"B2D1", b"B2D2", b"B2D3", b"gamt"),
}
PUBLIC_TEXTS = {
    *("sRGB", "sRGB built-in", "sRGB IEC61966-2.1", "sRGB2014", "Display P3", "DCI-P3", "Adobe RGB (1998)"),
    *("ProPhoto RGB", "ROMM RGB", "Apple RGB", "Generic RGB Profile", "Rec. ITU-R BT.2020-1", "Rec2020", "uRGB"),
    *("Dot Gain 20%", "Gray Gamma 2.2", "Generic Gray Gamma 2.2 Profile", "U.S. Web Coated (SWOP) v2"),
    *("Coated FOGRA39 (ISO 12647-2:2004)", "ISO Coated v2 (ECI)", "PSO Coated v3", "Japan Color 2001 Coated"),
    *("No copyright, use freely", "Public Domain", "CC0", "Copyright Apple Inc., 2017", "Copyright Apple Inc., 2022"),
    *("Copyright (c) 1998 Hewlett-Packard Company", "Copyright 1999 Adobe Systems Incorporated"),
}
"""Names and rights of profiles that come with systems and programs: they tell nothing of who took a picture."""


def clean_profile(profile: bytes) -> bytes | None:
    """A profile of the same colours without what names a device or a person; None for what is no profile."""
    tags = dict(_tags(profile))
    if profile[36:40] != b"acsp" or profile[12:16] not in CLASSES or not tags.keys() & COLOUR:
        return None
    kept: dict[bytes, bytes] = {}
    for name, content in tags.items():
        if name in COLOUR:
            kept[name] = content
        elif name in {b"desc", b"cprt"}:
            kept[name] = _public_text(name, content, major=profile[8])
    return _assembled(_header(profile), kept)


def _tags(profile: bytes) -> Iterator[tuple[bytes, bytes]]:
    if len(profile) < TABLE:
        return
    count = min(int.from_bytes(profile[HEADER:TABLE], "big"), MAX_TAGS)
    for at in range(TABLE, min(TABLE + 12 * count, len(profile) - 11), 12):
        name, start, size = struct.unpack_from(">4sII", profile, at)
        if start >= TABLE and start + size <= len(profile):
            yield name, profile[start : start + size]


def _header(profile: bytes) -> bytes:
    """Without manufacturer, model and attributes of the device, the sum over all, and what is reserved."""
    return profile[4:48] + bytes(16) + profile[64:84] + bytes(HEADER - 84)


def _public_text(name: bytes, content: bytes, *, major: int) -> bytes:
    text = _text(content)
    if text not in PUBLIC_TEXTS:
        text = "Profile" if name == b"desc" else "Not stated"
    if major >= 4:
        utf16 = text.encode("utf-16-be")
        return struct.pack(">4sIII4sII", b"mluc", 0, 1, 12, b"enUS", len(utf16), 28) + utf16
    ascii_text = text.encode() + b"\0"
    if name == b"cprt":
        return b"text\0\0\0\0" + ascii_text
    return struct.pack(">4sII", b"desc", 0, len(ascii_text)) + ascii_text + bytes(78)  # no Unicode, no ScriptCode


def _text(content: bytes) -> str:
    """The first text of a tag of any of the three types that texts have."""
    kind = content[:4]
    if kind == b"mluc" and len(content) >= 28:
        size, start = struct.unpack_from(">II", content, 20)
        return content[start : start + size].decode("utf-16-be", "replace").strip("\0")
    if kind == b"desc":
        return content[12 : 12 + int.from_bytes(content[8:12], "big")].decode("latin-1").strip("\0")
    return content[8:].decode("latin-1").strip("\0") if kind == b"text" else ""


def _assembled(header: bytes, tags: dict[bytes, bytes]) -> bytes:
    """Equal contents, such as three equal curves, are written once."""
    table, body, places = struct.pack(">I", len(tags)), b"", dict[bytes, int]()
    first = TABLE + 12 * len(tags)
    for name, content in tags.items():
        if content not in places:
            places[content] = first + len(body)
            body += content + bytes(-len(content) % 4)
        table += struct.pack(">4sII", name, places[content], len(content))
    return struct.pack(">I", first + len(body)) + header + table + body
