"""When two company names mean the same company."""

from __future__ import annotations

import re
import unicodedata

LEGAL_FORMS = ("股份有限公司", "有限责任公司", "股份公司", "有限公司", "总公司", "公司")
_IGNORED = re.compile(r"[\s()\[\]{}〔〕【】<>《》「」\"'“”‘’,.。·省市]+")


def name_core(name: str) -> str:
    """What is left of a name without blanks, brackets, full width, 省, 市 and the legal form at its end.

    Names of one core are the same company. Place names stay: a branch elsewhere is another customer.
    """
    folded = _IGNORED.sub("", unicodedata.normalize("NFKC", name).casefold())
    form = next((form for form in LEGAL_FORMS if folded.endswith(form)), "")
    return folded.removesuffix(form) or folded
