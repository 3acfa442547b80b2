"""Lists of one kind of record, a row each, and a public pipeline of 8,800 opportunities from end to end."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from sqlalchemy import text

from crm_desktop.core.errors import NoRightError
from crm_desktop.db.engine import Gateway
from crm_desktop.entities.sales_reports import LOST, PEOPLE, TRACKING, WON
from crm_desktop.services import journal
from crm_desktop.services.analysis import fetch_report
from crm_desktop.services.analysis_parameters import Parameters
from crm_desktop.services.dictionaries import NewEntry, add_entries
from crm_desktop.services.lookup import fetch_choices
from crm_desktop.services.records import create_record, fetch_record, new_record
from crm_desktop.spec import Ref
from crm_desktop.spec.report import ReportSpec
from importers import run
from importers.plan import Fate, MatchRule, OnMatch
from tests.db.conftest import SignIn
from tests.db.maven_oracle import Maven, Sums

MAVEN = Path(__file__).parents[1] / "data" / "maven-crm"
STAGES = (("Prospecting", "open", 10), ("Engaging", "open", 40), ("Won", "won", 100), ("Lost", "lost", 0))


def do_import(
    gateway: Gateway,
    entity: str,
    path: Path,
    on_match: OnMatch = OnMatch.FILL,
    mapping: Mapping[str, str] = MappingProxyType({}),
) -> run.Result:
    opened = run.open_file(path, entity)
    source = run.with_mapping(opened, mapping, None).chosen()
    with gateway.long_write() as session:
        return run.import_records(session, gateway.person, source.read(), source, MatchRule(on_match))


def write_csv(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def rows(gateway: Gateway, statement: str) -> list[tuple[Any, ...]]:
    with gateway.read() as session:
        return [tuple(row) for row in session.execute(text(statement))]


def make_process(gateway: Gateway) -> None:
    """What the manual tells to do in the window before such an import."""
    with gateway.write() as session:
        choices = fetch_choices(session)
        process = create_record(session, new_record("sales_process", gateway.person, name="Hardware"))
        for order, (name, outcome, probability) in enumerate(STAGES):
            values = {
                "name": name,
                "process": Ref(process.id, "Hardware"),
                "sort_order": order,
                "outcome": choices.find("outcome", outcome),
                "probability": probability,
            }
            create_record(session, new_record("sales_stage", gateway.person, choices, **values))


def add_sectors(gateway: Gateway) -> None:
    """As one pastes them into the dictionary of industries."""
    with gateway.write() as session:
        industries = session.execute(text("select id from crm.dictionary where code = 'industry'")).scalar_one()
        sectors = sorted({deal["sector"] for deal in Maven(MAVEN).deals} - {"", "finance"})  # that is there
        add_entries(session, fetch_record(session, "dictionary", industries), [NewEntry(sector) for sector in sectors])


def quarter(day: str) -> str:
    """Of a day as the data set writes it: 25-10-16."""
    _day, month, year = map(int, day.split("-"))
    return f"20{year}-{(month + 2) // 3}"


def test_public_pipeline_comes_in_whole_and_adds_up(sign_in: SignIn) -> None:
    administrator = sign_in("admin")
    make_process(administrator)
    add_sectors(administrator)
    with administrator.long_write() as session:
        accounts = run.open_file(MAVEN / "accounts.csv").chosen()
        run.import_records(session, administrator.person, accounts.read(), accounts)
    assert do_import(administrator, "product_category", MAVEN / "products.csv").written.created == {
        "product_category": 3
    }
    assert do_import(administrator, "product", MAVEN / "products.csv").written.created == {"product": 7}
    teams = MAVEN / "sales_teams.csv"
    assert do_import(administrator, "department", teams).written.created == {"department": 3}
    managers = {"manager": "employee.name", "sales_agent": ""}
    assert do_import(administrator, "employee", teams, mapping=managers).written.created == {"employee": 6}
    assert do_import(administrator, "employee", teams).written.created == {"employee": 35}

    administrator = sign_in("admin")  # who may give records to those who came
    result = do_import(administrator, "opportunity", MAVEN / "sales_pipeline.csv")
    assert result.written.created == {"opportunity": 8_800, "opportunity_line": 8_800}
    assert result.rejects == ()
    assert [warning for row in result.plan.rows for warning in row.warnings] == [
        "Product “GTXPro” is taken for “GTX Pro”, in all rows."
    ]

    by_stage = rows(
        administrator,
        """
            select s.name, count(*), count(o.customer_id), coalesce(sum(o.amount), 0) from crm.opportunity o
            join crm.sales_stage s on s.id = o.stage_id join crm.sales_process p on p.id = s.process_id
            where p.name = 'Hardware' group by s.name, s.sort_order order by s.sort_order
        """,
    )
    assert by_stage == [
        ("Prospecting", 500, 163, 0), ("Engaging", 1_589, 501, 0), ("Won", 4_238, 4_238, 10_005_534),
        ("Lost", 2_473, 2_473, 0),
    ]  # fmt: skip
    assert round(100 * 4_238 / (4_238 + 2_473), 2) == 63.15

    with (MAVEN / "sales_pipeline.csv").open(encoding="utf-8", newline="") as file:
        pipeline = list(csv.DictReader(file))
    expected: Counter[tuple[Any, ...]] = Counter()
    products: Counter[tuple[str, str]] = Counter()
    for line in pipeline:
        products[line["product"].replace("GTXPro", "GTX Pro"), line["deal_stage"]] += 1
        if line["deal_stage"] in {"Won", "Lost"}:
            expected[line["sales_agent"], quarter(line["close_date"]), line["deal_stage"]] += int(line["close_value"])
            expected[line["sales_agent"], quarter(line["close_date"]), line["deal_stage"], "deals"] += 1
    found: Counter[tuple[Any, ...]] = Counter()
    for agent, when, stage, deals, value in rows(
        administrator,
        """
            select e.name, to_char(o.closed_on, 'YYYY-Q'), s.name, count(*), sum(o.amount) from crm.opportunity o
            join crm.employee e on e.id = o.owner_id join crm.sales_stage s on s.id = o.stage_id
            where o.closed_on is not null and s.name in ('Won', 'Lost') group by 1, 2, 3
        """,
    ):
        found[agent, when, stage] += value
        found[agent, when, stage, "deals"] += deals
    assert found == expected
    lines = """
        select p.name, s.name, count(*) from crm.opportunity_line l join crm.product p on p.id = l.product_id
        join crm.opportunity o on o.id = l.opportunity_id join crm.sales_stage s on s.id = o.stage_id
        where l.unit_price = p.list_price group by 1, 2
    """
    assert {(product, stage): count for product, stage, count in rows(administrator, lines)} == products
    assert rows(administrator, "select count(*) from crm.opportunity where opened_on > closed_on") == [(0,)]
    check_reports(administrator)
    check_rights(administrator, sign_in("seller"))


def check_reports(gateway: Gateway) -> None:
    """The reports say what an independent calculation from the files does."""
    maven = Maven(MAVEN)
    for dimension, column in (
        ("owner", "sales_agent"), ("superior", "manager"), ("department", "office"), ("product", "product"),
        ("industry", "sector"), ("quarter", "quarter"),
    ):  # fmt: skip
        for spec, stage in ((WON, "Won"), (LOST, "Lost")):
            assert sums_of(gateway, spec, dimension) == maven.gathered(stage, column), (spec.key, column)
    by_stage = sums_of(gateway, TRACKING, "stage")
    assert (by_stage["Hardware · Prospecting"][0], by_stage["Hardware · Engaging"][0]) == (500, 1_589)
    people = report_of(gateway, PEOPLE, "owner")
    total = {one.key: number.value for one, number in zip(people.measures, people.total.numbers, strict=True)}
    assert (total["won"], total["lost"], total["won_amount"]) == (4_238, 2_473, 10_005_534)
    assert total["rate"] == Decimal("63.15")
    place = [one.key for one in people.measures].index("rate")
    assert {row.label: row.numbers[place].value for row in people.rows if row.numbers[place].value} == maven.rates(
        "sales_agent"
    )


def check_rights(administrator: Gateway, seller: Gateway) -> None:
    """Who got one agent's deals counts those deals, as a plain query of his does."""
    with administrator.write() as session:
        session.execute(
            text("""
            update crm.opportunity set owner_id = (select id from crm.employee where name = 'seller')
            where owner_id = (select id from crm.employee where name = 'Darcel Schlecht')
        """)
        )
    won, value = Maven(MAVEN).gathered("Won", "sales_agent")["Darcel Schlecht"]
    assert sums_of(seller, WON, "owner") == {"seller": (won, value)}
    query = "select count(*), sum(amount) from crm.opportunity where outcome_id = crm.choice('outcome', 'won')"
    assert rows(seller, query) == [(won, value)]


