"""Pages that were set are shown before they are printed. What draws them is loaded when it is first needed."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget


def show_pages(parent: QWidget, title: str, pdf: bytes) -> None:
    """Open the preview of a PDF."""
    from crm_desktop.ui.dialogs.print_preview import PrintPreview

    PrintPreview(parent, title, pdf).open_quietly()
