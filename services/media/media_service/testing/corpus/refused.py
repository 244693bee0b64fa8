"""Files that are not taken, and files that nobody can tell before they are read."""

import struct
import zlib
from collections.abc import Iterator

from PIL import Image

from media_service.pictures.boxes import box
from media_service.testing.corpus.drawn import moving, plain
from media_service.testing.corpus.sample import FAR, Either, Refused, Sample, Taken, flipped
from media_service.testing.drawn import chunk, encoded, with_chunks
from media_service.testing.drawn_avif import Made, assembled, size
from media_service.testing.drawn_heic import coded, heic

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
DRAWINGS = {
    "SVG": SVG,
    "SVG with a declaration": b'<?xml version="1.0"?>\n<!-- drawn -->\n' + SVG,
    "SVG with a type": b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "">\n' + SVG,
    "SVG with a mark and spaces": b"\xef\xbb\xbf\n  " + SVG,
}
FLIPS = 4


def sound() -> dict[str, bytes]:
    """A sound file of each type."""
    return {
        "JPEG": encoded(plain()),
        "progressive JPEG": encoded(plain(), progressive=True),
        "PNG": encoded(plain(), "PNG"),
        "WebP": encoded(plain(), "WEBP"),
        "GIF": encoded(plain().convert("P"), "GIF"),
        "AVIF": encoded(plain(), "AVIF", speed=10),
        "HEIC": heic(coded(plain())),
        "animated PNG": moving("PNG"),
        "animated WebP": moving("WEBP"),
        "animated GIF": moving("GIF"),
    }


def refused() -> Iterator[Sample]:
    for name, drawing in DRAWINGS.items():
        yield Sample(name, drawing, Refused(415, "svg"))
    for number, (name, content) in enumerate(sound().items()):
        yield Sample(f"{name}, half of it", content[: len(content) // 2], Refused(422, "truncated"))
        for flip in range(FLIPS):
            yield Sample(f"{name}, bits turned {flip}", flipped(content, number * FLIPS + flip), Either())
    yield from _promising()
    yield from _swelling()
    yield from _long()
    yield from _of_two_kinds()
    yield from _reaching_out()


def _promising() -> Iterator[Sample]:
    """Heads that say far more than there is."""
    side = 40_000
    jpeg, gif = encoded(plain()), encoded(plain().convert("P"), "GIF")
    at = jpeg.index(b"\xff\xc0") + 5
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    vp8x = b"VP8X" + struct.pack("<I", 10) + bytes(4) + (16_000).to_bytes(3, "little") * 2
    webp = encoded(plain(), "WEBP")[12:]
    files = {
        "JPEG": jpeg[:at] + struct.pack(">HH", side, side) + jpeg[at + 4 :],
        "PNG": b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b""),
        "GIF": gif[:6] + struct.pack("<HH", side, side) + gif[10:],
        "WebP": b"RIFF" + struct.pack("<I", 4 + len(vp8x) + len(webp)) + b"WEBP" + vp8x + webp,
        "AVIF": assembled([Made(b"av01", b"", [size(side, side)])]),
        "HEIC": heic(Made(b"hvc1", b"", [size(side, side)])),
    }
    for name, content in files.items():
        yield Sample(f"{name} that promises too much", content, Refused(413, "pixels"))
    honest = coded(plain())
    small = Made(b"hvc1", honest.content, [size(48, 32), *honest.properties[1:]])
    yield Sample("HEIC that says too little", heic(small), Refused(422, "damaged"))


def _swelling() -> Iterator[Sample]:
    """Parts that are longer than the file, or than they look."""
    longer = {
        "JPEG": encoded(plain()).replace(b"\xff\xdb\0", b"\xff\xdb\xff", 1),
        "PNG": _of_length(encoded(plain(), "PNG"), b"IDAT"),
        "WebP": b"RIFF\xff\xff\xff\x7f" + encoded(plain(), "WEBP")[8:],
        "HEIC": _of_length(heic(coded(plain())), b"mdat"),
    }
    for name, content in longer.items():
        yield Sample(f"{name} whose part is longer than the file", content, Refused(422, "truncated"))
    profile = chunk(b"iCCP", b"p\0\0" + zlib.compress(bytes(100_000_000)))
    yield Sample("PNG whose profile swells", with_chunks(encoded(plain(), "PNG"), profile), Taken("image/png", plain()))


def _of_length(content: bytes, name: bytes) -> bytes:
    """With its part of that name said to have two gigabytes."""
    at = content.index(name)
    return content[: at - 4] + struct.pack(">I", 2**31 - 1) + content[at:]


def _long() -> Iterator[Sample]:
    """Ten thousand small frames."""
    frames = [Image.new("P", (8, 6), number) for number in range(2)]
    frame = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=40)
    start = frame.index(b"\x21\xf9")
    yield Sample("GIF of many frames", frame[:start] + frame[start:-1] * 5000 + b";", Refused(413, "frames"))
    webp = moving("WEBP", lossless=True)
    start = webp.index(b"ANMF")
    body = webp[12:start] + webp[start:] * 2500
    yield Sample(
        "WebP of many frames", b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body, Refused(413, "frames")
    )
    yield Sample("PNG of many frames", _png_of(10_000), Refused(413, "frames"))


