"""What the command line says when it is used wrongly: usage is 2, a refusal 1 with one sentence on stderr."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import click
import pytest

from crm_desktop.cli import program
from crm_desktop.cli.command import speak
from tests.e2e.conftest import Crm

NOBODY = "postgresql://nobody:secret@127.0.0.1:1/crm"


def refused(crm: Crm, *arguments: object, typed: str = "") -> str:
    answer = crm(*arguments, typed=typed)
    assert (answer.code, answer.out) == (1, "")
    assert "Traceback" not in answer.err
    assert len(answer.err.splitlines()) == 1
    return answer.err


def test_process_exits_with_the_same_codes(process: Crm) -> None:
    wrong = process("frobnicate", CRM_URL=NOBODY)
    assert (wrong.code, wrong.out) == (2, "")
    dead = process("--lang", "zh", "search", "x", CRM_URL=NOBODY)
    assert (dead.code, dead.out) == (1, "")
    assert "没有数据库应答" in dead.err


def test_unknown_command_says_what_exists(crm: Crm) -> None:
    answer = crm("frobnicate")
    assert answer.code == 2
    assert "demo, export, history, import, open, print, report, search, server, undo" in answer.err
    assert crm("server", "frobnicate").code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("search",),
        ("search", "a", "b"),
        ("search", "a", "--limit", "0"),
        ("export", "nonsense", "file.xlsx"),
        ("undo", "twelve"),
        ("undo", "99999999999999999999"),
        ("import", "employee_skill", "file.xlsx"),
        ("import", "customer", "file.xlsx", "--on-match", "perhaps"),
        ("server", "init", "--url", NOBODY),
        ("demo", "--scale", "huge"),
        ("--lang", "fr"),
    ],
)
def test_wrong_usage_is_two(crm: Crm, arguments: tuple[str, ...]) -> None:
    answer = crm(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert "Traceback" not in answer.err


def test_server_must_be_named(crm: Crm) -> None:
    assert "--url" in refused(crm, "search", "x")
    assert "Known: none yet" in refused(crm, "search", "x", "--profile", "office")
    assert "postgresql://" in refused(crm, "--url", "localhost", "search", "x")


def test_url_is_taken_before_and_behind_the_command_and_from_the_environment(
    crm: Crm, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = refused(crm, "--url", NOBODY, "search", "x")
    assert "127.0.0.1:1" in before
    assert refused(crm, "search", "x", "--url", NOBODY) == before
    monkeypatch.setenv("CRM_URL", NOBODY)
    assert refused(crm, "search", "x") == before
    assert refused(crm, "--profile", "office", "search", "x", "--url", NOBODY) == before
    assert "There is no profile" in refused(crm, "--profile", "office", "search", "x")


def test_what_answers_may_be_no_database(crm: Crm) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://nobody:secret@127.0.0.1:{silent.getsockname()[1]}/crm"
        silent.close()
        assert "nothing listens" in refused(crm, "server", "check", "--url", url)


@pytest.mark.skipif(os.name == "nt", reason="arguments are always text there")
def test_argument_that_is_no_text_is_refused_by_the_process(process: Crm) -> None:
    answer = process("--profile", os.fsdecode(b"\xff"), "search", "x")
    assert answer.code == 1
    assert "Traceback" not in answer.err


def test_damaged_options_are_named(crm: Crm, tmp_path: Path) -> None:
    home = tmp_path / "crm-home"
    home.mkdir()
    (home / "options.toml").write_text("language = ", encoding="utf-8")
    assert "options.toml" in refused(crm, "search", "x")


def test_language_is_taken_before_and_behind_the_command(crm: Crm) -> None:
    assert "数据库应答" in refused(crm, "search", "x", "--url", NOBODY, "--lang", "zh")
    assert "数据库应答" in refused(crm, "server", "check", "--url", NOBODY, "--lang", "zh")
    assert refused(crm, "--lang", "zh", "search", "x") == refused(crm, "search", "--lang", "zh", "x")


def test_password_of_a_new_person_is_never_empty_or_short(crm: Crm) -> None:
    arguments = ["server", "init", "--url", NOBODY, "--admin", "boss", "--password-stdin"]
    assert "password is empty" in refused(crm, *arguments)
    assert "at least 8 characters" in refused(crm, *arguments, typed="geheim\n")
    assert "nothing listens" in refused(crm, *arguments, typed="\N{BOM}geheimnis\r\n".replace("\N{BOM}", "\ufeff"))


def commands_of(group: click.Group) -> list[click.Command]:
    context = click.Context(group)
    found: list[click.Command] = []
    for command in filter(None, (group.get_command(context, name) for name in group.list_commands(context))):
        found.append(command)
        found += commands_of(command) if isinstance(command, click.Group) else []
    return found


def test_every_command_and_option_explains_itself_in_both_languages(crm: Crm) -> None:
    english: list[tuple[object, str | None]] = []
    chinese: list[tuple[object, str | None]] = []
    for language, found in (("en", english), ("zh", chinese)):
        speak(language)
        for command in [program, *commands_of(program)]:
            options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
            found += [(command.name, command.help), *((option.opts, option.help) for option in options)]
    assert [where for where, text in english if not text] == []
    assert [where for (where, text), (_where, other) in zip(english, chinese, strict=True) if text == other] == []
    assert "用法" in crm("--lang", "zh", "undo", "--help").out
