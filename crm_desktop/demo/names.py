"""Invented companies, people, telephone and tax numbers: believable, unique, and never anybody's.

Telephone numbers come from ranges that are well-formed and obviously invented (55x before a landline's number,
199 00 and 170 00), addresses end in ``.example``, tax numbers have an organisation code that is not issued.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from crm_desktop.core import text
from crm_desktop.demo.draw import Dice
from crm_desktop.demo.words import Place

_LANDLINES = 90_000
_MOBILES = 990_000
_STRIDE = 7_919  # a prime: neighbours in the list get numbers far apart
_TAX_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_TAX_WEIGHTS = [pow(3, position, 31) for position in range(17)]
_PLAIN_INDUSTRIES = ("administration",)  # schools and hospitals have no legal form in their names


class Company(NamedTuple):
    """A customer's name and what follows from it; a person has no brand."""

    name: str
    short_name: str
    brand: str
    domain: str


class Names:
    """Draws names and numbers; no company and no number twice."""

    def __init__(self, words: dict[str, Any], dice: Dice) -> None:
        self._words = words
        self._dice = dice
        self._used: set[str] = set()
        self._landlines: dict[str, int] = {}
        self._mobiles = 0
        self._tax_numbers = 0

    def company(self, place: Place, industry: str, brand: str = "", trade: str = "") -> Company:
        """A new company of an industry; ``brand`` and ``trade`` as given as long as the name is not taken."""
        pick, trades = self._dice.pick, self._words["trades"][industry]
        brand, trade = brand or self._brand(2), trade or pick(trades)
        where = place.province if self._dice.chance(0.06) else place.city
        while where + brand + trade in self._used:
            brand, trade = brand if self._dice.chance(0.5) else self._brand(3), pick(trades)
        self._used.add(where + brand + trade)
        domain = self._domain("".join(text.pinyin(brand)) + "".join(s[0] for s in text.pinyin(trade + where)))
        name = self._written(place, where, brand, trade + self._legal_form(industry, trade))
        return Company(name, brand + trade, brand, domain)

    def individual(self) -> Company:
        """Somebody who is a customer himself."""
        name = self.person()
        while name in self._used:
            name = self.person()
        self._used.add(name)
        return Company(name, "", "", "mail.example")

    def person(self) -> str:
        """Two or three characters."""
        dice, words = self._dice, self._words
        surname = dice.pick(words["surnames"])
        if dice.chance(0.3):
            return str(surname + dice.pick(words["given_one"]))
        return str(surname + dice.pick(words["given_first"]) + dice.pick(words["given_second"]))

    def landline(self, area_code: str) -> str:
        """``020-55512345``."""
        serial = self._landlines.get(area_code, 0)
        self._landlines[area_code] = serial + 1
        block, position = divmod(serial, _LANDLINES)
        return f"{area_code}-{555 + block}{10_000 + position * _STRIDE % _LANDLINES}"

    def mobile(self) -> str:
        """``19900123456``."""
        block, position = divmod(self._mobiles, _MOBILES)
        self._mobiles += 1
        return f"{('19900', '17000')[block]}{10_000 + position * _STRIDE % _MOBILES:06}"

    def tax_number(self, region_code: str) -> str:
        """Eighteen characters with their check character (GB 32100)."""
        self._tax_numbers += 1
        body = f"91{region_code[:6]}9{self._tax_numbers * _STRIDE % 10_000_000:07}0"
        rest = sum(int(c) * weight for c, weight in zip(body, _TAX_WEIGHTS, strict=True)) % 31
        return body + _TAX_CHARACTERS[-rest % 31]

    def _domain(self, name: str) -> str:
        number = 1
        while (domain := f"{name}{number if number > 1 else ''}.example") in self._used:
            number += 1
        self._used.add(domain)
        return domain

    def _brand(self, length: int) -> str:
        first: str = self._dice.pick(self._words["brand_first"])
        return first + "".join(self._dice.sample(self._words["brand_second"], length - 1))

    def _legal_form(self, industry: str, trade: str) -> str:
        if industry in _PLAIN_INDUSTRIES or trade.endswith("事务所"):
            return ""
        if industry == "manufacturing" and self._dice.chance(0.08):
            return "厂"
        return "有限公司" if self._dice.chance(0.85) else "有限责任公司" if self._dice.chance(0.6) else "股份有限公司"

    def _written(self, place: Place, where: str, brand: str, rest: str) -> str:
        """The ways to write a place into a name."""
        if where == place.city and self._dice.chance(0.06):
            return f"{brand}（{where}）{rest}"
        if where == place.city and self._dice.chance(0.1):
            return f"{where}市{brand}{rest}"
        return f"{where}{brand}{rest}"
