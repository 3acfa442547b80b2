from __future__ import annotations

import datetime
from collections import Counter

import pytest

from crm_desktop.core.names import name_core
from crm_desktop.demo.calendar import build_outlines
from crm_desktop.demo.draw import Dice
from crm_desktop.demo.load import Batch, generate
from crm_desktop.demo.names import Names
from crm_desktop.demo.scale import SCALES, Scale, apportion
from crm_desktop.demo.staff import build_staff
from crm_desktop.demo.words import read_words
from crm_desktop.demo.world import Seller, World
from crm_desktop.services.regions import read_regions
from crm_desktop.services.seed import read_lists

TODAY = datetime.date(2026, 3, 18)
SMALL = Scale(transaction_customers=300, prospects=500, contacts=900, activities=7_000, opportunities=0)


def world(today: datetime.date = TODAY) -> World:
    codes = [(name, entry[0]) for name, shipped in read_lists().items() for entry in shipped["entries"]]
    codes += [("region", region.code) for region in read_regions()]
    return World(
        today=today,
        choices={code: id for id, code in enumerate(codes, 1)},
        sellers=(Seller(11, 3, (12,)), Seller(12, 1, (11,))),
        engineers=(21, 22),
        pool_id=99,
    )


def make(scale: Scale = SMALL, today: datetime.date = TODAY) -> Batch:
    dice = Dice(1)
    all_rows: Batch = {}
    names = Names(read_words("names"), dice)
    for batch in generate(world(today), scale, names, read_words("firm")["well_known"], dice):
        for table, rows in batch.items():
            all_rows.setdefault(table, []).extend(rows)
    return all_rows


@pytest.fixture(scope="module")
def rows() -> Batch:
    return make()


def test_counts_are_exact(rows: Batch) -> None:
    assert len(rows["customer"]) == 800
    assert sum(row["first_deal_on"] is not None for row in rows["customer"]) == 300
    assert len(rows["contact"]) == 900
    assert len(rows["activity"]) == 7_000


def test_one_day_has_one_sample_firm(rows: Batch) -> None:
    assert make() == rows


def test_dates_follow_the_day_of_making() -> None:
    a_year_on = datetime.date(2027, 3, 18)
    dates = [row["registered_on"] for row in make(today=a_year_on)["customer"]]
    assert max(dates) <= a_year_on
    assert max(dates) >= a_year_on - datetime.timedelta(days=7)


def test_a_firm_can_be_made_on_a_weekend_and_on_the_first_of_a_month() -> None:
    sunday = datetime.date(2026, 3, 1)
    made = make(today=sunday)
    assert len(made["activity"]) == 7_000
    assert max(row["happened_at"] for row in made["activity"]).date() < sunday


def test_people_work_from_monday_to_friday(rows: Batch) -> None:
    weekdays = Counter(row["happened_at"].weekday() for row in rows["activity"])
    assert weekdays[5] + weekdays[6] < 20
    assert max(weekdays.values()) < 2 * min(weekdays[day] for day in range(5))


def test_nothing_lies_in_the_future(rows: Batch) -> None:
    assert max(row["happened_at"] for row in rows["activity"]).date() < TODAY
    assert max(row["created_at"] for row in rows["customer"]).date() <= TODAY


@pytest.mark.parametrize("day", [datetime.date(2026, 3, 1), datetime.date(2026, 2, 28), datetime.date(2028, 2, 29)])
def test_every_month_brings_new_customers_from_its_first_day(day: datetime.date) -> None:
    outlines = list(build_outlines(SMALL, day, Dice(1)))
    assert sum(outline.registered_on >= day.replace(day=1) for outline in outlines) >= 10
    assert outlines == sorted(outlines, key=lambda outline: outline.registered_on)


def test_a_deal_comes_after_the_registration_and_before_the_latest_contact(rows: Batch) -> None:
    for row in rows["customer"]:
        if row["first_deal_on"]:
            assert row["registered_on"] <= row["first_deal_on"] <= row["last_contact_at"].date()


