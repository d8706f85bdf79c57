"""A confined program that turns an upload into a square JPEG. Run by `photo`.

Its answer is a line: `made`, followed by the JPEG, or the reason why there is none (`photo.PhotoFault`).
"""

import io
from contextlib import suppress

# Only these formats are tried. The module for TIFF is needed to read EXIF.
from PIL import (
    Image,
    ImageCms,
    ImageFile,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,  # noqa: F401 - the others import it when they need it, which the walls forbid
    WebPImagePlugin,
)

from portal.features.profile import colours, wholeness

SIDE = 400  # pixels of the square
# A JPEG is decoded at a fraction of its size; phones make them up to 200 million pixels. Others are decoded whole.
MOST_PIXELS = 210_000_000
MOST_PIXELS_UNPACKED = 24_000_000
MOST_SCANS = 500  # of a JPEG; programs that write progressive ones make about ten
ENOUGH = 0.95  # share of the rows that must be there; rows missing below are cut off
CPU_SECONDS = 5
MEMORY = 1 << 30

MADE, NOT_A_PHOTO, TOO_MANY_PIXELS, DAMAGED, HEIC = (
    word + b"\n" for word in (b"made", b"not_a_photo", b"too_many_pixels", b"damaged", b"heic")
)

# Brands of files (ISO 14496-12) that hold a picture as HEVC or AV1.
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"}
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION = 0x0112
_SRGB = ImageCms.createProfile("sRGB")
_SPACES = {"RGB": "RGB", "L": "GRAY", "CMYK": "CMYK"}  # colour spaces of profiles, by the mode of a picture
# The transparent colour of a PNG has the bit depth of the file, while pixels are decoded to eight bits.
_TO_EIGHT_BITS = {2: 85.0, 4: 17.0, 16: 1 / 256}


class _PictureRefused(Exception):
    """There is a reason to say why this picture is not made."""

    def __init__(self, word: bytes) -> None:
        super().__init__(word)
        self.word = word


def main(given: bytes) -> bytes:
    """Read, cut, write."""
    try:
        square = _square(given)
    except _PictureRefused as refused:
        return refused.word
    except MemoryError:
        return TOO_MANY_PIXELS
    except Exception:
        return DAMAGED
    written = io.BytesIO()
    square.save(written, format="JPEG", quality=85)
    return MADE + written.getvalue()


def _square(given: bytes) -> Image.Image:
    """Cut out the middle, bring its colours to sRGB, lay it on white, and turn it upright."""
    opened = _open(given)
    small = ImageOps.fit(_eight_bits(opened), (SIDE, SIDE), Image.Resampling.LANCZOS)
    # On paper of our own there is nothing but pixels: no comment, no profile.
    paper = Image.new("RGB", small.size, "white")
    mask = small.getchannel("A") if small.mode in ("LA", "RGBA") else None
    paper.paste(_in_srgb(small, _profile(given, opened)), mask=mask)
    return _upright(paper, opened)


def _open(given: bytes) -> Image.Image:
    """Read the first picture of a file, by what it holds; raise _PictureRefused."""
    if given.startswith(b"\xff\xd8\xff"):
        return _jpeg(given)
    if given.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png(given)
    if given[:4] == b"RIFF" and given[8:12] == b"WEBP":
        return _webp(given)
    if given[4:8] == b"ftyp" and given[8:12] in _HEIC_BRANDS:
        raise _PictureRefused(HEIC)
    raise _PictureRefused(NOT_A_PHOTO)


def _jpeg(given: bytes) -> Image.Image:
    """Read a JPEG at a fraction of its size; of several in one file (MPO) the first.

    What it lacks at the end its decoder fills with grey.
    """
    marks = wholeness.of_jpeg(given)
    if marks.scans > MOST_SCANS or marks.is_too_coarse:
        raise _PictureRefused(DAMAGED)
    if marks.ends:
        return _load(JpegImagePlugin.JpegImageFile, given, MOST_PIXELS)
    # A copy that broke off may have the length of the whole, with zeros for what did not come.
    read = _load(JpegImagePlugin.JpegImageFile, given.rstrip(b"\x00") + b"\xff\xd9", MOST_PIXELS)
    return _cut_off(read, read.height - wholeness.grey_rows(read))


