"""Pictures that encoders take for photographs: those of the tests are smooth, and drawn as drawings are."""

import io

from PIL import Image


def photograph(width: int, height: int, *, contrast: int = 25) -> bytes:
    """A JPEG of grain in every colour, another one each time."""
    bands = [Image.effect_noise((width, height), contrast) for _ in range(3)]
    file = io.BytesIO()
    Image.merge("RGB", bands).save(file, "JPEG", quality=88)
    return file.getvalue()
