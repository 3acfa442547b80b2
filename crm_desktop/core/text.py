"""How names are found and sorted: pinyin keys, search lines, and the pieces of them that the database indexes.

A row's search text is a few lines: the name, its pinyin initials, its full pinyin, codes, and the digits of its
telephone numbers. Its grams are all one- and two-character pieces of the lines (trigrams find nothing for two
Chinese characters), the pieces of four letters or digits (there are few different pairs of those), and exact tokens
that begin with ``=``. A typed word is looked up by its longest pieces and then rechecked.
"""

from __future__ import annotations

import functools
import operator
import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

# Characters that are read otherwise in these words than alone; whole phrase tables cost forty times as much a name.
_PHRASES = {
    "重庆": ("chong", "qing"),
    "厦门": ("xia", "men"),
    "长安": ("chang", "an"),
    "长沙": ("chang", "sha"),
    "长春": ("chang", "chun"),
    "长江": ("chang", "jiang"),
    "长城": ("chang", "cheng"),
    "长兴": ("chang", "xing"),
    "银行": ("yin", "hang"),
    "商行": ("shang", "hang"),
    "车行": ("che", "hang"),
    "行业": ("hang", "ye"),
    "音乐": ("yin", "yue"),
    "乐器": ("yue", "qi"),
    "六安": ("lu", "an"),
    "蚌埠": ("beng", "bu"),
    "朝阳": ("chao", "yang"),
    "大厦": ("da", "sha"),
    "番禺": ("pan", "yu"),
    "会计": ("kuai", "ji"),
    "都市": ("du", "shi"),
    "成都": ("cheng", "du"),
    "调味": ("tiao", "wei"),
    "重工": ("zhong", "gong"),
    "中行": ("zhong", "hang"),
    "工行": ("gong", "hang"),
}
_SURNAMES = {
    "单": "shan",
    "曾": "zeng",
    "解": "xie",
    "仇": "qiu",
    "查": "zha",
    "区": "ou",
    "朴": "piao",
    "翟": "zhai",
    "乐": "yue",
    "任": "ren",
    "盖": "ge",
    "尉": "yu",
    "华": "hua",
    "冼": "xian",
    "召": "shao",
    "缪": "miao",
    "宓": "mi",
    "祭": "zhai",
}
_PERSON_LENGTHS = range(2, 5)
_SORT_LENGTH = 16
_DIGITS = re.compile(r"\D+")
_PHONE_LIKE = re.compile(r"[+(]*\d[\d\s()+\-./*#]*")
_COUNTRY_CODE = re.compile(r"(\+|00)86[\s-]*")
_BLANKS = re.compile(r"\s+")
_RUNS = re.compile(r"[a-z0-9]+(?:[-._/][a-z0-9]+)*|[^\W\da-z_]+")
_EMPTY_CHARACTERS = frozenset("的了着过是在有和与或也都就还又很太再吗呢吧啊么什怎哪这那个们我你您他她它请把被给让一")
"""Of a piece with one of these a sentence says nothing that tells it from others."""


class SearchKeys(NamedTuple):
    """The three search columns of a row."""

    sort_key: str
    search_text: str
    search_grams: list[str]


def normalise(text: str) -> str:
    """Unicode NFKC, lower case, blanks single: what is stored and what is typed meet in this form."""
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", text)).strip().lower()


def digits(text: str) -> str:
    """Only the digits of a telephone number, without China's own country code."""
    return _DIGITS.sub("", _COUNTRY_CODE.sub("", unicodedata.normalize("NFKC", text).strip()))


@functools.lru_cache(maxsize=50_000)
def _reading(character: str) -> str:
    """The usual reading without tone, or the character itself."""
    from pypinyin import pinyin_dict  # a tenth of a second of every start, for those who save something
    from pypinyin.contrib.tone_convert import to_normal

    readings = pinyin_dict.pinyin_dict.get(ord(character))
    return to_normal(readings.split(",")[0]).replace("ü", "v") if readings else character


