"""Every page, dialog and printed page as a picture, with the sample firm: ``python -m crm_desktop.gallery DIR``."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from PySide6.QtGui import QImage
from sqlalchemy.orm import Session

from crm_desktop.core import clock
from crm_desktop.core.access import Group as PermissionGroup
from crm_desktop.core.access import Person
from crm_desktop.core.i18n import _
from crm_desktop.core.paths import ROOT, state_home
from crm_desktop.db.address import ConnectionAddress
from crm_desktop.db.engine import Gateway
from crm_desktop.demo.prepare import Demo, prepare_demo
from crm_desktop.entities.boards import OPPORTUNITY_BOARD
from crm_desktop.entities.opportunity import OPPORTUNITY
from crm_desktop.entities.sales_reports import DEPARTMENTS
from crm_desktop.reports.analysis import print_report
from crm_desktop.reports.board import BoardPaper, print_board
from crm_desktop.reports.calendar import print_calendar
from crm_desktop.reports.cards import print_card
from crm_desktop.reports.envelopes import ENVELOPES
from crm_desktop.reports.labels import LABEL_SHEETS
from crm_desktop.reports.lists import print_list
from crm_desktop.reports.mailing import print_envelopes, print_labels
from crm_desktop.reports.preview import page_images
from crm_desktop.reports.visit_sheet import print_visit_sheet
from crm_desktop.reports.work_log import print_work_log
from crm_desktop.services.analysis import fetch_report
from crm_desktop.services.analysis_parameters import opening_parameters
from crm_desktop.services.boards import fetch_board
from crm_desktop.services.calendar import fetch_calendars
from crm_desktop.services.calendar_times import Mode
from crm_desktop.services.listing import ListQuery, columns_of, fetch_ids
from crm_desktop.services.records import fetch_record
from crm_desktop.services.search import search
from crm_desktop.spec.filters import Condition, Group
from crm_desktop.ui.areas import areas_for
from crm_desktop.ui.bus import Bus
from crm_desktop.ui.context import Context
from crm_desktop.ui.gallery import Options, draw_all, read_options, start
from crm_desktop.ui.maintenance import Maintenance
from crm_desktop.ui.specimens import SPECIMENS
from crm_desktop.ui.specimens.administration import administration_pages
from crm_desktop.ui.specimens.attached import attached_pages
from crm_desktop.ui.specimens.boards import board_pages
from crm_desktop.ui.specimens.calendar import calendar_pages
from crm_desktop.ui.specimens.drafts import draft_pages
from crm_desktop.ui.specimens.history import history_pages
from crm_desktop.ui.specimens.home import home_pages
from crm_desktop.ui.specimens.imports import import_pages
from crm_desktop.ui.specimens.lists import list_pages
from crm_desktop.ui.specimens.records import administrators_records, record_pages
from crm_desktop.ui.specimens.reminders import reminder_pages
from crm_desktop.ui.specimens.reports import report_pages
from crm_desktop.ui.specimens.sharing import sharing_pages
from crm_desktop.ui.tasks import Tasks

SHEETS = ROOT / "tests" / "data" / "legacy"
SERVER = "192.168.1.10"  # what the foot of the window names
PAPER_SCALE = 1.5
CUSTOMER = "华工医药"
"""Whose card is printed: every sample firm has one of this name."""


def main() -> None:
    """Draw everything, then leave at once: nothing of the windows is to be kept."""
    options = read_options()
    app = start(options)
    demo = prepare_demo(state_home() / "embedded", progress=lambda _done, _total: None)
    gateway = Gateway.connect(ConnectionAddress.from_url(demo.url))
    tasks = Tasks(gateway.read, gateway.write)
    context = _context(tasks, gateway)
    pages = (*SPECIMENS, *list_pages(context), *record_pages(context), *history_pages(context), *draft_pages(context))
    pages = (*pages, *attached_pages(context), *sharing_pages(context), *board_pages(context), *report_pages(context))
    pages = (*pages, *home_pages(context))
    pages = (*pages, *calendar_pages(context), *reminder_pages(context))
    if SHEETS.is_dir():  # only a checkout has the old sheets to show an import with
        products, broken = SHEETS.parent / "maven-crm" / "products.csv", SHEETS / "broken" / "截断.xlsx"
        pages = (*pages, *import_pages(context, SHEETS / "客户资料汇总表.xlsx", products, broken))
    draw_all(pages, options, tasks)
    draw_administration(demo, options)
    for name, pdf in papers(gateway):
        draw_paper(name, pdf, options.folder)
    tasks.close()
    gateway.close()
    demo.server.stop()
    app.quit()


def draw_administration(demo: Demo, options: Options) -> None:
    """The pages that only an administrator's login may fill."""
    gateway = Gateway.connect(ConnectionAddress.from_url(demo.url_as(PermissionGroup.ADMINISTRATOR)))
    tasks = Tasks(gateway.read, gateway.write)
    context = _context(tasks, gateway)
    maintenance = Maintenance(lambda _login, _password: "", "", tasks)
    pages = (*administrators_records(context), *administration_pages(replace(context, maintenance=maintenance)))
    draw_all(pages, options, tasks)
    maintenance.tasks.close()
    tasks.close()
    gateway.close()


