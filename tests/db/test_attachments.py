"""Files, comments, stars and recent records through the services, as the program uses them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from sqlalchemy import text

from crm_desktop.core.errors import CancelledError, ConflictError, NoRightError, ServerLostError
from crm_desktop.db import server as servers
from crm_desktop.db.address import ConnectionAddress
from crm_desktop.db.embedded import ServerAddress
from crm_desktop.db.engine import Gateway
from crm_desktop.entities import ALL_ENTITIES
from crm_desktop.services import attachments, comments, journal, marks
from crm_desktop.services.attachments import PIECE, Attachment, NewFile
from crm_desktop.services.records import Record, RecordGoneError, create_record, new_record
from tests.db.conftest import SignIn


def silent(_done: int, _total: int, _what: str) -> None:
    """Nobody is watching."""


@pytest.fixture
def seller(sign_in: SignIn) -> Gateway:
    return sign_in("seller")


@pytest.fixture
def customer(seller: Gateway) -> Record:
    with seller.write() as session:
        return create_record(session, new_record("customer", seller.person, name="珠海华工医药有限公司"))


def add(gateway: Gateway, record: Record, *files: NewFile) -> attachments.Added:
    with gateway.long_write() as session:
        return attachments.add_files(session, record, files, silent)


def files_of(gateway: Gateway, record: Record) -> list[Attachment]:
    with gateway.read() as session:
        return attachments.fetch_attachments(session, record.entity, record.id)


def content_of(gateway: Gateway, file: Attachment) -> bytes:
    with gateway.read() as session:
        return attachments.fetch_content(session, file.id)


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 7])
def test_every_byte_comes_back(seller: Gateway, customer: Record, size: int) -> None:
    content = bytes(n * n % 251 for n in range(size))
    add(seller, customer, NewFile.of("数据.bin", content))
    (file,) = files_of(seller, customer)
    assert (file.name, file.size, file.added_by) == ("数据.bin", size, "seller")
    assert content_of(seller, file) == content


def test_several_files_are_one_change_set_and_names_are_told_apart(seller: Gateway, customer: Record) -> None:
    added = add(seller, customer, NewFile.of("a.txt", b"1"), NewFile.of("A.txt", b"2"), NewFile.of("a.txt", b"3"))
    assert added.names == ("a.txt", "A (2).txt", "a (3).txt")
    with seller.write() as session:
        assert journal.undo(session, added.change_set).removed == {"attachment": 3}
    assert files_of(seller, customer) == []


def test_what_cannot_be_read_stays_away_and_the_rest_is_added(
    seller: Gateway, customer: Record, tmp_path: Path
) -> None:
    (tmp_path / "good.txt").write_text("x", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    with (tmp_path / "large.bin").open("wb") as large:
        large.truncate(21 * attachments.MEGABYTE)
    names = ("gone.txt", "folder", "large.bin", "good.txt")
    added = add(seller, customer, *(NewFile.at(tmp_path / name) for name in names))
    assert added.names == ("good.txt",)
    assert [sentence.split("”")[0].strip("“") for sentence in added.refused] == ["gone.txt", "folder", "large.bin"]
    assert "20 MB" in added.refused[-1]


def test_a_cancelled_upload_leaves_nothing(seller: Gateway, customer: Record) -> None:
    def cancel(done: int, _total: int, _what: str) -> None:
        if done > PIECE:
            raise CancelledError("")

    with pytest.raises(CancelledError), seller.long_write() as session:
        attachments.add_files(session, customer, [NewFile.of("a", bytes(3 * PIECE))], cancel)
    assert files_of(seller, customer) == []


def test_the_type_is_told_by_the_bytes(seller: Gateway, customer: Record) -> None:
    add(seller, customer, NewFile.of("rechnung.exe", b"%PDF-1.7"), NewFile.of("表.xlsx", b"PK\3\4"))
    assert [file.mime_type.rpartition(".")[2] for file in files_of(seller, customer)] == ["application/pdf", "sheet"]


def test_a_removed_file_comes_back_with_its_bytes(seller: Gateway, customer: Record) -> None:
    add(seller, customer, NewFile.of("a.txt", b"content"))
    (file,) = files_of(seller, customer)
    with seller.write() as session:
        change_set = attachments.delete_attachment(session, customer, file)
    assert files_of(seller, customer) == []
    with seller.read() as session, pytest.raises(ConflictError):
        attachments.read_file(session, file.id, io.BytesIO(), silent)
    with seller.write() as session:
        journal.undo(session, change_set)
    assert files_of(seller, customer) == [file]
    assert content_of(seller, file) == b"content"


def test_renaming_names_the_version_that_was_read(seller: Gateway, customer: Record) -> None:
    add(seller, customer, NewFile.of("a.txt", b""))
    (file,) = files_of(seller, customer)
    with seller.write() as session:
        attachments.rename_attachment(session, customer, file, "b.txt")
    assert [one.name for one in files_of(seller, customer)] == ["b.txt"]
    with pytest.raises(NoRightError), seller.write() as session:
        attachments.rename_attachment(session, customer, file, "c.txt")


def test_colleagues_without_the_record_neither_see_nor_add(sign_in: SignIn, customer: Record) -> None:
    stranger = sign_in("junior")
    add(sign_in("seller"), customer, NewFile.of("a.txt", b""))
    assert files_of(stranger, customer) == []
    with pytest.raises(RecordGoneError, match="no longer there, or you may not add"):
        add(stranger, customer, NewFile.of("b.txt", b""))
    with pytest.raises(RecordGoneError), stranger.write() as session:
        comments.add_comment(session, customer, "wer da?")


def test_comments_name_colleagues_and_tell_whether_they_were_edited(seller: Gateway, customer: Record) -> None:
    with seller.write() as session:
        comments.add_comment(session, customer, "请 @manager 看一下\n第二行")
    with seller.read() as session:
        (comment,) = comments.fetch_comments(session, "customer", customer.id)
    assert (comment.author, comment.body, comment.edited_at) == ("seller", "请 @manager 看一下\n第二行", None)
    with seller.write() as session:
        change_set = comments.change_comment(session, customer, comment, "算了")
    with seller.read() as session:
        (edited,) = comments.fetch_comments(session, "customer", customer.id)
    assert edited.body == "算了"
    assert edited.edited_at is not None
    with pytest.raises(ConflictError), seller.write() as session:
        comments.change_comment(session, customer, comment, "又")
    with seller.write() as session:
        journal.undo(session, change_set)
        assert comments.fetch_comments(session, "customer", customer.id)[0].body == comment.body


def test_the_longest_name_is_meant() -> None:
    people = [comments.Colleague(n, name) for n, name in enumerate(("王小", "王小明", "李"), 1)]
    assert comments.mentioned("@王小明，@李 好", people) == [2, 3]
    assert comments.mentioned("@王小 和 @王小明", people) == [1, 2]
    assert comments.mentioned("王小", people) == []


def test_recent_records_are_the_last_fifty_the_newest_first(seller: Gateway, sign_in: SignIn, customer: Record) -> None:
    with seller.write() as session:
        for number in range(60):
            marks.note_opened(session, "customer", 1_000_000 + number)
        marks.note_opened(session, "employee", seller.person.id)
    with seller.write() as session:
        marks.note_opened(session, "customer", customer.id)
    with seller.read() as session:
        recent = marks.fetch_marked(session).recent
    assert [(hit.entity, hit.title) for hit in recent] == [("customer", customer.title), ("employee", "seller")]
    with sign_in("admin").read() as session:
        assert marks.fetch_marked(session).recent == ()
        everything = marks.fetch_hits(session, [(spec.key, 1) for spec in ALL_ENTITIES])
    assert all(hit.title for hit in everything), "records without a name are called after what they are about"


def test_a_star_is_set_and_taken_away(seller: Gateway, customer: Record) -> None:
    for is_on in (True, True):
        with seller.write() as session:
            marks.set_star(session, "customer", customer.id, is_on=is_on)
    with seller.read() as session:
        assert marks.is_starred(session, "customer", customer.id)
        assert [hit.id for hit in marks.fetch_marked(session).starred] == [customer.id]
    with seller.write() as session:
        marks.set_star(session, "customer", customer.id, is_on=False)
        assert not marks.is_starred(session, "customer", customer.id)


def test_a_server_that_goes_away_in_the_middle_leaves_nothing(
    seller: Gateway, customer: Record, server: ServerAddress, own_database: str
) -> None:
    def cut(done: int, _total: int, _what: str) -> None:
        if done == 2 * PIECE:
            with servers.superuser(ConnectionAddress.from_url(server.url())) as connection:
                connection.execute(
                    text("select pg_terminate_backend(pid) from pg_stat_activity where datname = :name"),
                    {"name": own_database},
                )

    with pytest.raises(ServerLostError), seller.long_write() as session:
        attachments.add_files(session, customer, [NewFile.of("a", bytes(5 * PIECE))], cut)
    assert files_of(seller, customer) == []
    assert add(seller, customer, NewFile.of("a", b"x")).names == ("a",)


def test_a_file_that_grows_while_it_is_read_is_refused_at_the_limit(seller: Gateway, customer: Record) -> None:
    class Growing(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return bytes(size or 0)

    added = add(seller, customer, NewFile("log.txt", lambda: Growing(b"x")))
    assert added.names == ()
    assert "20 MB" in added.refused[0]
