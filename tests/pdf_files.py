"""PDFs made by hand: a page of text in lines, a stamp at its margin, and what the file says of
itself.
"""

from __future__ import annotations

from collections.abc import Sequence


def pdf(
    lines: Sequence[str],
    *,
    stamp: str = "",
    info: dict[str, str] | None = None,
    xmp: str = "",
    second: Sequence[str] = (),
) -> bytes:
    """A PDF of one page, or two, in Helvetica; the stamp runs up the left margin, as arXiv's."""
    pages = [_content(lines, stamp)] + ([_content(second, "")] if second else [])
    count = len(pages)
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(count))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R" + (b" /Metadata 99 0 R" if xmp else b"") + b" >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, page in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * number} 0 R "
            f"/Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page))
    if info is not None:
        rows = " ".join(f"/{name} ({_escaped(value)})" for name, value in info.items())
        objects.append(f"<< {rows} >>".encode("latin-1"))
    if xmp:
        packet = f'<x:xmpmeta xmlns:x="adobe:ns:meta/">{xmp}</x:xmpmeta>'.encode()
        objects.append(
            b"<< /Type /Metadata /Subtype /XML /Length %d >>\nstream\n%s\nendstream"
            % (len(packet), packet)
        )
        objects[0] = objects[0].replace(b"99 0 R", b"%d 0 R" % len(objects))
    made, places = b"%PDF-1.5\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = f"<< /Size {len(objects) + 1} /Root 1 0 R"
    if info is not None:
        trailer += f" /Info {len(objects) - bool(xmp)} 0 R"
    return made + f"trailer\n{trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()


def _content(lines: Sequence[str], stamp: str) -> bytes:
    parts = ["BT /F1 12 Tf 72 740 Td 16 TL"]
    parts += [f"({_escaped(line)}) Tj T*" for line in lines]
    parts.append("ET")
    if stamp:
        parts.append(f"BT /F1 18 Tf 0 1 -1 0 30 220 Tm ({_escaped(stamp)}) Tj ET")
    return "\n".join(parts).encode("cp1252")


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
