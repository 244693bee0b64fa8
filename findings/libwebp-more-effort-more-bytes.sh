#!/bin/bash
# libwebp 1.6.0 (Pillow 13.0.0): without loss, `method` says how hard the encoder tries, 0 to 6. A smooth picture that once was a
# JPEG, as a screenshot with a gradient behind it often is, is smallest with method 1; with 6 it takes a quarter more
# bytes and twice the time. Guessed: more effort costs time, and never bytes. Each method has heuristics of its own, and
# none compares its file with that of an easier one. Output seen:
#   bytes by method: 138714 112390 121128 121128 121128 141058 141058
# So measure on pictures like one's own before paying for more effort.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pillow==13.0.0
"$folder/venv/bin/python" - <<'PYTHON'
import io

from PIL import Image, features


def saved(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


down = Image.linear_gradient("L").resize((1000, 800))
across = Image.linear_gradient("L").resize((800, 1000)).transpose(Image.Transpose.ROTATE_90)
smooth = Image.merge("RGB", (across, down, Image.new("L", (1000, 800), 90)))
picture = Image.open(io.BytesIO(saved(smooth, "JPEG", quality=75))).convert("RGB")
sizes = [len(saved(picture, "WEBP", lossless=True, method=method, quality=75)) for method in range(7)]
print("libwebp", features.version("webp"))
print("bytes by method:", *sizes)
assert min(sizes) == sizes[1] and sizes[6] > 1.15 * sizes[1], "the behaviour has changed"
PYTHON
