"""The sample firm: deterministic, believable, dated relative to today, of any size."""

from __future__ import annotations

from crm_desktop.demo.prepare import MANAGER, Demo, DemoUser, prepare_demo
from crm_desktop.demo.scale import SCALES

__all__ = ["MANAGER", "SCALES", "Demo", "DemoUser", "prepare_demo"]
