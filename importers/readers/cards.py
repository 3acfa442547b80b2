"""Business cards (vCard 2.1, 3.0 and 4.0, also mixed) as a sheet: a row a card, below headings that lists use."""

from __future__ import annotations

import re

import vobject
from vobject.base import Component, ParseError

from crm_desktop.core.i18n import language
from importers.readers.book import Row, Sheet, damaged

HEADINGS = {
    "zh": ("姓名", "公司名称", "部门", "职务", "联系电话", "传真", "邮箱", "地址", "家庭地址", "网址", "生日", "备注"),
    "en": ("Full name", "Company", "Department", "Job title", "Contact phone", "Fax", "E-mail", "Address",
           "Home address", "Website", "Birthday", "Notes"),
}  # fmt: skip
"""In the language of the moment; what they mean is known like that of any other list."""

_OLD_CHINESE = re.compile(r"CHARSET=(?:gb2312|gbk|hz-gb-2312)", re.IGNORECASE)
_BEGIN = re.compile(r"^BEGIN:VCARD", re.IGNORECASE | re.MULTILINE)


def is_cards(content: str) -> bool:
    """Whether a text is made of business cards."""
    return _BEGIN.match(content.lstrip("\ufeff \r\n")) is not None


def read(content: str) -> tuple[Sheet, ...]:
    """One sheet with all cards: row n + 1 is card n. One that cannot be read stands as it is in the last column."""
    content = _OLD_CHINESE.sub("CHARSET=GB18030", content)  # telephones write characters beyond GB2312 under its name
    starts = [found.start() for found in _BEGIN.finditer(content)]
    if not starts:
        raise damaged()
    parts = [content[start:end] for start, end in zip(starts, [*starts[1:], len(content)], strict=True)]
    rows: list[Row] = [list(HEADINGS[language()]), *map(_read_card, parts)]
    return (Sheet("", rows),)


def _read_card(text: str) -> Row:
    try:
        card = vobject.readOne(text, allowQP=True)
    except (ParseError, UnicodeError, ValueError, LookupError):
        return [*(None for _heading in HEADINGS["en"][1:]), text.strip()]  # without a name it comes back to the user
    phones = [line.value for line in card.contents.get("tel", []) if "FAX" not in _types(line)]
    faxes = [line.value for line in card.contents.get("tel", []) if "FAX" in _types(line)]
    company, *departments = _texts(card, "org") or [""]
    homes = [line for line in card.contents.get("adr", []) if "HOME" in _types(line)]
    works = [line for line in card.contents.get("adr", []) if "HOME" not in _types(line)]
    cells = (
        _name(card), company, " ".join(departments), _text(card, "title"), "、".join(phones), "、".join(faxes[:1]),
        _text(card, "email"), _address(works), _address(homes), _text(card, "url"), _text(card, "bday"),
        _text(card, "note"),
    )  # fmt: skip
    return [cell.strip() or None for cell in cells]


def _types(line: Component) -> set[str]:
    """What a line is for: ``TEL;TYPE=WORK,FAX``, or as version 2.1 has it ``TEL;WORK;FAX``."""
    return {word.upper() for words in (line.params.get("TYPE", []), line.singletonparams) for word in words}


def _text(card: Component, name: str) -> str:
    """The first of such lines that says something."""
    found = (str(line.value).replace("\\:", ":") for line in card.contents.get(name, []))
    return next((text for text in found if text.strip()), "")


def _texts(card: Component, name: str) -> list[str]:
    """The parts of a line of several; a card of version 2.1 has them as one text."""
    line = next(iter(card.contents.get(name, [])), None)
    if line is None:
        return []
    parts = line.value if isinstance(line.value, list) else str(line.value).split(";")
    return [str(part).strip() for part in parts]


def _name(card: Component) -> str:
    """As the card writes it whole, else put together: the family name first in Chinese."""
    whole = _text(card, "fn")
    if whole.strip() or "n" not in card.contents:
        return whole
    name = card.n.value
    parts = (str(name.given), str(name.family)) if f"{name.given}{name.family}".isascii() else (name.family, name.given)
    return (" " if parts[0].isascii() else "").join(filter(None, parts))


def _address(lines: list[Component]) -> str:
    """The parts of the first address from the large to the small, without the country."""
    if not lines:
        return ""
    address = lines[0].value
    parts = (address.region, address.city, address.street, address.extended)
    texts = [" ".join(part) if isinstance(part, list) else str(part) for part in parts]
    return (" " if "".join(texts).isascii() else "").join(filter(None, texts))
