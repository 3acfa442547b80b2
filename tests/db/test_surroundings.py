"""What is around a record is read in one statement, and is what each part reads by itself."""

from __future__ import annotations

import datetime

from sqlalchemy import text

from crm_desktop.db.engine import Gateway
from crm_desktop.services import attachments, comments, marks, sharing
from crm_desktop.services.attachments import NewFile
from crm_desktop.services.records import Record, create_record, fetch_record, new_record
from crm_desktop.services.sharing import Receiver
from crm_desktop.services.surroundings import fetch_surroundings
from crm_desktop.spec import Ref
from tests.db.conftest import SignIn


def surrounded(seller: Gateway, other: Gateway) -> Record:
    """A customer with a file, comments, a star, a share and one that ran out."""
    with seller.write() as session:
        made = create_record(session, new_record("customer", seller.person, name="珠海华工医药有限公司"))
        customer = fetch_record(session, "customer", made.id)
    with seller.write() as session:
        files = [NewFile.of(f"{number}.txt", b"x" * number) for number in (1, 2)]
        attachments.add_files(session, customer, files, lambda _done, _of, _what: None)
        for body in ("zuerst", '"dann"\n然后'):
            comments.add_comment(session, customer, body)
        marks.set_star(session, "customer", customer.id, is_on=True)
        receiver = [Receiver(Ref(other.person.id, other.person.name))]
        ends_at = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)
        sharing.share(session, "customer", [customer.id], receiver, "", may_write=True, ends_at=ends_at)
    with seller.write() as session:
        first = comments.fetch_comments(session, "customer", customer.id)[0]
        comments.change_comment(session, customer, first, "anders")
    return customer


def test_all_parts_are_as_each_reads_itself(sign_in: SignIn) -> None:
    seller, other = sign_in("seller"), sign_in("junior")
    customer = surrounded(seller, other)
    with seller.read() as session:
        found = fetch_surroundings(session, "customer", customer.id)
        assert list(found.files) == attachments.fetch_attachments(session, "customer", customer.id)
        assert list(found.comments) == comments.fetch_comments(session, "customer", customer.id)
        assert list(found.lendings) == sharing.fetch_lendings(session, "customer", customer.id)
    assert [file.name for file in found.files] == ["1.txt", "2.txt"]
    assert [comment.body for comment in found.comments] == ["anders", '"dann"\n然后']
    assert [comment.edited_at is None for comment in found.comments] == [False, True]
    assert [lending.receiver.ref.id for lending in found.lendings] == [other.person.id]
    assert found.is_starred
    assert found.present == ()


def test_share_that_is_over_is_told_with_its_days(sign_in: SignIn) -> None:
    seller, other = sign_in("seller"), sign_in("junior")
    customer = surrounded(seller, other)
    with seller.write() as session:
        (lending,) = sharing.fetch_lendings(session, "customer", customer.id)
        sharing.end_share(session, "customer", [lending.id], customer.title)
    with seller.read() as session:
        found = fetch_surroundings(session, "customer", customer.id)
        assert list(found.ended) == sharing.fetch_ended(session, "customer", customer.id)
    assert found.lendings == ()
    assert found.ended[0].shared_at == lending.shared_at


def test_nothing_is_around_a_record_out_of_sight(sign_in: SignIn) -> None:
    seller, other = sign_in("seller"), sign_in("junior")
    customer = surrounded(seller, other)
    with seller.write() as session:
        session.execute(text("delete from crm.share"))
    with other.read() as session:
        found = fetch_surroundings(session, "customer", customer.id)
    assert (found.files, found.comments, found.lendings, found.ended) == ((), (), (), ())
    assert not found.is_starred
