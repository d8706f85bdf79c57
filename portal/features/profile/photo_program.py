"""A program: reads a picture on stdin, writes a square JPEG on stdout. Started by `photo`, with limits of its own.

Exit codes: 10 no picture that we take, 11 too many pixels, 12 damaged.
"""

import io
import resource
import sys
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")
SIDE = 400  # pixels of the square
MOST_PIXELS = 50_000_000
# A JPEG is read at a fraction of its size; the others must be unpacked whole.
MOST_PIXELS_UNPACKED = 24_000_000
CPU_SECONDS = 5
MEMORY = 1 << 30

NOT_A_PHOTO, TOO_MANY_PIXELS, DAMAGED = 10, 11, 12


def main() -> int:
    """Read, cut, write; returns the exit code."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    given = sys.stdin.buffer.read()
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
    square.save(sys.stdout.buffer, format="JPEG", quality=85)
    return 0


def cut(opened: Image.Image) -> Image.Image:
    """Turn a picture upright, lay it on white, and cut out the middle square; nothing but pixels is taken over."""
    upright = ImageOps.exif_transpose(opened)
    small = ImageOps.fit(upright.convert("RGBA"), (SIDE, SIDE), Image.Resampling.LANCZOS)
    paper = Image.new("RGB", small.size, "white")
    paper.paste(small, mask=small.getchannel("A"))
    return paper


if __name__ == "__main__":
    sys.exit(main())
