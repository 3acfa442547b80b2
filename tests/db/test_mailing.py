"""Labels and envelopes reach the right people, from real rows."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pypdfium2
import pytest

from crm_desktop.core.errors import KnownError
from crm_desktop.reports.envelopes import ENVELOPES
from crm_desktop.reports.labels import LABEL_SHEETS
from crm_desktop.reports.mailing import fetch_addresses, print_envelopes, print_labels
from crm_desktop.services.records import Record, create_record, new_record
from crm_desktop.spec import Ref
from tests.db.conftest import SignIn


def make(sign_in: SignIn) -> tuple[Record, Record, Record]:
    """With address and contacts; without address; wants no post."""
    seller = sign_in("seller")
    with seller.write() as session:

        def customer(name: str, **values: Any) -> Record:
            return create_record(session, new_record("customer", seller.person, name=name, **values))

        with_address = customer("甲有限公司", address="天河路1号", postcode="510000")
        for name, is_main in (("苏敏", False), ("陈立", True)):
            contact = new_record(
                "contact", seller.person, name=name, is_main=is_main, customer=Ref(with_address.id, "")
            )
            create_record(session, contact)
        silent = customer("丙有限公司", address="天河路3号", is_do_not_contact=True)
        return with_address, customer("乙有限公司"), silent


def test_post_goes_to_the_main_contact_and_to_nobody_who_wants_none(sign_in: SignIn) -> None:
    ids = [record.id for record in make(sign_in)]
    seller = sign_in("seller")
    with seller.read() as session:
        (address,) = fetch_addresses(session, seller.person, ids)
    assert (address.name, address.organisation, address.postcode) == ("陈立", "甲有限公司", "510000")


def test_labels_and_envelopes_bear_the_address(sign_in: SignIn) -> None:
    ids = [record.id for record in make(sign_in)]
    seller = sign_in("seller")
    labels, envelope = BytesIO(), BytesIO()
    with seller.read() as session:
        assert print_labels(session, seller.person, ids, LABEL_SHEETS[0], labels) == 1
        assert print_envelopes(session, seller.person, ids, ENVELOPES[0], envelope) == 1
    for target in (labels, envelope):
        text = pypdfium2.PdfDocument(target.getvalue())[0].get_textpage().get_text_range()
        assert "天河路1号" in text
        assert "陈立" in text


def test_nobody_to_write_to_is_said(sign_in: SignIn) -> None:
    ids = [record.id for record in make(sign_in)[1:]]
    seller = sign_in("seller")
    with pytest.raises(KnownError), seller.read() as session:
        fetch_addresses(session, seller.person, ids)
