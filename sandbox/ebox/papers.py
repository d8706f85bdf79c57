"""Make the files of sample letters: small ones that are what they say they are."""

import io
import zipfile

_LINES = 60


def pdf_of(lines: list[str]) -> bytes:
    """Write a PDF of one page with these lines."""
    shown = "\n".join(f"({_escape(line)}) Tj T*" for line in lines[:_LINES])
    drawn = f"BT /F1 11 Tf 56 780 Td 15 TL\n{shown}\nET".encode("cp1252", "replace")
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length " + str(len(drawn)).encode() + b" >>\nstream\n" + drawn + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    made = b"%PDF-1.7\n"
    places: list[int] = []
    for number, part in enumerate(parts, 1):
        places.append(len(made))
        made += str(number).encode() + b" 0 obj\n" + part + b"\nendobj\n"
    table = b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    size = len(parts) + 1
    trailer = f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(made)}\n%%EOF\n".encode()
    return made + f"xref\n0 {size}\n0000000000 65535 f \n".encode() + table + trailer


def file_of(media_type: str, name: str, lines: list[str]) -> bytes:
    """Write a file of that type with these lines; a text of any other type than PDF, ZIP and HTML."""
    match media_type:
        case "application/pdf":
            return pdf_of(lines)
        case "application/zip":
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(zipfile.ZipInfo("lees.txt"), "\n".join(lines))
            return packed.getvalue()
        case "text/html":
            said = "".join(f"<p>{line}</p>" for line in lines)
            return f"<!DOCTYPE html><html lang=nl><title>{name}</title>{said}</html>".encode()
    return "\n".join((*lines, "")).encode()


def _escape(line: str) -> str:
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
