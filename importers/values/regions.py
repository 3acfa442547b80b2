"""Regions in words to province, city and district, by ``resources/regions.tsv``."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field
from typing import NamedTuple

from crm_desktop.core.paths import RESOURCES
from importers.readers import Cell
from importers.values.cells import UnreadableError, folded, line, plain

_HAN = re.compile(r"[\u3400-\u9fff]")
_SEPARATORS = re.compile(r"[\s\-/\\,、>·|_.;:()]+")
_PEOPLES = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇|柯尔克孜|"
    "土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|普米|塔吉克|怒|鄂温克|保安|裕固|独龙|鄂伦春"
)
_ENDING = re.compile(
    rf"(?:(?:{_PEOPLES})族?)*(?:特别行政区|自治区|自治州|自治县|自治旗|林区|地区|盟|省|市)$|(?<=..)(?:新区|区|县|旗|街道)$"
)
SHORTEST = 2
"""Characters of the short form of a name."""


@dataclass(frozen=True, slots=True)
class Region:
    """A place. Chinese names are short (广东, 广州), districts as written; ``code`` is that of the
    deepest part found in the list, or empty.
    """

    province: str = ""
    city: str = ""
    district: str = ""
    country: str = ""
    code: str = ""

    def __str__(self) -> str:
        """From the country down, with blanks where the script has them: ``CA ON North Barrow``."""
        parts = [part for part in (self.country, self.province, self.city, self.district) if part]
        return ("" if all(map(_HAN.search, parts)) else " ").join(parts)


@dataclass(slots=True)
class _Place:
    code: str
    name: str
    short: str
    parent: _Place | None
    is_city: bool = False
    parts: dict[str, _Place] = field(default_factory=dict)

    def add(self, part: _Place) -> None:
        self.parts.setdefault(part.name, part)
        self.parts.setdefault(part.short, part)


def short_name(name: str) -> str:
    """The name without 省, 市, 自治区 and the like, where enough of it is left."""
    short = _ENDING.sub("", name)
    return short if len(short) >= SHORTEST else name


class _Tree(NamedTuple):
    """The country, and by name its cities, and its cities and districts that are the only ones of their name."""

    china: _Place
    cities: dict[str, _Place]
    anywhere: dict[str, _Place]


@functools.cache
def _tree() -> _Tree:
    china = _Place("", "", "", None)
    by_code = {"": china}
    by_name: dict[str, list[_Place]] = {}
    lines = (RESOURCES / "regions.tsv").read_text(encoding="utf-8").splitlines()[1:]
    for code, parent_code, level, name in (entry.split("\t") for entry in lines):
        place = _Place(code, name, short_name(name), by_code[parent_code], level == "city")
        by_code[code] = place
        by_code[parent_code].add(place)
        if level != "province":
            for known in {place.name, place.short}:
                by_name.setdefault(known, []).append(place)
    cities = {name: place for name, places in by_name.items() for place in places[::-1] if place.is_city}
    return _Tree(china, cities, {name: places[0] for name, places in by_name.items() if len(places) == 1} | cities)


@functools.lru_cache(maxsize=10_000)
def parse(text: str) -> Region | None:
    """The region a Chinese text names, from the province, city or district down; None where it names none."""
    rest = _SEPARATORS.sub("", text).removeprefix("中国")
    tree = _tree()
    place, rest = _step(tree.china, rest)
    if place is None:
        place = _longest(tree.cities, rest) or _longest(tree.anywhere, rest)
        if place is None:
            return None
        rest = _behind(place, rest)
    if place.name in place.parts:  # a municipality is a city of its own
        place = place.parts[place.name]
        rest = _behind(place, rest)
    while rest:
        part, remaining = _step(place, rest)
        if part is None:
            break
        place, rest = part, remaining
    return _region(place, rest)


def _step(place: _Place, text: str) -> tuple[_Place | None, str]:
    """The part of ``place`` with which the text begins, and the text behind it."""
    part = _longest(place.parts, text)
    if part is None:
        return None, text
    return part, _behind(part, text)


def _behind(place: _Place, text: str) -> str:
    return text.removeprefix(place.name) if text.startswith(place.name) else text.removeprefix(place.short)


def _longest(places: dict[str, _Place], text: str) -> _Place | None:
    return next((places[text[:size]] for size in range(len(text), SHORTEST - 1, -1) if text[:size] in places), None)


def _region(place: _Place, rest: str) -> Region:
    chain: list[_Place] = []
    step: _Place | None = place
    while step is not None and step.code:
        chain.append(step)
        step = step.parent
    province, city, district = [*(part.short for part in reversed(chain)), "", ""][:3]
    if rest and city and not district:
        # An older or unofficial district, or one whose official name repeats the city's.
        part = next((part for part in place.parts.values() if part.name.endswith(rest)), place)
        return Region(province, city, rest.removesuffix("市"), "", part.code)
    return Region(province, city, district, "", place.code)


def region(cell: Cell) -> Region | None:
    """The place in a cell. Words in other scripts than Chinese are taken for a country."""
    text = folded(cell)
    if not text:
        return None
    if not _HAN.search(text):
        return Region(country=" ".join(text.split()))
    found = parse(text)
    if found is None:
        raise UnreadableError(text)
    return found


def region_of(country: str, province: str, city: str, district: str) -> Region | None:
    """The place whose parts stand in columns of their own, as written where they are not in the list."""
    if _HAN.search(province + city + district):
        found = parse(province + city + district) or parse(city + district)
        if found:
            return found
    if not (country or province or city or district):
        return None
    return Region(province, city, district, country)


def address(cell: Cell) -> str | None:
    """The address in one line, without the city and country that address books write below it."""
    if not isinstance(cell, str) or "\n" not in cell:
        return line(cell)
    lines = [part.strip() for part in plain(cell).splitlines() if part.strip()]
    while len(lines) > 1 and _is_place(lines[-1]):
        lines.pop()
    joint = "" if _HAN.search("".join(lines)) else ", "
    return line(joint.join(lines))


def _is_place(text: str) -> bool:
    tree = _tree()
    return text in {"中国", "China"} or text in tree.china.parts or text in tree.cities