def report_of(gateway: Gateway, spec: ReportSpec, by: str) -> Any:
    with gateway.read() as session:
        return fetch_report(session, spec, Parameters(by=by), gateway.person)


def sums_of(gateway: Gateway, spec: ReportSpec, by: str) -> Sums:
    """Count and amount by name."""
    found = report_of(gateway, spec, by)
    names = {"Finance and insurance": "finance"}
    return {names.get(row.label, row.label): (row.numbers[0].value, row.numbers[1].value) for row in found.rows}


def test_only_an_administrator_imports_employees(sign_in: SignIn) -> None:
    for group in ("director", "manager", "seller", "desk", "clerk"):
        with pytest.raises(NoRightError):
            do_import(sign_in(group), "employee", MAVEN / "sales_teams.csv")


def test_rows_that_cannot_come_in_say_why(sign_in: SignIn, tmp_path: Path) -> None:
    sheet = write_csv(
        tmp_path / "商机.csv",
        "商机编号,商机名称,客户,阶段,金额,成功率,预计成交日期,产品,数量",
        "X1,新厂房设备,没有这家公司,需求确认,12万,60%,2027-03-05,A3彩色-复合机,3",
        "X2,旧机更换,,不知道的阶段,100,,,,",
        ",,,初步接触,5,,,,",
        "X1,又一次,,初步接触,7,,,,",
        ",,,初步接触,,,,没有这种产品,1",
    )
    manager = sign_in("director")
    do_import(manager, "product", write_csv(tmp_path / "产品.csv", "产品名称,标准价", "A3 彩色复合机,23800"))
    result = do_import(manager, "opportunity", sheet)
    assert [(row.at, row.fate) for row in result.plan.rows] == [
        ("2", Fate.CREATE), ("3", Fate.REJECT), ("4", Fate.REJECT), ("5", Fate.SKIP),
        ("6", Fate.REJECT),
    ]  # fmt: skip
    assert [reject.row for reject in result.rejects] == [3, 4, 6]
    assert result.rejects[0].cells[0] == "X2"
    made = rows(
        manager,
        """
            select name, amount, probability, weighted_amount, expected_on::text, remark from crm.opportunity
            where code = 'X1'
        """,
    )
    assert made == [("新厂房设备", 120_000, 60, 72_000, "2027-03-05", "Customer: 没有这家公司")]
    assert rows(manager, "select quantity, unit_price, amount from crm.opportunity_line") == [(3, 23_800, 71_400)]
    with manager.write() as session:
        assert result.written.change_set is not None
        undone = journal.undo(session, result.written.change_set)
    assert undone.kept == ()
    assert rows(manager, "select count(*) from crm.opportunity where code = 'X1'") == [(0,)]


