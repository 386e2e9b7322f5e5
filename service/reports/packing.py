"""A PDF made small for mail: its many small objects, one for every cell of a table, packed and compressed.

After ISO 32000-1, 7.5.7 (object streams) and 7.5.8 (cross-reference streams); nothing of the content changes.
"""

import re
import struct
import zlib
from itertools import pairwise

_START = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")
_ROW = re.compile(rb"(\d{10}) (\d{5}) ([nf])")
_OBJECT = re.compile(rb"\s*\d+ 0 obj\s*(.*?)\s*endobj\s*$", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n")
_PLAIN, _PACKED = 1, 2  # kinds of an entry in the table
_AT_ONCE = 1000  # objects in one stream: a reader unpacks all of it to reach one


def packed(pdf: bytes) -> bytes:
    """The PDF with its objects in compressed streams; raises ValueError if it is none with a plain table."""
    bodies, trailer = _read(pdf)
    plain = {number: body for number, body in bodies.items() if _STREAM.search(body)}
    small = [number for number in bodies if number not in plain]
    made = bytearray(pdf[: pdf.index(b"\n", pdf.index(b"\n") + 1) + 1])  # the version, and that it is binary
    places: dict[int, tuple[int, int, int]] = {}
    following = max(bodies) + 1
    for group in (small[first : first + _AT_ONCE] for first in range(0, len(small), _AT_ONCE)):
        plain[following] = _object_stream([(number, bodies[number]) for number in group])
        places |= {number: (_PACKED, following, at) for at, number in enumerate(group)}
        following += 1
    for number, body in plain.items():
        places[number] = (_PLAIN, len(made), 0)
        made += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    return bytes(made + _table(places, trailer, number=following, at=len(made)))


def _read(pdf: bytes) -> tuple[dict[int, bytes], bytes]:
    """The objects by number, and what the trailer says."""
    start = _START.search(pdf)
    if start is None or not pdf.startswith(b"xref", int(start[1])):
        raise ValueError("the PDF has no plain cross-reference table at its end")
    table, _, trailer = pdf[int(start[1]) : start.start()].partition(b"trailer")
    rows = _ROW.findall(table)
    offsets = {number: int(offset) for number, (offset, _, kind) in enumerate(rows) if kind == b"n"}
    ends = dict(pairwise([*sorted(offsets.values()), int(start[1])]))
    bodies = {}
    for number, offset in offsets.items():
        found = _OBJECT.match(pdf[offset : ends[offset]])
        if found is None:
            raise ValueError(f"object {number} of the PDF is not where its table says")
        bodies[number] = found[1]
    return bodies, trailer.strip().removeprefix(b"<<").removesuffix(b">>")


def _object_stream(objects: list[tuple[int, bytes]]) -> bytes:
    heads, at = [], 0
    for number, body in objects:
        heads.append(b"%d %d" % (number, at))
        at += len(body) + 1
    head = b" ".join(heads) + b"\n"
    content = zlib.compress(head + b"\n".join(body for _, body in objects) + b"\n", 9)
    about = b"/Type/ObjStm/N %d/First %d" % (len(objects), len(head))
    return _stream(about, content)


def _table(places: dict[int, tuple[int, int, int]], trailer: bytes, *, number: int, at: int) -> bytes:
    """The table of all objects as a stream, itself among them, and where it begins."""
    places = places | {number: (_PLAIN, at, 0)}
    rows = [places.get(one, (0, 0, 0)) for one in range(number + 1)]
    content = zlib.compress(b"".join(struct.pack(">BIH", *row) for row in rows), 9)
    about = b"/Type/XRef/W[1 4 2]/Size %d" % (number + 1) + re.sub(rb"/Size\s+\d+", b"", trailer)
    return b"%d 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF\n" % (number, _stream(about, content), at)


def _stream(about: bytes, content: bytes) -> bytes:
    return b"<<%b/Filter/FlateDecode/Length %d>>\nstream\n%b\nendstream" % (about, len(content), content)
