"""Tables only, by subject; no queries, no words of the UI."""

from __future__ import annotations

from crm_desktop.models.alerts import Alert, AlertRule
from crm_desktop.models.attachment import Attachment, AttachmentContent, AttachmentPiece
from crm_desktop.models.base import CUSTOM, KEPT, POLICY, SCHEMA, Base, Guard
from crm_desktop.models.calendar import Event, EventOccurrence, EventParticipant, EventResource, Resource
from crm_desktop.models.catalog import Product, ProductCategory, ProductCost
from crm_desktop.models.custom_fields import CustomField
from crm_desktop.models.job import Job
from crm_desktop.models.knowledge import ArticleUse, ArticleVote, KnowledgeArticle
from crm_desktop.models.leads import Lead, LeadFollowUp, LeadRule, LeadRuleMember
from crm_desktop.models.memos import Memo
from crm_desktop.models.messages import Announcement, AnnouncementReading, Message
from crm_desktop.models.organisation import Department, Employee, GroupMember, PermissionGrant, PermissionGroup
from crm_desktop.models.parties import Contact, ContactRelation, Customer
from crm_desktop.models.platform import Dictionary, DictionaryEntry, ImportRecipe, Preference, Setting, choice_id
from crm_desktop.models.presence import Presence
from crm_desktop.models.remarks import Comment, RecentRecord, Star
from crm_desktop.models.reminders import Reminder
from crm_desktop.models.sales import (
    Opportunity,
    OpportunityContact,
    OpportunityLine,
    OpportunitySnapshot,
    OpportunityStay,
    SalesProcess,
    SalesStage,
)
from crm_desktop.models.service import (
    EmployeeSkill,
    InstalledProduct,
    RequestEscalation,
    ServiceRequest,
    ServiceStay,
    ServiceTarget,
)
from crm_desktop.models.service_costs import ServiceExpense, ServicePart
from crm_desktop.models.sharing import Share
from crm_desktop.models.targets import SalesTarget
from crm_desktop.models.tasks import Task
from crm_desktop.models.views import SavedView
from crm_desktop.models.work import Activity
from crm_desktop.models.work_logs import WorkLog
from crm_desktop.models.working_time import SpecialDay, WorkingTime

__all__ = [
    "CUSTOM",
    "KEPT",
    "POLICY",
    "SCHEMA",
    "Activity",
    "Alert",
    "AlertRule",
    "Announcement",
    "AnnouncementReading",
    "ArticleUse",
    "ArticleVote",
    "Attachment",
    "AttachmentContent",
    "AttachmentPiece",
    "Base",
    "Comment",
    "Contact",
    "ContactRelation",
    "CustomField",
    "Customer",
    "Department",
    "Dictionary",
    "DictionaryEntry",
    "Employee",
    "EmployeeSkill",
    "Event",
    "EventOccurrence",
    "EventParticipant",
    "EventResource",
    "GroupMember",
    "Guard",
    "ImportRecipe",
    "InstalledProduct",
    "Job",
    "KnowledgeArticle",
    "Lead",
    "LeadFollowUp",
    "LeadRule",
    "LeadRuleMember",
    "Memo",
    "Message",
    "Opportunity",
    "OpportunityContact",
    "OpportunityLine",
    "OpportunitySnapshot",
    "OpportunityStay",
    "PermissionGrant",
    "PermissionGroup",
    "Preference",
    "Presence",
    "Product",
    "ProductCategory",
    "ProductCost",
    "RecentRecord",
    "Reminder",
    "RequestEscalation",
    "Resource",
    "SalesProcess",
    "SalesStage",
    "SalesTarget",
    "SavedView",
    "ServiceExpense",
    "ServicePart",
    "ServiceRequest",
    "ServiceStay",
    "ServiceTarget",
    "Setting",
    "Share",
    "SpecialDay",
    "Star",
    "Task",
    "WorkLog",
    "WorkingTime",
    "choice_id",
]
