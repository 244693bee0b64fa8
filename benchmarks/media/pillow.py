"""``python -m benchmarks.media.pillow FILE``: prints the CPU seconds of three renditions as every guide makes them."""

import io
import sys
import time

from PIL import Image, ImageOps

SIDES = (320, 800, 1600)


def main(file: str) -> float:
    began = time.process_time()
    for side in SIDES:
        with Image.open(file) as image:
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((side, side))
            upright.save(io.BytesIO(), "WEBP", quality=80)
    return time.process_time() - began


if __name__ == "__main__":
    print(main(sys.argv[1]))
