#!/bin/bash
# libvips 8.18.7 (pyvips 3.2.0, pyvips-binary 8.18.7): icc_transform(intent="auto") does not take the rendering intent
# that the picture's own profile asks for, but that of the output profile; icc_import(intent="auto") takes the picture's.
# The documentation calls auto "the rendering intent that the profile suggests". The profile here makes every colour
# white, grey or black, by the intent. Output seen:
#   perceptual: asked for by name 255, icc_transform auto 255, icc_import auto L* 100
#   relative: asked for by name 128, icc_transform auto 255, icc_import auto L* 54
#   saturation: asked for by name 0, icc_transform auto 255, icc_import auto L* 0
# So read bytes 64 to 67 of the profile and name the intent.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pyvips==3.2.0 pyvips-binary==8.18.7
"$folder/venv/bin/python" - <<'PYTHON'
import struct

import pyvips

LIGHTNESS = {b"A2B0": 255, b"A2B1": 137, b"A2B2": 0}  # of 255: perceptual, relative, saturation


def table(lightness):
    """mft1: three inputs, two grid points, every one the same Lab."""
    same = bytes(range(256)) * 3
    matrix = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    return b"mft1\0\0\0\0\3\3\2\0" + matrix + same + bytes((lightness, 128, 128)) * 8 + same


def profile(intent):
    bodies = {name: table(lightness) for name, lightness in LIGHTNESS.items()}
    bodies[b"wtpt"] = b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061)
    head = b"lcms\2\x40\0\0scnrRGB Lab " + bytes(12) + b"acsp" + bytes(24)
    head += struct.pack(">I3i", intent, 63190, 65536, 54061) + bytes(48)
    index, content, first = struct.pack(">I", len(bodies)), b"", 132 + 12 * len(bodies)
    for name, body in bodies.items():
        index += name + struct.pack(">II", first + len(content), len(body))
        content += body
    whole = head + index + content
    return struct.pack(">I", len(whole) + 4) + whole


seen = {}
for intent, name in enumerate(("perceptual", "relative", "saturation")):
    image = pyvips.Image.black(1, 1, bands=3).copy(interpretation="srgb")
    image.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile(intent))
    named = round(image.icc_transform("srgb", embedded=True, intent=name)(0, 0)[0])
    auto = round(image.icc_transform("srgb", embedded=True, intent="auto")(0, 0)[0])
    imported = round(image.icc_import(embedded=True, intent="auto")(0, 0)[0])
    print(f"{name}: asked for by name {named}, icc_transform auto {auto}, icc_import auto L* {imported}")
    seen[name] = (named, auto, imported)
assert seen == {"perceptual": (255, 255, 100), "relative": (128, 255, 54), "saturation": (0, 255, 0)}, seen
PYTHON
