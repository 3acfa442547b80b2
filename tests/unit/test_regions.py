from __future__ import annotations

from crm_desktop.services.regions import read_regions

REGIONS = list(read_regions())
BY_CODE = {region.code: region for region in REGIONS}


def test_regions_are_named_as_people_write_them() -> None:
    path = [BY_CODE[code].name for code in ("44", "4401", "440106")]
    assert path == ["广东", "广州", "天河"]
    assert BY_CODE["45"].name == "广西"
    assert BY_CODE["15"].name == "内蒙古"
    assert BY_CODE["310115"].name == "浦东"
    assert {"虎门镇", "工业园区", "博罗县"} <= {region.name for region in REGIONS}


def test_regions_have_english_names() -> None:
    english = [BY_CODE[code].name_en for code in ("44", "440106", "61", "6101", "15", "320576")]
    assert english == ["Guangdong", "Tianhe", "Shaanxi", "Xi'an", "Inner Mongolia", "Industrial Park"]
    assert all(region.name_en.replace("ü", "u").isascii() for region in REGIONS)


def test_parents_come_first() -> None:
    seen = {""}
    for region in REGIONS:
        assert region.parent_code in seen
        seen.add(region.code)


def test_names_are_unique_among_siblings() -> None:
    assert len({(region.parent_code, region.name) for region in REGIONS}) == len(REGIONS)
