#!/bin/bash
# libvips 8.18.7 (pyvips 3.2.0, pyvips-binary 8.18.7): the JPEG of a newer phone is Ultra HDR: beside the picture there is a second
# one, the gain map, which says how much brighter each place is on an HDR screen. Since 8.18 it is loaded and saved without
# being asked for, but autorot(), rot(), crop() and smartcrop() change the picture alone: the map stays as it was, and the
# light falls on the wrong side. thumbnail() changes both. Guessed: a .jpg is loaded as one picture, as before, or what
# turns the picture turns its map. Nothing warns, and a screen without HDR shows nothing. Output seen (the light at left and
# at right, of the saved picture and of its map):
#   as it came: picture 231 0, map 105 0
#   autorot: picture 0 231, map 105 0
#   crop to the dark half: picture 0 0, map 105 0
#   thumbnail: picture 0 231, map 0 105
# So save with keep= that leaves "gainmap" out ("icc" and "none" do), or turn and cut by thumbnail() alone.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pyvips==3.2.0 pyvips-binary==8.18.7
"$folder/venv/bin/python" - <<'PYTHON'
import pyvips

UPSIDE_DOWN = 3

light = (pyvips.Image.xyz(256, 128)[0] < 128).ifthenelse(4.0, 0.2)  # four times white at left, dark at right
scene = light.bandjoin([light, light]).cast("float").copy(interpretation="scrgb")
scene.set_type(pyvips.GValue.gint_type, "orientation", UPSIDE_DOWN)
photo = scene.uhdrsave_buffer()


def sides(image):
    return [round(image(int(image.width * at), image.height // 2)[0]) for at in (0.1, 0.9)]


picture = pyvips.Image.new_from_buffer(photo, "")
assert picture.get("vips-loader") == "uhdrload_buffer"  # by its content: nobody asked for it
made = {
    "as it came": (picture, ([231, 0], [105, 0])),
    "autorot": (picture.autorot(), ([0, 231], [105, 0])),
    "crop to the dark half": (picture.crop(128, 0, 128, 128), ([0, 0], [105, 0])),
    "thumbnail": (pyvips.Image.thumbnail_buffer(photo, 128), ([0, 231], [0, 105])),
}
for name, (image, expected) in made.items():
    saved = pyvips.Image.new_from_buffer(image.write_to_buffer(".jpg"), "")
    seen = sides(saved), sides(saved.get_gainmap())
    print(f"{name}: picture {seen[0][0]} {seen[0][1]}, map {seen[1][0]} {seen[1][1]}")
    close = all(abs(one - other) < 8 for pair in zip(seen, expected) for one, other in zip(*pair))
    assert close, "the behaviour has changed"
for keep in ("icc", "none"):
    saved = pyvips.Image.new_from_buffer(picture.autorot().jpegsave_buffer(keep=keep), "")
    assert saved.get_gainmap() is None, "the advice is wrong by now"
PYTHON
