"""Names of files and kinds of files."""

from __future__ import annotations

import pytest

from crm_desktop.core.file_names import LONGEST, decode_text, free_name, guess_type, is_program, safe_name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("合同.pdf", "合同.pdf"),
        ("a/b\\c:d*e?.txt", "a_b_c_d_e_.txt"),
        ("con", "_con"),
        ("LPT1.txt", "_LPT1.txt"),
        ("com¹.txt", "_com¹.txt"),
        ("nul .txt", "_nul .txt"),
        ("..\\..\\autostart.txt", ".._.._autostart.txt"),
        ("console.txt", "console.txt"),
        ("end. . ", "end"),
        ("...", "_"),
        ("", "_"),
        ("line\nbreak", "line_break"),
        ("gpj.\u202eexe", "gpj._exe"),
    ],
)
def test_names_are_made_safe_for_windows(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@pytest.mark.parametrize(
    "name", ["a.exe", "合同.pdf.LNK", "a.exe. . ", "x\u202efdp.exe", "a.msi", "a.url", "a.hta", "x" * 300 + ".js"]
)
def test_what_would_run_is_a_program(name: str) -> None:
    assert is_program(name)


@pytest.mark.parametrize("name", ["a.pdf", "exe", "a.exe.txt", "合同.docx", "a.message", ""])
def test_what_is_read_is_no_program(name: str) -> None:
    assert not is_program(name)


def test_a_long_name_keeps_its_ending() -> None:
    name = safe_name("长" * 300 + ".pdf")
    assert len(name) == LONGEST
    assert name.endswith("长.pdf")


def test_a_taken_name_gets_a_number() -> None:
    assert free_name("a.pdf", []) == "a.pdf"
    assert free_name("a.pdf", ["A.PDF"]) == "a (2).pdf"
    assert free_name("a.pdf", ["a.pdf", "a (2).pdf"]) == "a (3).pdf"
    assert free_name("a", ["a"]) == "a (2)"


@pytest.mark.parametrize(
    ("head", "name", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n....", "x", "image/png"),
        (b"RIFF....WEBPVP8 ", "x", "image/webp"),
        (b"RIFF....WAVE", "x.txt", "text/plain"),
        (b"PK\x03\x04", "a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (b"PK\x03\x04", "a.pdf", "application/zip"),
        ("你好".encode("gb18030"), "a", "text/plain"),
        (b"MZ\0\0", "a.pdf", "application/octet-stream"),
        (b"", "a.pdf", "text/plain"),
    ],
)
def test_the_kind_is_told_by_the_first_bytes(head: bytes, name: str, kind: str) -> None:
    assert guess_type(head, name) == kind


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_text_is_read_in_the_encodings_of_the_office(encoding: str) -> None:
    assert decode_text("华工医药，你好".encode(encoding)) == "华工医药，你好"


def test_text_may_be_cut_within_a_character() -> None:
    assert decode_text("华工".encode()[:-1]) == "华"
    assert decode_text(b"\0\1") is None