def pinyin(name: str) -> list[str]:
    """One syllable for each Chinese character of ``name`` (normalised), other characters as they are."""
    syllables = [_reading(c) for c in name]
    for start in range(len(name) - 1):
        phrase = _PHRASES.get(name[start : start + 2])
        if phrase:
            syllables[start : start + 2] = phrase
    if len(name) in _PERSON_LENGTHS and name[0] in _SURNAMES:
        syllables[0] = _SURNAMES[name[0]]
    return syllables


def sort_key(name: str) -> str:
    """A key that sorts by pinyin under the C collation; the same characters stand together."""
    name = normalise(name)[:_SORT_LENGTH]
    pairs = zip(name, pinyin(name), strict=True)
    return "".join(c if c == p else f"{p} {c}" for c, p in pairs)


def _name_lines(name: str) -> list[str]:
    syllables = pinyin(name)
    if all(s == c for s, c in zip(syllables, name, strict=True)):
        return [name]
    return [name, "".join(s[0] for s in syllables if s != " "), "".join(syllables)]


def pieces(line: str) -> set[str]:
    """All pieces of one and two characters, and those of four letters or digits."""
    pairs = list(map(operator.add, line, line[1:]))
    return {*line, *pairs, *filter(str.isascii, map(operator.add, pairs, pairs[2:]))}


def telling_pieces(word: str) -> list[str]:
    """The pieces of a word (normalised) that say most: of four letters or digits, else of two characters."""
    length = min(len(word), 4 if len(word) >= 4 and word.isascii() else 2)  # noqa: PLR2004 - as in ``pieces``
    return sorted({word[i : i + length] for i in range(len(word) - length + 1)})


def phone_token(phone: str) -> str:
    """The exact token of a telephone number, by which duplicates are found; empty for fewer than 7 digits."""
    number = digits(phone)
    return f"={number}" if len(number) >= 7 else ""  # noqa: PLR2004 - shorter ones are extensions


def email_token(email: str) -> str:
    """The exact token of an e-mail address."""
    return f"={normalise(email)}"


def search_keys(
    name: str,
    texts: Iterable[str | None] = (),
    phones: Iterable[str] = (),
    emails: Iterable[str | None] = (),
    passages: Iterable[str] = (),
) -> SearchKeys:
    """The search columns of a row: ``name`` and ``texts`` by characters and pinyin, ``phones`` by digits, ``passages``,
    which are long, by characters alone.
    """
    lines: dict[str, None] = {}
    for text in (name, *texts):
        if text:
            lines.update(dict.fromkeys(_name_lines(normalise(text))))
    grams: set[str] = set()
    for phone in phones:
        lines[digits(phone)] = None
        grams.add(phone_token(phone))
    for email in emails:
        if email:
            lines[normalise(email)] = None
            grams.add(email_token(email))
    lines.update(dict.fromkeys(map(normalise, passages)))
    lines.pop("", None)
    for line in lines:
        grams |= pieces(line)
    grams -= {"", " "}
    return SearchKeys(sort_key(name), "\n".join(lines), sorted(grams))


class TypedWord(NamedTuple):
    """One word somebody typed: the pieces to look up, and the text to recheck."""

    grams: list[str]
    text: str


def typed_words(typed: str) -> list[TypedWord]:
    """The words of a search; all must be found. A telephone number in whatever format is one word of digits."""
    typed = normalise(typed)
    words = [digits(typed)] if _PHONE_LIKE.fullmatch(typed) else typed.split(" ")
    return [TypedWord(telling_pieces(word), word) for word in words if word]


def told_words(sentence: str) -> list[TypedWord]:
    """What a sentence in whatever order is about: its Latin words and numbers, and the pairs of its Chinese characters,
    without those that say nothing. Each once, in their order.
    """
    words: list[str] = []
    for run in _RUNS.findall(normalise(sentence)):
        words += [run] if run.isascii() or len(run) == 1 else map(operator.add, run, run[1:])
    telling = [word for word in words if word.isascii() or _EMPTY_CHARACTERS.isdisjoint(word)] or words
    return [TypedWord(telling_pieces(word), word) for word in dict.fromkeys(telling)]