def test_what_is_there_is_met_by_number_or_name(sign_in: SignIn, tmp_path: Path) -> None:
    clerk = sign_in("clerk")
    first = write_csv(tmp_path / "a.csv", "产品编号,产品名称,单位,标准价", "A-1,粉盒,箱,420", ",墨盒,个,80")
    assert do_import(clerk, "product", first).written.created == {"product": 2}
    second = write_csv(
        tmp_path / "b.csv", "产品编号,产品名称,规格,价格", "A-1,粉盒-K,黑色,450", ",墨盒,彩色,90", ",硒鼓,,5"
    )
    filled = do_import(clerk, "product", second)
    assert (filled.written.created, filled.written.updated) == ({"product": 1}, {"product": 2})
    products = (
        "select name, specification, list_price from crm.product where code = 'A-1' or name in ('墨盒') order by id"
    )
    assert rows(clerk, products) == [("粉盒", "黑色", 420), ("墨盒", "彩色", 80)]
    assert do_import(clerk, "product", second, OnMatch.UPDATE).written.updated == {"product": 2}
    assert rows(clerk, products) == [("粉盒-K", "黑色", 450), ("墨盒", "彩色", 90)]
    assert do_import(clerk, "product", second, OnMatch.UPDATE).plan.count(Fate.UNCHANGED) == 3
    assert do_import(clerk, "product", second, OnMatch.SKIP).left_alone == 3
    again = do_import(clerk, "product", second, OnMatch.CREATE)
    assert again.written.created == {"product": 3}
    assert "The number A-1 is used already; a new one is given." in again.plan.rows[0].warnings
    deals = write_csv(tmp_path / "c.csv", "商机名称,阶段", "新厂房设备,初步接触")
    assert [do_import(clerk, "opportunity", deals).plan.rows[0].fate for _time in range(2)] == [
        Fate.CREATE,
        Fate.UNCHANGED,
    ]
    do_import(clerk, "customer", write_csv(tmp_path / "f.csv", "客户名称,电话", "珠海粉盒有限公司,0756-5550001"))
    machines = write_csv(tmp_path / "g.csv", "序列号,客户名称,地点", "SN-1,珠海粉盒有限公司,二楼")
    assert [do_import(clerk, "installed_product", machines).plan.rows[0].fate for _time in range(2)] == [
        Fate.CREATE,
        Fate.UNCHANGED,
    ]
    do_import(clerk, "product", write_csv(tmp_path / "d.csv", "产品名称,单位", "定影器,个"))
    same = write_csv(tmp_path / "e.csv", "阶段,产品", *["初步接触,定影器"] * 2)  # two deals, called by their product
    assert do_import(clerk, "opportunity", same).written.created["opportunity"] == 2
    assert do_import(clerk, "opportunity", same).written.created["opportunity"] == 2


