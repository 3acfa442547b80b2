from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_desktop.core.names import name_core
from importers.fillers import PARSERS
from importers.layout import Column
from importers.mapping import Guess
from importers.readers import Cell
from importers.values import cells, days, money, people, phones, regions
from importers.values.cells import UnreadableError
from importers.values.days import Month, Order
from importers.values.people import Person
from importers.values.regions import Region


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("19900001234", ["19900001234"]),
        (19900001234, ["19900001234"]),
        ("199-0000-1234", ["19900001234"]),
        ("170 0000 2948", ["17000002948"]),
        ("１９９－００００－４８１７", ["19900004817"]),
        ("+8619900001234", ["19900001234"]),
        ("86 199 0000 1234", ["19900001234"]),
        ("017000000822", ["17000000822"]),
        ("020-55501234", ["020-55501234"]),
        ("020 55501234", ["020-55501234"]),
        ("（020）55501234", ["020-55501234"]),
        ("02055507690", ["020-55507690"]),
        ("057455504806", ["0574-55504806"]),
        ("07545550817", ["0754-5550817"]),
        (2055503623, ["020-55503623"]),
        ("7545550817", ["0754-5550817"]),
        ("86-20-55504849", ["020-55504849"]),
        ("+86-20-55509901", ["020-55509901"]),
        ("+86 (756) 5550091 x8016", ["0756-5550091-8016"]),
        ("+86 (20) 55503993", ["020-55503993"]),
        ("020—55501164-12", ["020-55501164-12"]),
        ("020-55507778转8016", ["020-55507778-8016"]),
        ("020-55501751ext.12", ["020-55501751-12"]),
        ("021-55507713/55502627ext.108", ["021-55507713", "021-55502627-108"]),
        ("(021)55508249/55507605转 108", ["021-55508249", "021-55507605-108"]),
        ("020-55501102、55501103；0755-5550001", ["020-55501102", "020-55501103", "0755-5550001"]),
        ("19900007241 ::: 0592-5550435转801", ["19900007241", "0592-5550435-801"]),
        ("19900001111 02055501234", ["19900001111", "020-55501234"]),
        ("55501234", ["55501234"]),
        ("400-820-8820", ["400-820-8820"]),
        ("(431) 555-0109", ["(431) 555-0109"]),
        ("+852 2345 6789", ["+852 2345 6789"]),
        ("+1 212 555 0123", ["+1 212-555-0123"]),
        ("020-55501102/020-55501102", ["020-55501102"]),
        ("-", []),
        ("不详", []),
        (None, []),
    ],
)
def test_telephone_numbers(written: Cell, meant: list[str]) -> None:
    assert phones.phones(written) == meant


@pytest.mark.parametrize("written", ["1.99E+10", "1.7e+10", "待查", "见备注"])
def test_what_is_no_telephone_number_is_told(written: str) -> None:
    with pytest.raises(UnreadableError):
        phones.phones(written)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (datetime(2002, 11, 6), date(2002, 11, 6)),  # noqa: DTZ001
        (date(2002, 11, 6), date(2002, 11, 6)),
        (36649, date(2000, 5, 3)),
        ("36864", date(2000, 12, 4)),
        ("2003-05-06", date(2003, 5, 6)),
        ("2003.5.6", date(2003, 5, 6)),
        ("2003/9/16 0:00:00", date(2003, 9, 16)),
        ("20030319", date(2003, 3, 19)),
        ("03/5/6", date(2003, 5, 6)),
        ("99/6/8", date(1999, 6, 8)),
        ("50/1/2", date(1950, 1, 2)),
        ("49/1/2", date(2049, 1, 2)),
        ("2003年5月6日", date(2003, 5, 6)),
        ("2003年5月", Month(2003, 5)),
        ("2003-05", Month(2003, 5)),
        ("9/18/1972", date(1972, 9, 18)),
        ("18/9/1972", date(1972, 9, 18)),
        ("3 May 2003", date(2003, 5, 3)),
        ("May 2003", Month(2003, 5)),
        ("0/0/00", None),
        ("0-0-0", None),
        ("", None),
    ],
)
def test_days(written: Cell, meant: date | Month | None) -> None:
    assert days.day(written) == meant


@pytest.mark.parametrize(("order", "meant"), [("dmy", date(2016, 10, 20)), ("ymd", date(2020, 10, 16)), ("mdy", None)])
def test_order_of_day_and_month_can_be_chosen(order: Order, meant: date | None) -> None:
    if meant is None:
        with pytest.raises(UnreadableError):
            days.day("20-10-16", order)
    else:
        assert days.day("20-10-16", order) == meant


@pytest.mark.parametrize("written", ["2003年?月", "2003.13.6", "去年底", "待查", "2003-02-30", "7"])
def test_what_is_no_day_is_told(written: str) -> None:
    with pytest.raises(UnreadableError):
        days.day(written)