def _context(tasks: Tasks, gateway: Gateway) -> Context:
    """Of the person signed in, without the drafts of earlier runs."""
    areas = areas_for(gateway.person)
    identity = f"gallery {os.getpid()} {gateway.person.login}"
    return Context(tasks, Bus(), gateway.person, SERVER, areas, lambda _text, answer: answer([]), identity)


def papers(gateway: Gateway) -> Iterator[tuple[str, bytes]]:
    """What the program prints, each as the bytes of a PDF."""
    person = gateway.person
    query = ListQuery(entity="customer", preset="pool")
    with gateway.write() as session:
        ids = fetch_ids(session, query, person)[:40]
        hit = next(h for h in search(session, CUSTOMER, person) if h.entity == "customer")
        used = fetch_record(session, "service_part", fetch_ids(session, ListQuery(entity="service_part"), person)[0])
        drawn: dict[str, Callable[[BytesIO], object]] = {
            "list": lambda target: print_list(
                session, query, person, columns_of(query.spec), target, lambda _done, _total, _what: None
            ),
            "card": lambda target: print_card(session, "customer", hit.id, person, target),
            "report": lambda target: print_report(
                session, fetch_report(session, DEPARTMENTS, opening_parameters(DEPARTMENTS), person), person, target
            ),
            "work_log": lambda target: print_work_log(
                session, fetch_ids(session, ListQuery(entity="work_log"), person)[0], person, target
            ),
            "visit_sheet": lambda target: print_visit_sheet(session, used.values["request"].id, person, target),
            "board": lambda target: print_board(session, _board(session, person), person, target),
            "labels": lambda target: print_labels(session, person, ids, LABEL_SHEETS[0], target),
            "envelope": lambda target: print_envelopes(session, person, ids[:1], ENVELOPES[0], target),
        }
        for name, draw in drawn.items():
            stream = BytesIO()
            draw(stream)
            yield name, stream.getvalue()
        calendars = fetch_calendars(session)
        mine = [one for one in calendars if one.ref.id == person.id and not one.is_resource]
        for mode in (Mode.WEEK, Mode.MONTH, Mode.AGENDA, Mode.TEAM_WEEK):
            shown = calendars if mode.is_team else mine
            yield f"calendar_{mode.value}", print_calendar(session, mode, clock.today(), shown, person)


def _board(session: Session, person: Person) -> BoardPaper:
    """The first columns of the board of opportunities, in no lanes."""
    query = ListQuery(
        entity=OPPORTUNITY_BOARD.entity, filter=Group((Condition("expected_on", "period", "this_month"),))
    )
    found = fetch_board(session, OPPORTUNITY_BOARD, query, person)
    title, columns = _(OPPORTUNITY.label_plural), found.of(0)[:5]
    return BoardPaper(board=OPPORTUNITY_BOARD, title=title, subtitle="", columns=columns, lanes=found.lanes)


def draw_paper(name: str, pdf: bytes, folder: Path) -> None:
    """All pages as ``paper_NAME_1.png`` and so on."""
    for number, page in enumerate(page_images(pdf, PAPER_SCALE), 1):
        image = QImage(page.pixels, page.width, page.height, page.stride, QImage.Format.Format_RGB32)
        image.save(os.fspath(folder / f"paper_{name}_{number}.png"))


if __name__ == "__main__":
    main()
