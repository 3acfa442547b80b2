"""The words by which columns of lists are known, in both languages (``labels.tsv``: one target a line).

A label stands for one target. What depends on the rest of the table (whose telephone number it is) or on the
values is decided in ``mapping``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Target:
    """What a column can mean: a field of an entity, the kind of its values, the labels it is known by. The entity
    ``-`` stands for columns that mean nothing to us.
    """

    entity: str
    field: str
    kind: str
    labels: tuple[str, ...] = ()


_UNIT = re.compile(
    r"[(\[【](?:人民币|单位)?:?(?:百万|千万|万|亿|千)?(?:元|圆|美元|人|小时|cny|rmb|usd|millions?|k)[)\]】]"
)
_NOISE = re.compile(r"[\s*::、,,.。·_?!\"'#()\[\]【】\-]+")


def label_key(label: object) -> str:
    """The label as labels are compared: folded, without unit, blanks and punctuation. Slashes stay."""
    text = unicodedata.normalize("NFKC", str(label or "")).casefold()
    return _NOISE.sub("", _UNIT.sub("", "".join(text.split())))


def _read_targets() -> tuple[Target, ...]:
    lines = Path(__file__).with_name("labels.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return tuple(Target(entity, field, kind, tuple(labels.split("|"))) for entity, field, kind, labels in rows)


_ALL = _read_targets()
TARGETS = tuple(target for target in _ALL if target.entity in {"customer", "contact", "-"})
"""Of lists of customers, which hold their contacts too."""
OTHER_TARGETS = tuple(target for target in _ALL if target not in TARGETS)
"""Of everything else: a list of one kind of record, beside what its fields are called."""

CONTACT_GROUP = frozenset(("联系人", "主要联系人", "首要联系人", "联系人信息", "联系人资料", "contact", "contacts"))
"""Group headings under which a telephone number, a name or a mailbox belongs to the person."""

COMPANY_WORDS = re.compile(
    r"(公司|厂|店|行|中心|集团|学校|医院|酒店|局|院|所|部|\b(ltd|inc|llc|corp|gmbh|plc)\.?)$", re.IGNORECASE
)
"""How names of companies and public bodies end."""

_KNOWN = {label_key(label) for target in _ALL for label in target.labels} | CONTACT_GROUP


def target(entity: str, field: str) -> Target:
    """The target of a field; the field must be one of ``TARGETS``."""
    return next(found for found in TARGETS if (found.entity, found.field) == (entity, field))


def is_label(text: str) -> bool:
    """Whether the text is known as a heading of a column or of a group of columns."""
    return label_key(text) in _KNOWN
