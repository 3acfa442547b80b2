"""Workbooks (xlsx, xls, xlsb, ods) through calamine, behind the checks of ``packages`` and ``compound``."""

from __future__ import annotations

import io

import python_calamine

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from importers.readers.book import Cell, Row, Sheet, check_area, damaged, not_a_table_file
from importers.readers.compound import check_workbook, read_streams
from importers.readers.packages import check_package, is_document, needs_password


def read_package(data: bytes) -> tuple[Sheet, ...]:
    """The sheets of a zipped workbook, or the tables of a Word document."""
    check_package(data)
    if not is_document(data):
        return _read(data)
    from importers.readers import word

    return word.read(data)


def read_compound(data: bytes) -> tuple[Sheet, ...]:
    """The sheets of an old binary workbook."""
    streams = read_streams(data)
    if "EncryptedPackage" in streams:
        raise needs_password()
    if "WordDocument" in streams:
        raise KnownError(
            _("Old Word documents (doc) cannot be imported."), _("Save it as docx in Word and import that.")
        )
    workbook = streams.get("Workbook") or streams.get("Book")
    if workbook is None:
        raise not_a_table_file()
    check_workbook(workbook)
    return _read(data)


def _read(data: bytes) -> tuple[Sheet, ...]:
    try:
        with python_calamine.load_workbook(io.BytesIO(data)) as workbook:
            return tuple(
                _read_sheet(workbook, meta.name)
                for meta in workbook.sheets_metadata
                if meta.typ == python_calamine.SheetTypeEnum.WorkSheet
            )
    except python_calamine.PasswordError as error:
        raise needs_password() from error
    except KnownError:
        raise
    except Exception as error:  # whatever its formats raise: the file passed our own checks, so it is the file's fault
        raise damaged() from error
    except BaseException as error:
        # A Rust library that meets bytes it did not expect panics, and its panic is no Exception.
        if type(error).__name__ == "PanicException":
            raise damaged() from error
        raise


def _read_sheet(workbook: python_calamine.CalamineWorkbook, name: str) -> Sheet:
    sheet = workbook.get_sheet_by_name(name)
    check_area(name, sheet.total_height, sheet.total_width)
    rows: list[Row] = [list(map(_cell, row)) for row in sheet.to_python(skip_empty_area=False)]
    return Sheet(name, rows, tuple(sheet.merged_cell_ranges or ()))


def _cell(cell: Cell) -> Cell:
    """Calamine gives blanks as empty text, and every number as a float."""
    if type(cell) is str:
        return cell or None
    return int(cell) if type(cell) is float and cell.is_integer() else cell
