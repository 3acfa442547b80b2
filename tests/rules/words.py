"""The Chinese catalogue holds exactly the texts of the program, translated; ``--update`` makes it so."""

from __future__ import annotations

import argparse
import re
import string
import sys
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
PO = ROOT / "resources/locale/zh_CN/LC_MESSAGES/crm_desktop.po"
MO = PO.with_suffix(".mo")
PACKAGES = ("crm_desktop", "importers")
RAISED = re.compile(r"(?:\braise|\bhint =) '([^'%]+\.)'")
"""Sentences that functions of the database raise for the user."""
WITHIN = re.compile(r"""\bf"[^"\n]*\{_\('[^']*'""")
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}


def main() -> int:
    """1 when something is wrong; the words say what."""
    parser = argparse.ArgumentParser(prog="words")
    parser.add_argument("--update", action="store_true", help="add new texts, drop old ones, compile")
    if parser.parse_args().update:
        _update()
    catalogue = _catalogue()
    faults = [*_overlooked(), *find_faults(_extracted(), catalogue)]
    if not MO.exists() or _texts(_compiled()) != _texts(catalogue):
        faults.append(f"not compiled: {MO.relative_to(ROOT)}; run `dev.py words`")
    print("\n".join(faults) or "every text is translated")
    return int(bool(faults))


def _overlooked() -> list[str]:
    """One line for each text within an f-string: it is not extracted, so that nobody would translate it."""
    files = [file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))]
    return [
        f"within an f-string: {file.relative_to(ROOT).as_posix()}: {found}"
        for file in files
        for found in WITHIN.findall(file.read_text(encoding="utf-8"))
    ]


def find_faults(extracted: Catalog, catalogue: Catalog) -> list[str]:
    """One line for each text that is missing, untranslated, stale, fuzzy or loses a value."""
    faults = [f"stale: {message.id!r}" for message in catalogue if message.id and message.id not in extracted]
    for wanted in extracted:
        message = catalogue.get(wanted.id)
        if not wanted.id:
            continue
        if message is None or not all(_forms(message.string)):
            faults.append(f"untranslated: {wanted.id!r}")
        elif message.fuzzy:
            faults.append(f"fuzzy: {wanted.id!r}")
        elif any(_values(form) - _values_of(wanted) for form in _forms(message.string)):
            faults.append(f"unknown value in the translation: {wanted.id!r} -> {message.string!r}")
    return faults


def _extracted() -> Catalog:
    texts = Catalog()
    for package in PACKAGES:
        for file, line, message, comments, context in extract_from_dir(
            ROOT / package, [("**.py", "python")], keywords=KEYWORDS, strip_comment_tags=True
        ):
            texts.add(message, None, [(file, line)], auto_comments=comments, context=context)
    for script in (ROOT / "crm_desktop" / "db" / "sql").rglob("*.sql"):
        for sentence in RAISED.findall(script.read_text(encoding="utf-8")):
            texts.add(sentence)
    return texts


def _catalogue() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="zh_CN", domain="crm_desktop")


def _compiled() -> Catalog:
    with MO.open("rb") as file:
        return read_mo(file)


def _texts(catalogue: Catalog) -> dict[str, list[str]]:
    return {_forms(message.id)[0]: _forms(message.string) for message in catalogue if message.id}


def _update() -> None:
    catalogue = _catalogue()
    catalogue.update(_extracted(), no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    with PO.open("wb") as file:
        write_po(file, catalogue, width=110, sort_output=True, no_location=True)
    with MO.open("wb") as file:
        write_mo(file, catalogue)


def _forms(text: object) -> list[str]:
    return [str(form) for form in text] if isinstance(text, (list, tuple)) else [str(text or "")]


def _values_of(message: Message) -> set[str]:
    return set().union(*map(_values, _forms(message.id)))


def _values(text: str) -> set[str]:
    return {name for _text, name, _format, _conversion in string.Formatter().parse(text) if name is not None}


if __name__ == "__main__":
    sys.exit(main())
