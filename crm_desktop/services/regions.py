"""Provinces, cities and districts as the region dictionary has them: short names as people write them, and English.

The official list is ``resources/regions.tsv``; how its names are shortened and spelt is decided here.
"""

from __future__ import annotations

import csv
import functools
import re
import tomllib
from collections.abc import Iterator
from typing import NamedTuple

from pypinyin import lazy_pinyin, load_phrases_dict

from crm_desktop.core.paths import RESOURCES

_PEOPLES = (
    "各族|蒙古族?|哈萨克族?|柯尔克孜|维吾尔|塔吉克|锡伯|[回藏苗彝壮侗瑶白傣黎佤畲水羌怒满土]族|"
    "(?:布依|朝鲜|土家|哈尼|傈僳|拉祜|东乡|纳西|景颇|达斡尔|仫佬|布朗|撒拉|毛南|仡佬|裕固|保安|独龙|普米)族"
)
_AUTONOMOUS = re.compile(
    rf"(?<=..)(?:{_PEOPLES})+(?:自治[州县旗]|自治区|区)$|(?<=..)自治[区旗]$|特别行政区$|(?<=..)堂区"
)
_ENDING = re.compile(r"(?<=..)(?:省|市|地区|街道|(?<!名胜|实验|聚集|食品)区)$")
_WORDS = tomllib.loads((RESOURCES / "regions_english.toml").read_text(encoding="utf-8"))
_ZONES: dict[str, str] = _WORDS["zones"]
_NAMES: dict[str, str] = _WORDS["names"]


class Region(NamedTuple):
    """One region; ``parent_code`` is empty for provinces."""

    code: str
    parent_code: str
    official_name: str
    name: str
    name_en: str


def read_regions() -> Iterator[Region]:
    """All regions, parents before their children."""
    names = {"": ""}
    with (RESOURCES / "regions.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            parents = (names.get(row["code"][:2], ""), names[row["parent_code"]])
            name = names[row["code"]] = _short_name(row["name"], parents)
            yield Region(row["code"], row["parent_code"], row["name"], name, _english_name(name))


def _short_name(official: str, parents: tuple[str, str]) -> str:
    """天河 for 天河区, 广西 for 广西壮族自治区; counties and zones keep their ending, zones lose the city before it."""
    if len(official) == len("浦东新区") and official.endswith("新区"):
        return official.removesuffix("新区")
    zone = next((z for z in _ZONES if official.endswith(z)), None)
    if zone is None or len(official) <= len("清新区"):
        return _ENDING.sub("", _AUTONOMOUS.sub("", official))
    shorter = official
    for parent in parents:
        shorter = shorter.removeprefix(parent).removeprefix("市")
    return shorter if len(shorter) >= len("工业园区") and shorter[0] != "港" else official


def _english_name(name: str) -> str:
    if name in _NAMES:
        return _NAMES[name]
    zone = next((z for z in _ZONES if name.endswith(z)), "")
    stem = name.removesuffix(zone) if zone else re.sub(r"(?<=..)[县镇乡旗盟]$", "", name)
    return f"{_spelt(stem)} {_ZONES.get(zone, '')}".strip()


@functools.cache
def _load_phrases() -> None:
    """重庆 is Chongqing, although 重 alone is zhong."""
    from pypinyin.phrases_dict import phrases_dict

    load_phrases_dict(phrases_dict)


def _spelt(name: str) -> str:
    """Guangzhou, Xi'an."""
    _load_phrases()
    syllables = lazy_pinyin(name, v_to_u=True)
    return "".join(f"'{s}" if i and s[0] in "aeo" else s for i, s in enumerate(syllables)).capitalize()
