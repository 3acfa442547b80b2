"""The desk's own steps: taken exactly once however many want it, given to who fits, moved with what that asks for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Any

import psycopg2
import pytest
from sqlalchemy import text

from crm_desktop.core.errors import ConflictError, ServerLostError
from crm_desktop.core.i18n import set_language
from crm_desktop.db.embedded import ServerAddress
from crm_desktop.db.engine import Gateway
from crm_desktop.services import service_desk
from crm_desktop.services.journal import undo
from crm_desktop.services.records import FieldsError, Record, create_record, new_record, reread
from crm_desktop.spec import Ref
from tests.db.conftest import SignIn

CLIENTS, REQUESTS = 20, 100


def logged(gateway: Gateway, **values: Any) -> Record:
    with gateway.write() as session:
        customer = session.scalar(text("select min(id) from crm.customer"))
        record = new_record("service_request", gateway.person, subject="卡纸", customer=Ref(customer, ""), **values)
        return reread(session, create_record(session, record))


def test_twenty_clients_claim_the_same_requests_each_exactly_once(sign_in: SignIn) -> None:
    people = [sign_in(("desk", "both", "clerk", "director")[number % 4]) for number in range(CLIENTS)]
    with people[0].write() as session:
        ids = session.scalars(
            text("""
                insert into crm.service_request (customer_id, subject)
                select min(c.id), 'x' || n from crm.customer c, generate_series(1, :count) n group by n returning id
            """),
            {"count": REQUESTS},
        ).all()

    def take(place: int) -> tuple[int, ...]:
        wanted = [*ids[place * 5 :], *ids[: place * 5]]  # all of them want the next ones too
        with people[place].write() as session:
            return service_desk.claim(session, wanted[:30], "x").ids

    with ThreadPoolExecutor(CLIENTS) as threads:
        taken = list(threads.map(take, range(CLIENTS)))
    assert sorted(chain.from_iterable(taken)) == sorted(ids)
    with people[0].read() as session:
        rows = session.execute(text("select id, owner_id from crm.service_request"))
        owners = {row.id: row.owner_id for row in rows}
        stays = session.scalar(
            text("select count(*) from crm.service_stay s where s.request_id = any (:ids)"), {"ids": ids}
        )
    assert all(owners[id_] == people[place].person.id for place, some in enumerate(taken) for id_ in some)
    assert stays == 2 * REQUESTS, "new, and accepted by one"


def test_who_dies_in_the_middle_of_dispatch_has_given_it_to_nobody(
    server: ServerAddress, own_database: str, sign_in: SignIn
) -> None:
    dying, other, engineer = sign_in("desk"), sign_in("clerk"), sign_in("both")
    request = logged(other)
    with other.read() as session:
        dispatched = service_desk.fetch_states(session).named("dispatched")
    given = {"owner": Ref(engineer.person.id, "")}
    root = psycopg2.connect(server.url(own_database))
    with pytest.raises(ServerLostError), dying.write() as session, root.cursor() as cursor:  # noqa: PT012
        service_desk.move(session, request, dispatched, given, "")
        cursor.execute("select pg_terminate_backend(%s, 60000)", (session.scalar(text("select pg_backend_pid()")),))
    root.close()
    with other.write() as session:
        assert reread(session, request).values == request.values
        # Nothing of the dead one's is in the way.
        moved = reread(session, service_desk.move(session, request, dispatched, given, ""))
    assert moved.values["owner"].id == engineer.person.id
    with engineer.read() as session:
        assert (
            session.scalar(text("select count(*) from crm.service_stay where request_id = :id"), {"id": moved.id}) == 2
        )


def test_a_step_asks_for_what_it_needs(sign_in: SignIn) -> None:
    desk = sign_in("desk")
    with desk.read() as session:
        states = service_desk.fetch_states(session)
    request = logged(desk, owner=Ref(desk.person.id, ""))
    assert states.find(request.values["state"]) is states.named("accepted")
    with desk.write() as session, pytest.raises(FieldsError) as wrong:
        service_desk.move(session, request, states.named("solved"), {}, "")
    assert wrong.value.fields.keys() == {"cause", "solution"}
    with desk.write() as session, pytest.raises(FieldsError) as wrong:
        service_desk.move(session, request, states.named("refused"), {}, "")
    assert wrong.value.fields.keys() == {"state_note"}
    with desk.write() as session:
        moved = reread(session, service_desk.move(session, request, states.named("refused"), {}, "没有配件"))
    assert (moved.values["owner"].id, moved.values["state_note"]) == (desk.person.pool_id, "没有配件")
    with desk.write() as session, pytest.raises(ConflictError):
        service_desk.move(session, request, states.named("in_work"), {}, "")
    with desk.write() as session:
        undo(session, moved.change_set)
    with desk.read() as session:
        assert reread(session, request).values["owner"].id == desk.person.id


def test_who_knows_customer_and_product_is_proposed_first(sign_in: SignIn) -> None:
    set_language("en")
    desk, both = sign_in("desk"), sign_in("both")
    with desk.read() as session:
        states = service_desk.fetch_states(session)
        product = Ref(session.scalars(text("select min(id) from crm.product")).one(), "")
    done = logged(both, product=product, owner=Ref(both.person.id, ""))
    cause = Ref(done.values["state"].id, "")
    with both.write() as session:
        service_desk.move(session, done, states.named("solved"), {"cause": cause, "solution": "x"}, "")
    asked = logged(desk, product=product)
    with desk.read() as session:
        first, *others = service_desk.fetch_candidates(session, asked.id)
    assert (first.engineer.label, first.open, first.customer, first.product) == ("both", 0, 1, 1)
    assert first.reasons == "knows the customer (1), knows the product (1)"
    assert [one.engineer.label for one in others] == ["desk", "clerk"], (
        "who works at the desk, its own people first, nobody locked or of sales alone"
    )
    for _more in range(12):
        logged(both, owner=Ref(both.person.id, ""))
    with desk.read() as session:
        assert service_desk.fetch_candidates(session, asked.id)[0].engineer.label != "both", "he has enough to do"
    with desk.write() as session:
        session.execute(
            text("""
                insert into crm.employee_skill (employee_id, category_id, type_id)
                select e.id, c.id, crm.choice('request_type', w.type) from (values
                    ('seller', '硬件', 'request'), ('clerk', null, 'request'), ('idle', '硬件', 'repair'),
                    ('desk', null, null)
                ) w (name, category, type) join crm.employee e on e.name = w.name
                left join crm.product_category c on c.name = w.category
            """)
        )
        found = service_desk.fetch_candidates(session, asked.id)
    assert [(one.engineer.label, one.reasons) for one in found[:3]] == [
        ("seller", "has the skill (硬件 · Request)"),
        ("clerk", "has the skill (Request)"),
        ("desk", "can do everything"),
    ]
