"""Names of files that every system takes, and what kind of file some bytes are."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import PurePosixPath

LONGEST = 120
"""Characters: with its folder a path must stay below the 260 of Windows."""
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]')
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[\d¹²³]) *(\..*)?$")
_PROGRAMS = re.compile(
    r"(?i).*\.(appref-ms|application|bat|chm|cmd|com|cpl|desktop|dll|exe|gadget|hta|img|inf|iso|jar|jse?|library-ms|lnk|"
    r"ms[cip]|pif|psm?1|pyw?|reg|sc[frt]|search-ms|settingcontent-ms|sh|theme|url|vb[es]|vhdx?|website|ws[cfh]|xll)"
)
"""Endings of what runs, or leads to what runs, when it is opened."""
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"), (b"%PDF-", "application/pdf"), (b"II*\0", "image/tiff"), (b"MM\0*", "image/tiff"),
    (b"\xd0\xcf\x11\xe0", "application/x-ole-storage"), (b"PK\x03\x04", "application/zip"),
    (b"Rar!", "application/vnd.rar"), (b"7z\xbc\xaf", "application/x-7z-compressed"), (b"\x1f\x8b", "application/gzip"),
)  # fmt: skip
_OFFICE = "application/vnd.openxmlformats-officedocument."
_INSIDE = {  # what the common containers hold is told by the name alone
    ".docx": _OFFICE + "wordprocessingml.document",
    ".xlsx": _OFFICE + "spreadsheetml.sheet",
    ".pptx": _OFFICE + "presentationml.presentation",
    ".doc": "application/msword",
    ".xls": "application/vnd.ms-excel",
    ".ppt": "application/vnd.ms-powerpoint",
}
_CONTAINERS = {"application/zip", "application/x-ole-storage"}
_UNKNOWN = "application/octet-stream"
_MOST_OF_A_CHARACTER = 4  # bytes of one in UTF-8 or GB 18030


def safe_name(name: str) -> str:
    """``name`` as a file can be called on Windows too, with its ending; never empty."""
    name = _FORBIDDEN.sub("_", name).strip().rstrip(". ") or "_"
    if _DEVICES.fullmatch(name):
        name = f"_{name}"
    ending = PurePosixPath(name).suffix[:20]
    return name if len(name) <= LONGEST else name[: LONGEST - len(ending)].rstrip(". ") + ending


def is_program(name: str) -> bool:
    """Whether to open a file of this name would run it, on whatever system."""
    return _PROGRAMS.fullmatch(safe_name(name)) is not None


def free_name(name: str, taken: Collection[str]) -> str:
    """``name``, or with a number where it is taken already: ``a (2).pdf``. Case does not tell names apart."""
    known = {one.casefold() for one in taken}
    path = PurePosixPath(name)
    stem, ending = (name[: -len(path.suffix)], path.suffix) if path.suffix else (name, "")
    number, tried = 1, name
    while tried.casefold() in known:
        number += 1
        tried = f"{stem} ({number}){ending}"
    return tried


def guess_type(head: bytes, name: str) -> str:
    """The MIME type of a file by its first bytes (a few hundred), not by what its name claims."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    found = next((kind for signature, kind in _SIGNATURES if head.startswith(signature)), "")
    if found in _CONTAINERS:
        return _INSIDE.get(PurePosixPath(name.casefold()).suffix, found)
    if found:
        return found
    return "text/plain" if decode_text(head) is not None else _UNKNOWN


def decode_text(content: bytes) -> str | None:
    """``content`` as text, where it is text: UTF-8, UTF-16 with its mark, or GB 18030. The end may be cut."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content[: len(content) // 2 * 2].decode("utf-16", errors="replace")
    if b"\0" in content:
        return None
    for encoding in ("utf-8-sig", "gb18030"):
        for cut in range(_MOST_OF_A_CHARACTER):
            try:
                return content[: len(content) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
    return None