def test_column_gives_its_order_away() -> None:
    assert days.order_of(["3/4/1955", "9/18/1972"]) == "mdy"
    assert days.order_of(["3/4/1955", "18/9/1972"]) == "dmy"
    assert days.order_of(["2003-5-6", None, 5]) == "ymd"
    assert days.order_of([f"{day:02}-10-{16 + day % 2}" for day in range(1, 29)]) == "dmy"
    assert days.order_of([f"10/{day:02}/16" for day in range(1, 29)]) == "ymd", "nothing says that 16 is no day"
    assert days.order_of([f"05-{day % 12 + 1:02}-{day:02}" for day in range(1, 29)]) == "ymd"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1968-03-11", "1968-03-11"),
        ("--11-11", "--11-11"),
        ("5月12日", "--05-12"),
        ("0/0/00", None),
        (date(1972, 9, 18), "1972-09-18"),
    ],
)
def test_birthdays(written: Cell, meant: str | None) -> None:
    assert days.birthday(written) == meant


def test_year_alone_is_its_first_day() -> None:
    assert days.year(1996) == days.year("1996年") == date(1996, 1, 1)


@pytest.mark.parametrize(
    ("written", "unit", "meant"),
    [
        (4.15, 10_000, 41_500),
        (30605.7, 10_000, 306_057_000),
        ("29,000.00", 1, 29_000),
        ("￥341,500", 1, 341_500),
        ("¥16,500.00", 1, 16_500),
        ("38000元", 1, 38_000),
        ("1.2万", 1, 12_000),
        ("(1,200)", 1, -1_200),
        ("-5", 1, -5),
        ("不详", 1, None),
    ],
)
def test_money(written: Cell, unit: int, meant: int | None) -> None:
    assert money.money(written, unit) == (None if meant is None else Decimal(meant))


def test_unit_stands_in_the_label() -> None:
    assert money.unit_of("累计成交额\n(万元)") == 10_000
    assert money.unit_of("revenue (millions)") == 1_000_000
    assert money.unit_of("成交额(元)") == 1


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("广州天河", ("广东", "广州", "天河")),
        ("佛山市", ("广东", "佛山", "")),
        ("江苏南京", ("江苏", "南京", "")),
        ("安徽/合肥", ("安徽", "合肥", "")),
        ("广东省-惠州市-惠阳", ("广东", "惠州", "惠阳")),
        ("上海-上海市-静安", ("上海", "上海", "静安")),
        ("上海徐汇", ("上海", "上海", "徐汇")),
        ("上海", ("上海", "上海", "")),
        ("广东省-中山市-小榄镇", ("广东", "中山", "小榄镇")),
        ("中山火炬区", ("广东", "中山", "火炬区")),
        ("苏州工业园区", ("江苏", "苏州", "工业园区")),
        ("海南省海口市", ("海南", "海口", "")),
        ("广西", ("广西", "", "")),
        ("广西壮族自治区南宁市", ("广西", "南宁", "")),
        ("吉林", ("吉林", "", "")),
        ("延边", ("吉林", "延边", "")),
        ("昆山市", ("江苏", "苏州", "昆山")),
    ],
)
def test_regions(written: str, meant: tuple[str, str, str]) -> None:
    found = regions.region(written)
    assert found is not None
    assert (found.province, found.city, found.district) == meant
    assert found.code


def test_region_of_the_list_has_its_code() -> None:
    found = regions.region("广州市天河区")
    assert found is not None
    assert found.code == "440106"


def test_words_that_name_no_region_are_told() -> None:
    with pytest.raises(UnreadableError):
        regions.region("华南大区")
    assert regions.region("United States") == Region(country="United States")


def test_region_is_kept_in_words_as_its_script_writes_it() -> None:
    assert str(Region("ON", "North Barrow", country="CA")) == "CA ON North Barrow"
    assert str(Region("广东", "广州", "海珠")) == "广东广州海珠"