def test_what_an_update_cannot_place_is_added_to_the_description(sign_in: SignIn, tmp_path: Path) -> None:
    manager = sign_in("director")
    products = "编号,产品名称,说明", "P-9,粉盒,原装"
    do_import(manager, "product", write_csv(tmp_path / "a.csv", *products))
    unknown = write_csv(tmp_path / "b.csv", "产品编号,产品名称,产品分类", "P-9,粉盒,从未听说")
    do_import(manager, "product", unknown, OnMatch.UPDATE)
    (described,) = rows(manager, "select description from crm.product where name = '粉盒' order by id desc limit 1")
    first, second = described[0].splitlines()
    assert (first, "从未听说" in second) == ("原装", True)


def test_tree_of_departments_comes_in_from_one_list(sign_in: SignIn, tmp_path: Path) -> None:
    administrator = sign_in("admin")
    sheet = write_csv(tmp_path / "a.csv", "部门名称,上级部门", "华南一组,华南区", "华南区,总部", "总部,", "外地,别处")
    result = do_import(administrator, "department", sheet)
    assert result.written.created == {"department": 4}
    assert [w for row in result.plan.rows for w in row.warnings] == [
        "Part of “别处” is not known here: enter it first, or it is left out."
    ]
    tree = """
        select d.name, u.name from crm.department d join crm.department u on u.id = d.parent_id
        where u.name in ('华南区', '总部') order by d.id
    """
    assert rows(administrator, tree) == [("华南一组", "华南区"), ("华南区", "总部")]
    with administrator.write() as session:
        assert result.written.change_set is not None
        assert journal.undo(session, result.written.change_set).kept == ()


def test_contacts_tasks_and_what_was_done_with_customers_come_in(sign_in: SignIn, tmp_path: Path) -> None:
    manager = sign_in("director")
    customers = run.open_file(write_csv(tmp_path / "a.csv", "客户名称,电话", "甲有限公司,020-55501234")).chosen()
    with manager.long_write() as session:
        run.import_records(session, manager.person, customers.read(), customers)
    done = write_csv(
        tmp_path / "b.csv",
        "跟进日期,客户,跟进内容,跟进方式,跟进人,下次联系",
        "2004-03-05,甲,报价,电话,没有这人,2004-04-01",
    )
    result = do_import(manager, "activity", done)
    assert result.written.created == {"activity": 1}
    assert rows(
        manager,
        "select subject, happened_at::date::text, next_on::text, details from crm.activity where subject = '报价'",
    ) == [("报价", "2004-03-05", "2004-04-01", "By: 没有这人")]
    people = write_csv(
        tmp_path / "d.csv",
        "Account ID,First Name,Last Name,Phone,Mobile,Primary Contact,Birthdate",
        "甲有限公司,Amy,Eastwick,020-55501234,19900001234,true,1970-05-12",
        "甲,立,陈,,,,",
        "A99,Nobody,Known,,,true,",
    )
    result = do_import(manager, "contact", people)
    assert [(row.fate, row.reason, row.warnings) for row in result.plan.rows][2] == (
        Fate.REJECT, "Customer “A99” is not known here.", (),
    )  # fmt: skip
    statement = "select name, phones, is_main, birthday from crm.contact where name in ('Amy Eastwick', '陈立')"
    assert rows(manager, statement) == [
        ("Amy Eastwick", ["020-55501234", "19900001234"], True, "1970-05-12"), ("陈立", [], False, None)
    ]  # fmt: skip
    assert do_import(manager, "contact", people).left_alone == 2
    tasks = write_csv(
        tmp_path / "c.csv", "任务,截止日期,优先级,客户,进度", "送样机,2027-03-05,,甲有限公司,40%", ",2027-01-01,,,"
    )
    result = do_import(manager, "task", tasks)
    assert [(row.fate, row.reason) for row in result.plan.rows] == [
        (Fate.CREATE, ""),
        (Fate.REJECT, "Subject is missing."),
    ]
    assert rows(
        manager, "select due_on::text, progress, owner_id = crm.me() from crm.task where subject = '送样机'"
    ) == [("2027-03-05", 40, True)]