def _webp(given: bytes) -> Image.Image:
    """Read a WebP; of a film the first picture. Its decoder takes all the memory that it needs when it is opened."""
    width, height = wholeness.size_of_webp(given)
    if width * height > MOST_PIXELS_UNPACKED:
        raise _PictureRefused(TOO_MANY_PIXELS)
    return _load(WebPImagePlugin.WebPImageFile, given, MOST_PIXELS_UNPACKED)


def _png(given: bytes) -> Image.Image:
    """Read a PNG, or as much of it as there is."""
    try:
        return _load(PngImagePlugin.PngImageFile, given, MOST_PIXELS_UNPACKED)
    except (OSError, ValueError):
        share = wholeness.of_png(given)
        if share < ENOUGH:
            raise
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    read = _load(PngImagePlugin.PngImageFile, given, MOST_PIXELS_UNPACKED)
    return _cut_off(read, int(read.height * share))


def _load(plugin: type[ImageFile.ImageFile], given: bytes, most: int) -> Image.Image:
    try:
        opened = plugin(io.BytesIO(given))
    except SyntaxError:
        raise _PictureRefused(NOT_A_PHOTO) from None
    if opened.width * opened.height > most:
        raise _PictureRefused(TOO_MANY_PIXELS)
    # Reads no more than twice what is needed, where the format allows.
    opened.draft(None, (SIDE * 2, SIDE * 2))
    opened.load()
    key = opened.info.get("transparency")
    if isinstance(opened, PngImagePlugin.PngImageFile) and opened.mode != "P" and key is not None:
        factor = _TO_EIGHT_BITS.get(given[24], 1)
        opened.info["transparency"] = (
            tuple(int(one * factor) for one in key) if isinstance(key, tuple) else int(key * factor)
        )
    return opened


def _cut_off(read: Image.Image, rows: int) -> Image.Image:
    """Leave out the rows below, which are not there; raise _PictureRefused when they are too many."""
    if rows < read.height * ENOUGH:
        raise _PictureRefused(DAMAGED)
    kept = read.crop((0, 0, read.width, rows))
    kept.info = read.info
    return kept


def _eight_bits(opened: Image.Image) -> Image.Image:
    """Bring a picture to eight bits of grey, RGB or CMYK, with its transparency."""
    mode = opened.mode
    if mode == "I;16":
        # Little-endian: every second byte is the high one.
        grey = Image.frombytes("L", opened.size, opened.tobytes()[1::2])
        grey.info = opened.info
        return _eight_bits(grey)
    if "transparency" in opened.info and mode in ("1", "L", "P", "RGB"):
        return opened.convert("LA" if mode in ("1", "L") else "RGBA")
    if mode in ("L", "LA", "RGB", "RGBA", "CMYK"):
        return opened
    return opened.convert({"1": "L", "P": "RGB"}.get(mode, "RGBA"))


def _profile(given: bytes, opened: Image.Image) -> bytes | None:
    """Find what says which colours a picture has; what cannot be read says nothing."""
    own: bytes | None = opened.info.get("icc_profile")
    with suppress(Exception):
        if isinstance(opened, PngImagePlugin.PngImageFile):
            return colours.profile_of_png(given, own)
        return own or colours.profile_of_exif(opened.getexif())
    return own


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert a picture's colours by its own profile, without its transparency; one that does not fit is ignored."""
    bare = picture.convert({"LA": "L", "RGBA": "RGB"}.get(picture.mode, picture.mode))
    with suppress(Exception):
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile or b""))
        space = source.profile.xcolor_space.strip()
        if space == "RGB" and bare.mode == "L":
            bare = bare.convert("RGB")
        if space == _SPACES[bare.mode]:
            made = ImageCms.profileToProfile(bare, source, _SRGB, outputMode="RGB")
            if made is not None:
                return made
    return bare.convert("RGB")


def _upright(picture: Image.Image, opened: Image.Image) -> Image.Image:
    """Turn a picture as its EXIF says; EXIF that cannot be read says nothing."""
    with suppress(Exception):
        return picture.transpose(_UPRIGHT[opened.getexif()[_ORIENTATION]])
    return picture
