"""Make the files of sample letters: small valid ones of a few media types."""

import io
import zipfile

_LINES = 60


def pdf_of(lines: list[str]) -> bytes:
    """Write a PDF of one page with these lines."""
    text = "\n".join(f"({_escape(line)}) Tj T*" for line in lines[:_LINES])
    stream = f"BT /F1 11 Tf 56 780 Td 15 TL\n{text}\nET".encode("cp1252", "replace")
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length " + str(len(stream)).encode() + b" >>\nstream\n" + stream + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    pdf = b"%PDF-1.7\n"
    offsets: list[int] = []
    for number, part in enumerate(parts, 1):
        offsets.append(len(pdf))
        pdf += str(number).encode() + b" 0 obj\n" + part + b"\nendobj\n"
    table = b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
    size = len(parts) + 1
    trailer = f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(pdf)}\n%%EOF\n".encode()
    return pdf + f"xref\n0 {size}\n0000000000 65535 f \n".encode() + table + trailer


def file_of(media_type: str, name: str, lines: list[str]) -> bytes:
    """Write a PDF, ZIP or HTML file with these lines; plain text for any other media type."""
    match media_type:
        case "application/pdf":
            return pdf_of(lines)
        case "application/zip":
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(zipfile.ZipInfo("lees.txt"), "\n".join(lines))
            return packed.getvalue()
        case "text/html":
            paragraphs = "".join(f"<p>{line}</p>" for line in lines)
            return f"<!DOCTYPE html><html lang=nl><title>{name}</title>{paragraphs}</html>".encode()
    return "\n".join((*lines, "")).encode()


def _escape(line: str) -> str:
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
