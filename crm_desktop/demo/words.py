"""The word lists in ``resources/samples``, and the places where the sample firm's customers are."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from typing import Any, NamedTuple

from crm_desktop.core.paths import RESOURCES
from crm_desktop.services.regions import read_regions


def read_words(name: str) -> dict[str, Any]:
    """The contents of ``resources/samples/<name>.toml``."""
    return tomllib.loads((RESOURCES / "samples" / f"{name}.toml").read_text(encoding="utf-8"))


class Place(NamedTuple):
    """One district where customers are."""

    region_code: str
    province: str
    city: str
    address: str
    """How addresses there begin: 广州市天河区."""
    area_code: str
    postcode: str


def read_places(cities: list[tuple[str, int, str, str]]) -> dict[str, list[Place]]:
    """The districts of each city by the city's code; ``cities`` as in ``names.toml``."""
    regions = {region.code: region for region in read_regions()}
    districts = defaultdict(list)
    for region in regions.values():
        if len(region.code) > len("4401") and region.code[4] != "7":  # a zone inside a district
            districts[region.parent_code].append(region)
    return {
        code: [
            Place(
                district.code, regions[code[:2]].name, regions[code].name,
                regions[code].official_name + district.official_name, area_code, postcode,
            )
            for district in districts[code]
        ]
        for code, _weight, area_code, postcode in cities
    }  # fmt: skip
