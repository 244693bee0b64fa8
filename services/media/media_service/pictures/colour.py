"""Pictures whose colours no ICC profile tells, brought to sRGB as browsers do it."""

from dataclasses import dataclass

from media_service.pictures import transfers
from media_service.pictures.primaries import PRIMARIES, Matrix, Primaries, to_srgb
from media_service.pictures.transfers import REFERENCE_WHITE, TRANSFERS, Transfer
from media_service.pictures.vips import Error, Image, without_profile

PEAK = 1000 / REFERENCE_WHITE  # the brightest light that HDR content is taken to have
LUMINANCE = [0.2627, 0.6780, 0.0593]  # of red, green and blue, ITU-R BT.2020


@dataclass(frozen=True, slots=True)
class ColourSpace:
    """What the numbers of a picture mean."""

    to_srgb_light: Matrix
    transfer: Transfer

    def to_srgb(self, image: Image) -> Image:
        """The picture with 8 bits in sRGB, its transparency kept; colours that sRGB lacks are clipped."""
        image = without_profile(image)
        if self == SRGB:
            return image
        image = image.colourspace("rgb16" if image.format == "ushort" else "srgb")
        light = _within_white(self._light(image.extract_band(0, n=3)), self.transfer)
        shown = light.recomb(Image.new_from_array(self.to_srgb_light)).copy(interpretation="scrgb").colourspace("srgb")
        return shown.bandjoin(_eight_bits(image.extract_band(3))) if image.hasalpha() else shown

    def _light(self, numbers: Image) -> Image:
        last = 65535 if numbers.format == "ushort" else 255
        curve = Image.new_from_array([[self.transfer(number / last) for number in range(last + 1)]])
        return numbers.maplut(curve.cast("float"))


def coded(primaries: int, transfer: int) -> ColourSpace | None:
    """The colour space of two code points of ITU-T H.273; None where one of them says nothing that can be shown."""
    if primaries not in PRIMARIES or transfer not in TRANSFERS:
        return None
    return ColourSpace(to_srgb(PRIMARIES[primaries]), TRANSFERS[transfer])


def of_gamma(exponent: float, primaries: Primaries = PRIMARIES[1]) -> ColourSpace:
    """Numbers that are light to the power of 1 / exponent; raises ValueError if the primaries span no colours."""
    try:
        return ColourSpace(to_srgb(primaries), transfers.power(exponent))
    except (Error, ZeroDivisionError) as error:
        raise ValueError("primaries that span no colours") from error


SRGB = ColourSpace(to_srgb(PRIMARIES[1]), transfers.srgb)


def _eight_bits(alpha: Image) -> Image:
    return (alpha >> 8).cast("uchar") if alpha.format == "ushort" else alpha


def _within_white(light: Image, transfer: Transfer) -> Image:
    """Light of at most 1; that of PQ and HLG reaches beyond and is compressed."""
    if transfer is transfers.hlg:
        luminance = light.recomb(Image.new_from_array([LUMINANCE]))
        light *= luminance**0.2 * PEAK  # what a display makes of the scene, ITU-R BT.2100
    elif transfer is not transfers.pq:
        return light
    red, green, blue = light.bandsplit()
    return light * _compression(red.bandrank([green, blue], index=2))


def _compression(brightest: Image) -> Image:
    """The factor for a pixel by the brightest of its colours, as browsers show HDR on screens that are not.

    The reference white operator of SMPTE ST 2094-50: half the light up to white, from there on a parabola from
    (1, 0.5) by way of (1.65, 0.825) to (PEAK, 1).
    """
    above = (brightest > 1).ifthenelse(brightest, 1)
    a, b = PEAK - 2.3, 1.3
    along = ((((above - 1) * (4 * a) + b * b) ** 0.5) - b) / (2 * a)
    along = (along < 1).ifthenelse(along, 1)
    return (along * 0.65 - along * along * 0.15 + 0.5) / above
