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
    """No square is made of this picture. word: why, as the program answers."""

    def __init__(self, word: bytes) -> None:
        super().__init__(word)
        self.word = word


def main(upload: bytes) -> bytes:
    """Answer an upload with MADE and a square JPEG, or with why there is none."""
    try:
        square = _square(upload)
    except _PictureRefused as refused:
        return refused.word
    except MemoryError:
        return TOO_MANY_PIXELS
    except Exception:
        return DAMAGED
    written = io.BytesIO()
    square.save(written, format="JPEG", quality=85)
    return MADE + written.getvalue()


def _square(upload: bytes) -> Image.Image:
    """Cut out the middle, bring its colours to sRGB, put white behind what is transparent, and turn it upright."""
    opened = _open(upload)
    small = ImageOps.fit(_eight_bits(opened), (wholeness.SIDE, wholeness.SIDE), Image.Resampling.LANCZOS)
    # A new picture has nothing but pixels: no comment, no profile.
    paper = Image.new("RGB", small.size, "white")
    mask = small.getchannel("A") if small.mode in ("LA", "RGBA") else None
    paper.paste(_in_srgb(small, _profile(upload, opened)), mask=mask)
    return _upright(paper, opened)


def _open(upload: bytes) -> Image.Image:
    """Read the first picture of a file, whose format its first bytes tell. Raise _PictureRefused."""
    if upload.startswith(b"\xff\xd8\xff"):
        return _jpeg(upload)
    if upload.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png(upload)
    if upload[:4] == b"RIFF" and upload[8:12] == b"WEBP":
        return _webp(upload)
    if upload[4:8] == b"ftyp" and upload[8:12] in _HEIC_BRANDS:
        raise _PictureRefused(HEIC)
    raise _PictureRefused(NOT_A_PHOTO)


def _jpeg(upload: bytes) -> Image.Image:
    """Read a JPEG at a fraction of its size; of several in one file (MPO) the first.

    The decoder fills rows that are missing at the end with grey; those are cut off.
    """
    markers = wholeness.jpeg_markers(upload)
    if markers.scans > MOST_SCANS or markers.is_too_coarse:
        raise _PictureRefused(DAMAGED)
    if markers.ends:
        return _load(JpegImagePlugin.JpegImageFile, upload, MOST_PIXELS)
    # A copy that broke off may have the length of the whole, with zeros for what did not come.
    picture = _load(JpegImagePlugin.JpegImageFile, upload.rstrip(b"\x00") + b"\xff\xd9", MOST_PIXELS)
    return _cut_off(picture, picture.height - wholeness.grey_rows(picture))


def _webp(upload: bytes) -> Image.Image:
    """Read a WebP; of an animation the first picture.

    Its header is read here first, as the decoder takes all the memory that it needs before it tells the size.
    """
    width, height = wholeness.size_of_webp(upload)
    if width * height > MOST_PIXELS_UNPACKED:
        raise _PictureRefused(TOO_MANY_PIXELS)
    return _load(WebPImagePlugin.WebPImageFile, upload, MOST_PIXELS_UNPACKED)


def _png(upload: bytes) -> Image.Image:
    """Read a PNG, or as much of it as there is."""
    try:
        return _load(PngImagePlugin.PngImageFile, upload, MOST_PIXELS_UNPACKED)
    except (OSError, ValueError):
        share = wholeness.share_of_png(upload)
        if share < ENOUGH:
            raise
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    picture = _load(PngImagePlugin.PngImageFile, upload, MOST_PIXELS_UNPACKED)
    return _cut_off(picture, int(picture.height * share))


def _load(plugin: type[ImageFile.ImageFile], upload: bytes, most: int) -> Image.Image:
    """Decode a file by a module of Pillow. most: pixels. Raise _PictureRefused, or whatever the decoder raises."""
    try:
        opened = plugin(io.BytesIO(upload))
    except SyntaxError:
        raise _PictureRefused(NOT_A_PHOTO) from None
    if opened.width * opened.height > most:
        raise _PictureRefused(TOO_MANY_PIXELS)
    # A JPEG is decoded at a fraction of its size, at least twice as large as the square.
    opened.draft(None, (wholeness.SIDE * 2, wholeness.SIDE * 2))
    opened.load()
    key = opened.info.get("transparency")
    if isinstance(opened, PngImagePlugin.PngImageFile) and opened.mode != "P" and key is not None:
        factor = _TO_EIGHT_BITS.get(upload[24], 1)
        opened.info["transparency"] = (
            tuple(int(value * factor) for value in key) if isinstance(key, tuple) else int(key * factor)
        )
    return opened


def _cut_off(picture: Image.Image, rows: int) -> Image.Image:
    """Keep so many rows from the top, as the file lacks the others. Raise _PictureRefused for too few."""
    if rows < picture.height * ENOUGH:
        raise _PictureRefused(DAMAGED)
    kept = picture.crop((0, 0, picture.width, rows))
    kept.info = picture.info
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


def _profile(upload: bytes, opened: Image.Image) -> bytes | None:
    """Give the ICC profile of a picture's colours, or None; what says its colours and cannot be read is ignored."""
    own: bytes | None = opened.info.get("icc_profile")
    with suppress(Exception):
        if isinstance(opened, PngImagePlugin.PngImageFile):
            return colours.profile_of_png(upload, own)
        return own or colours.profile_of_exif(opened.getexif())
    return own


def _in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert a picture to sRGB by its profile, without its transparency; a profile that does not fit is ignored."""
    bare = picture.convert({"LA": "L", "RGBA": "RGB"}.get(picture.mode, picture.mode))
    with suppress(Exception):
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile or b""))
        space = source.profile.xcolor_space.strip()
        if space == "RGB" and bare.mode == "L":
            bare = bare.convert("RGB")
        if space == _SPACES[bare.mode]:
            converted = ImageCms.profileToProfile(bare, source, _SRGB, outputMode="RGB")
            if converted is not None:
                return converted
    return bare.convert("RGB")


def _upright(picture: Image.Image, opened: Image.Image) -> Image.Image:
    """Turn a picture as its EXIF says; EXIF that cannot be read is ignored."""
    with suppress(Exception):
        return picture.transpose(_UPRIGHT[opened.getexif()[_ORIENTATION]])
    return picture