@pytest.mark.parametrize(
    ("written", "meant", "loose"),
    [
        ("植工:0592-5550688转801", [Person("植工", None, ["0592-5550688-801"])], []),
        (
            "孙娜(17000009713/0757-55502763)；胡生(19900003530)",
            [Person("孙娜", None, ["17000009713", "0757-55502763"]), Person("胡生", None, ["19900003530"])],
            [],
        ),
        ("0760 5550610", [], ["0760-5550610"]),
        ("吕桂英：170 0000 2948/02555508870", [Person("吕桂英", None, ["17000002948", "025-55508870"])], []),
        ("17000007159(解经理)", [Person("解经理", None, ["17000007159"])], []),
        (
            "黎玉兰：19900008589, 宋小姐：199-0000-3960, 曾树生(文员)：17000004866",
            [
                Person("黎玉兰", None, ["19900008589"]),
                Person("宋小姐", None, ["19900003960"]),
                Person("曾树生", "文员", ["17000004866"]),
            ],
            [],
        ),
        (
            "曾浩(199-0000-6184)\n曾先生(17000007057/0757 55505751ext.8016)",
            [Person("曾浩", None, ["19900006184"]), Person("曾先生", None, ["17000007057", "0757-55505751-8016"])],
            [],
        ),
        (
            "潘嘉欣(设备科长) 19900008028、石小姐 17000003313",
            [Person("潘嘉欣", "设备科长", ["19900008028"]), Person("石小姐", None, ["17000003313"])],
            [],
        ),
        ("019900001305/86-757-55501386转8016 袁琳", [Person("袁琳", None, ["19900001305", "0757-55501386-8016"])], []),
        ("199-0000-2191/0591—55505615(贺莹)", [Person("贺莹", None, ["19900002191", "0591-55505615"])], []),
        ("19900004949 谭桂英(前台)", [Person("谭桂英", "前台", ["19900004949"])], []),
        ("田志强(前台):（020）55501838", [Person("田志强", "前台", ["020-55501838"])], []),
        ("白磊、19900007702，0551-5550072", [Person("白磊", None, ["19900007702", "0551-5550072"])], []),
    ],
)
def test_people_with_their_numbers(written: str, meant: list[Person], loose: list[str]) -> None:
    assert people.people(written) == (meant, loose)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("白磊(老板)", Person("白磊", "老板")),
        ("严晓东 厂务主管", Person("严晓东", "厂务主管")),
        ("王　海", Person("王海")),
        ("王 海 经理", Person("王海", "经理")),
        ("Robert Whitcombe", Person("Robert Whitcombe")),
    ],
)
def test_name_and_position(written: str, meant: Person) -> None:
    assert people.person(cells.folded(written)) == meant


def test_wrappers_blanks_and_full_width_go() -> None:
    assert cells.plain('="0760-5550978"') == "0760-5550978"
    assert cells.plain("230023\t") == "230023"
    assert cells.line("润锐（上海）\n物流公司") == "润锐（上海）物流公司"
    assert cells.line("广州 润源装饰工程　有限公司") == "广州润源装饰工程有限公司"
    assert cells.line("广州市ＯＫ物资商行") == "广州市OK物资商行"
    assert cells.line("Acme  Corporation ") == "Acme Corporation"
    assert cells.level("Ｂ级") == "B"
    assert cells.code(510100999845592) == "510100999845592"
    assert cells.website("http://www.longjietyzx.example/") == "www.longjietyzx.example"
    assert cells.email_and_website("info@a.example / www.a.example") == ("info@a.example", "www.a.example")
    assert cells.email("/O=SUIJIE/OU=GUANGZHOU/CN=RECIPIENTS/CN=X") is None


@pytest.mark.parametrize(
    "written",
    [
        "广州市润源装饰工程有限公司",
        "广州 润源装饰工程　有限公司",
        "广州润源装饰工程有限责任公司",
        "广州润源装饰工程公司",
        "(广州)润源装饰工程股份有限公司",
    ],
)
def test_spellings_of_one_company_have_one_core(written: str) -> None:
    assert name_core(written) == name_core("广州润源装饰工程有限公司")


def test_place_and_branch_keep_companies_apart() -> None:
    assert name_core("昌博（上海）物业管理公司") != name_core("昌博（惠州）物业管理公司")
    assert name_core("东莞喆航食品有限公司温州分公司") != name_core("东莞喆航食品有限公司")
    assert name_core("公司") == "公司"


PIECES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            *"0123456789年月日-/.:()（）转元万￥,;、\n+#x",
            "ext.",
            "020-",
            "199",
            "86",
            "1.9E+10",
            "广州",
            "王海",
            '="',
            "@",
        ]
    ),
)
CELLS = st.one_of(
    st.lists(PIECES, max_size=12).map("".join),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.none(),
)


def read_by(kind: str, cell: Cell) -> object:
    return PARSERS[kind](cell, Guess(Column(0, "", "x"), None, 0, ""))


READERS: list[Callable[[Cell], object]] = [
    *(partial(read_by, kind) for kind in PARSERS),
    phones.split,
    people.people,
    people.names,
    cells.email_and_website,
    cells.text,
]


@settings(max_examples=400, deadline=None)
@given(CELLS)
def test_any_cell_is_read_or_unreadable_and_nothing_else(cell: Cell) -> None:
    for reader in READERS:
        try:
            value = reader(cell)
        except UnreadableError:
            continue
        assert value is None or value == value  # noqa: PLR0124 - no NaN comes out
