"""A confined program: whatever was uploaded becomes a square JPEG. Run by `photo`.

It answers with a line and, after `made`, the JPEG. Any other line is the reason why there is none (`photo.Why`).
"""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")
SIDE = 400  # pixels of the square
MOST_PIXELS = 50_000_000
# A JPEG is read at a fraction of its size; the others must be unpacked whole.
MOST_PIXELS_UNPACKED = 24_000_000
CPU_SECONDS = 5
MEMORY = 1 << 30

MADE, NOT_A_PHOTO, TOO_MANY_PIXELS, DAMAGED = b"made\n", b"not_a_photo\n", b"too_many_pixels\n", b"damaged\n"


# All plugins are read before the walls stand.
Image.init()
warnings.simplefilter("error", Image.DecompressionBombWarning)
Image.MAX_IMAGE_PIXELS = MOST_PIXELS


def main(given: bytes) -> bytes:
    """Read, cut, write."""
    try:
        with Image.open(io.BytesIO(given), formats=FORMATS) as opened:
            width, height = opened.size
            most = MOST_PIXELS if opened.format == "JPEG" else MOST_PIXELS_UNPACKED
            if width * height > most:
                return TOO_MANY_PIXELS
            # Reads no more than twice what is needed, where the format allows.
            opened.draft("RGB", (SIDE * 2, SIDE * 2))
            square = cut(opened)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return TOO_MANY_PIXELS
    except UnidentifiedImageError:
        return NOT_A_PHOTO
    except Exception:
        return DAMAGED
    written = io.BytesIO()
    square.save(written, format="JPEG", quality=85)
    return MADE + written.getvalue()


def cut(opened: Image.Image) -> Image.Image:
    """Turn a picture upright, lay it on white, and cut out the middle square; nothing but pixels is taken over."""
    upright = ImageOps.exif_transpose(opened)
    small = ImageOps.fit(upright.convert("RGBA"), (SIDE, SIDE), Image.Resampling.LANCZOS)
    paper = Image.new("RGB", small.size, "white")
    paper.paste(small, mask=small.getchannel("A"))
    return paper
