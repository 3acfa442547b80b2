"""What must hold for every entity, whatever it is."""

from __future__ import annotations

import pytest

from crm_desktop.entities import ALL_ENTITIES, by_model, parts_of
from crm_desktop.entities.contact import CONTACT
from crm_desktop.entities.customer import CUSTOMER
from crm_desktop.models import POLICY, Base, Guard
from crm_desktop.spec import EntitySpec
from crm_desktop.spec.check import problems

PARTS_WITHOUT_PAGE = {
    "group_member", "permission_grant", "preference", "setting", "import_recipe",
    "attachment", "attachment_content", "attachment_piece", "comment", "star", "recent_record", "presence",
    "saved_view", "share", "event_occurrence", "working_time", "job", "opportunity_snapshot", "article_vote",
    "message", "alert", "reminder", "maintenance_request", "request_escalation",
}  # fmt: skip


@pytest.mark.parametrize("spec", ALL_ENTITIES, ids=lambda s: s.key)
def test_spec_keeps_the_rules(spec: EntitySpec) -> None:
    assert problems(spec) == []


def test_every_table_has_a_spec_or_belongs_to_one() -> None:
    without = {m.class_.__tablename__ for m in Base.registry.mappers if by_model(m.class_) is None}
    assert without == PARTS_WITHOUT_PAGE


def test_every_table_is_guarded_under_its_own_entity() -> None:
    for mapper in Base.registry.mappers:
        guard = mapper.class_.__table__.info[POLICY]
        assert isinstance(guard, Guard)
        spec = by_model(mapper.class_)
        assert spec is None or guard.entity in {spec.key, "dictionary", "sales_process", "lead_rule", "announcement"}


def test_parts_are_found_from_their_parent() -> None:
    assert CONTACT in parts_of(CUSTOMER)