def _png_of(frames: int) -> bytes:
    """Small ones, all the same."""
    still = encoded(Image.new("L", (8, 6)), "PNG")
    start, end = still.index(b"IDAT") - 4, still.index(b"IEND") - 4
    pixels, parts = still[start + 8 : end - 4], [chunk(b"acTL", struct.pack(">II", frames, 0))]
    for number in range(frames):
        parts.append(chunk(b"fcTL", struct.pack(">5I2H2B", max(2 * number - 1, 0), 8, 6, 0, 0, 1, 25, 0, 0)))
        parts.append(chunk(b"fdAT", struct.pack(">I", 2 * number) + pixels) if number else still[start:end])
    return still[:start] + b"".join(parts) + still[end:]


def _of_two_kinds() -> Iterator[Sample]:
    script, archive = b"<script>alert(1)</script>", b"PK\3\4" + bytes(26) + b"PK\5\6" + bytes(18)
    files = sound()
    for name, mime in {"GIF": "image/gif", "WebP": "image/webp", "AVIF": "image/avif", "HEIC": "image/jpeg"}.items():
        yield Sample(f"{name} with a script behind it", files[name] + script, Taken(mime, plain(), FAR))
    yield Sample("JPEG with an archive behind it", encoded(plain()) + archive, Taken("image/jpeg", plain()))
    yield Sample("PNG with a script behind it", encoded(plain(), "PNG") + script, Taken("image/png", plain()))
    yield Sample("PDF with a JPEG in it", b"%PDF-1.7\n" + encoded(plain()), Refused(415, "pdf"))
    yield Sample("HTML with a PNG in it", b"<!doctype html>" + encoded(plain(), "PNG"), Refused(415, "html"))
    yield Sample("archive with a JPEG in it", archive + encoded(plain()), Refused(415, "archive"))
    yield Sample("nothing but a name", b"holiday.jpg", Refused(415, "unknown"))
    yield Sample("TIFF", encoded(plain(), "TIFF"), Refused(415, "tiff"))


def _reaching_out() -> Iterator[Sample]:
    """Files that refer to others, or need what is not there."""
    elsewhere = box(b"dinf", box(b"dref", bytes(7) + b"\1" + box(b"url ", bytes(4) + b"file:///etc/hostname\0")))
    yield Sample("HEIC, its parts in another file", heic(coded(plain()), file=1) + elsewhere, Refused(422, "coding"))
    yield Sample("HEIC, its parts in another part", heic(coded(plain()), method=2), Refused(422, "coding"))
    honest = coded(plain())
    bare = Made(b"hvc1", honest.content, honest.properties[:1])
    yield Sample("HEIC without a configuration", heic(bare), Refused(422, "damaged"))
    yield Sample("HEIC of another coding", heic(Made(b"j2k1", b"", [size(64, 48)])), Refused(422, "coding"))