def test_customers_have_names_of_their_own(rows: Batch) -> None:
    cores = Counter(name_core(row["name"]) for row in rows["customer"])
    assert cores.most_common(1)[0][1] == 1
    numbers = Counter(row["tax_no"] for row in rows["customer"] if row["tax_no"])
    assert numbers.most_common(1)[0][1] == 1


def test_telephone_numbers_belong_to_one_party(rows: Batch) -> None:
    phones = Counter(phone for row in rows["customer"] for phone in row["phones"])
    assert phones.most_common(1)[0][1] == 1
    assert all(phone.partition("-")[2][:2] == "55" or phone[:5] in {"19900", "17000"} for phone in phones)


def test_well_known_customers_are_there(rows: Batch) -> None:
    names = {row["name"].replace("（", "").replace("）", "").replace("市", "") for row in rows["customer"]}
    assert any(name.startswith(("广州华工医药", "华工广州医药", "广东华工医药")) for name in names)


def test_a_story_moves_from_first_call_to_signature(rows: Batch) -> None:
    stories: dict[int, list[str]] = {}
    for row in rows["activity"]:
        stories.setdefault(row["customer_id"], []).append(row["subject"])
    first_calls = {note[1].split("{")[0] for note in read_words("stories")["steps"]["first_call"]}
    longest = max(stories.values(), key=len)
    assert any(longest[0].startswith(start) for start in first_calls)
    signed = [id for id, subjects in stories.items() if any("合同" in s for s in subjects)]
    assert {id for id in signed if id in stories} <= {r["id"] for r in rows["customer"] if r["first_deal_on"]}


def test_texts_vary(rows: Batch) -> None:
    details = Counter(row["details"] for row in rows["activity"])
    assert len(details) > 4_000
    assert not any("{" in row["subject"] + row["details"] for row in rows["activity"])


def test_nobody_notes_the_same_subject_three_times_in_a_row(rows: Batch) -> None:
    stories: dict[int, list[str]] = {}
    for row in rows["activity"]:
        stories.setdefault(row["customer_id"], []).append(row["subject"])
    triples = [s for s in stories.values() for a, b, c in zip(s, s[1:], s[2:], strict=False) if a == b == c]
    assert len(triples) < 10


def test_shares_are_plausible(rows: Batch) -> None:
    customers = rows["customer"]
    owners = Counter(row["owner_id"] for row in customers)
    assert 10 < owners[99] < 80
    assert owners[11] > 2 * owners[12]
    quiet = sum(
        row["last_contact_at"] is None or (TODAY - row["last_contact_at"].date()).days > 30 for row in customers
    )
    assert 0.2 < quiet / len(customers) < 0.6
    assert 5 < sum(row["parent_id"] is not None for row in customers) < 80


def test_parts_carry_their_parents_owner(rows: Batch) -> None:
    owners = {row["id"]: row["owner_id"] for row in rows["customer"]}
    assert all(row["owner_id"] == owners[row["customer_id"]] for row in rows["contact"] + rows["activity"])


def test_larger_firms_have_more_people_with_logins_of_their_own() -> None:
    for scale, employees, last_department in (
        ("office", 28, "客服部"),
        ("100k", 61, "销售五部"),
        ("1m", 204, "销售十八部"),
    ):
        dice = Dice(1)
        staff = build_staff(read_words("firm"), Names(read_words("names"), dice), SCALES[scale], dice)
        logins = {colleague.login for colleague in staff.colleagues}
        assert len(logins) == len(staff.colleagues) == employees
        assert all(c.superior_login in logins for c in staff.colleagues[1:])
        assert staff.departments[-1].name == last_department


def test_apportioning_gives_out_everything() -> None:
    assert apportion(10, [1, 0, 1, 2]) == [2, 0, 3, 5]
    assert sum(apportion(1_000, [0.1 * i for i in range(77)])) == 1_000
