"""HEIC, the pictures of phones: pixels coded as HEVC, which few browsers show (see ``developing``)."""

from math import ceil

from media_service.pictures import heif, hevc
from media_service.pictures.boxes import HEAD, box
from media_service.pictures.heif_contents import Coded, Coding, Properties
from media_service.pictures.layout import FileBytes, Layout, Limits, damaged
from media_service.pictures.refusals import Cause, image_refused

ALPHA = 4  # bytes of a pixel: copies of its transparency
BRANDED = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"mif2", b"msf1"}


def read(data: FileBytes, limits: Limits) -> Layout:
    """Refuses what is no still picture, or coded in other ways than phones do it, see ``heif``."""
    return heif.read(data, limits, CODING)


def _read_pixels(source: FileBytes, place: slice, properties: Properties) -> Coded:
    told = next((found[HEAD:] for found, _ in properties if found[4:HEAD] == b"hvcC"), None)
    if told is None:
        raise damaged("nothing tells how its pixels are coded")
    configuration = hevc.configuration(told)
    sequences = set(configuration.sequences())
    units = hevc.units(source, place, configuration.length_size)
    slices = [unit for kind, unit in units if kind in hevc.SLICES]
    if len(sequences) != 1 or not slices:
        raise image_refused("there is no picture in the file", cause=Cause.NO_PICTURE)
    sequence = sequences.pop()
    return Coded(slices, (sequence.width, sequence.height), _pixel(sequence))


def _pixel(sequence: hevc.Sequence) -> int:
    """Bytes of memory for a pixel: two copies of its samples, libde265's and libheif's, and what is made of them."""
    samples = {hevc.MONOCHROME: 1.0, hevc.SUBSAMPLED: 1.5, hevc.HALF_WIDTH: 2.0}.get(sequence.chroma, 3.0)
    size = 1 if sequence.depth == 8 else 2
    return ceil(size * (2 * samples + heif.RGBA))


CODING = Coding(b"hvc1", box(b"ftyp", b"heic", bytes(4), b"heicmif1"), _read_pixels, ALPHA)
