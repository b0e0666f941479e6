"""A PNG or JPEG image is taken when it decodes whole, in one picture, and is nothing else besides."""

import warnings
import zlib
from io import BytesIO

from PIL import Image, ImageOps

from .kinds import Kind
from .verdicts import MAX_PIXELS, Wrong, refuse_a_second_nature

_FORMATS = {Kind.PNG: "PNG", Kind.JPEG: "JPEG"}
_PNG_SIGNATURE_BYTES, _PNG_CHUNK_BYTES = 8, 12  # length, type and checksum around the bytes of each chunk
_SHOWN_PIXELS = (4_000, 4_000)
_ORIENTATION, _SIDEWAYS = 0x0112, (5, 6, 7, 8)  # in the EXIF of a photograph
_PDF_HEAD = 1024  # readers of PDF look that far for « %PDF- »

Image.MAX_IMAGE_PIXELS = MAX_PIXELS


def check(content, kind):
    """Refuse what is not one whole image of this kind, of fifty million pixels at most."""
    refuse_a_second_nature(content, kind.words)
    if b"%PDF-" in content[:_PDF_HEAD]:
        raise Wrong("Cette image est aussi un PDF. Réenregistrez-la, puis joignez la nouvelle.")
    image = _opened(content, kind)
    if image.width * image.height > MAX_PIXELS:
        raise Wrong("Cette image compte plus de 50 millions de pixels. Réduisez-la, puis joignez-la.")
    if kind == Kind.PNG and (getattr(image, "n_frames", 1) > 1 or _png_end(content) != len(content)):
        raise Wrong("Cette image est animée ou contient autre chose après sa fin. Réenregistrez-la, puis joignez-la.")
    _decoded(image)


def without_metadata(content, kind):
    """The same picture, upright, of four thousand pixels a side at most, without place, date, author nor thumbnail."""
    image = shrunk(content, kind, _SHOWN_PIXELS)
    image.info.clear()
    out = BytesIO()
    image.save(out, _FORMATS[kind], **({"quality": 90} if kind == Kind.JPEG else {}))
    return out.getvalue()


def shrunk(content, kind, limits):
    """The decoded picture, upright, no larger than (width, height), with nothing it says of itself."""
    image = _opened(content, kind)
    try:
        image.thumbnail(limits if not _lies_down(image) else limits[::-1])
    except MemoryError:
        raise
    except Exception as error:  # whatever Pillow raises, nobody could see the picture
        raise _damaged() from error
    image = ImageOps.exif_transpose(_decoded(image))  # a small one is not decoded by being reduced
    image.info = {key: value for key, value in image.info.items() if key == "transparency"}
    return image


def _lies_down(image):
    """Whether the camera was held sideways: width and height change places once the picture is upright."""
    return image.getexif().get(_ORIENTATION) in _SIDEWAYS


def _opened(content, kind):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its size is judged by `check`
        try:
            return Image.open(BytesIO(content), formats=[_FORMATS[kind]])
        except Image.DecompressionBombError as error:
            raise Wrong("Cette image compte plus de 50 millions de pixels. Réduisez-la, puis joignez-la.") from error
        except Exception as error:  # whatever Pillow raises, nobody could see the picture
            raise _damaged() from error


def _decoded(image):
    try:
        image.load()
    except MemoryError:
        raise
    except Exception as error:  # whatever Pillow raises, nobody could see the picture
        raise _damaged() from error
    return image


def _damaged():
    return Wrong("Cette image est abîmée : elle ne s'ouvre pas. Réenregistrez-la, puis joignez la nouvelle.")


def _png_end(content):
    """Where the last chunk of a PNG ends; every chunk must be as its checksum says."""
    position = _PNG_SIGNATURE_BYTES
    while position + _PNG_CHUNK_BYTES <= len(content):
        size, name = int.from_bytes(content[position : position + 4], "big"), content[position + 4 : position + 8]
        checksum = content[position + 8 + size : position + _PNG_CHUNK_BYTES + size]
        if checksum != zlib.crc32(content[position + 4 : position + 8 + size]).to_bytes(4, "big"):
            raise _damaged()
        position += _PNG_CHUNK_BYTES + size
        if name == b"IEND":
            return position
    raise _damaged()
