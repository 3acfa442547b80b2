"""Signing in, and every way to be refused: each names its cause, whatever language the server speaks."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from crm_desktop.core.access import Function, Scope
from crm_desktop.core.errors import KnownError, ServerLostError, SignInError
from crm_desktop.core.i18n import set_language
from crm_desktop.db import connection
from crm_desktop.db.address import ConnectionAddress, Host
from crm_desktop.db.embedded import ServerAddress
from crm_desktop.db.engine import Gateway
from tests.db.firm import PASSWORD, Firm
from tests.db.own_server import OwnServer, free_port, system_binaries


@pytest.fixture(scope="module")
def firm(server: ServerAddress) -> Iterator[Firm]:
    firm = Firm(server.url())
    yield firm
    firm.drop()


def refusal(address: ConnectionAddress) -> KnownError:
    with pytest.raises(KnownError) as caught:
        Gateway.connect(address)
    assert caught.value.hint
    assert not address.password or address.password not in str(caught.value)
    return caught.value


def test_signed_in_person_knows_who_he_is_and_what_he_may_do(firm: Firm) -> None:
    gateway = Gateway.connect(firm.address(firm.anna))
    person = gateway.person
    gateway.close()
    assert (person.login, person.name, person.groups) == (firm.anna, firm.anna, ("salesperson",))
    assert person.grants["customer"].read == Scope.TEAM
    assert person.id in person.owners["customer", "read"]
    assert person.may("create", "customer")
    assert not person.may("delete", "employee")
    assert person.may_use(Function.PRINT, "customer")
    assert person.server_version >= 150000


@pytest.mark.parametrize("login", ["anna", "nobody of this name", "expired"])
def test_wrong_or_expired_password_and_unknown_login_look_the_same(firm: Firm, login: str) -> None:
    firm.sql(f"create role \"{firm.database}.expired\" login password '{PASSWORD}' valid until '2020-01-01'")
    try:
        password = PASSWORD if login == "expired" else "no password of anybody"
        error = refusal(firm.address(f"{firm.database}.{login}", password))
    finally:
        firm.sql(f'drop role "{firm.database}.expired"')
    assert isinstance(error, SignInError)
    assert error.message == "Login or password is wrong, or the password has expired."


def test_each_refusal_is_shown_in_the_language_of_the_user(firm: Firm) -> None:
    set_language("zh")
    error = refusal(firm.address(firm.anna, "no password of anybody"))
    assert error.message == "登录名或密码错误，或密码已过期。"


@contextmanager
def changed(firm: Firm, change: str, back: str) -> Iterator[None]:
    firm.sql(change)
    try:
        yield
    finally:
        firm.sql(back)


def test_locked_login_is_named(firm: Firm) -> None:
    lock = "update crm.employee set is_active = {} where login = '" + firm.anna + "'"
    with changed(firm, lock.format("false"), lock.format("true")):
        error = refusal(firm.address(firm.anna))
    assert isinstance(error, SignInError)
    assert error.message == f"The login {firm.anna} is locked."


def test_unknown_database_is_named(firm: Firm) -> None:
    error = refusal(replace(firm.address(firm.anna), database="no_such_database"))
    assert error.message == "The server has no database named no_such_database."


def test_login_of_another_firm_has_no_right_to_the_database(firm: Firm) -> None:
    guest = f"{firm.database}.guest"
    with changed(firm, f"create role \"{guest}\" login password 'secret'", f'drop role "{guest}"'):
        error = refusal(firm.address(guest, "secret"))
    assert error.message == f"The login {guest} has no right to the database {firm.database}."


def test_employee_of_another_database_of_the_server_has_no_right_here(server: ServerAddress, firm: Firm) -> None:
    other = Firm(server.url())
    error = refusal(firm.address(other.anna))
    other.drop()
    assert error.message == f"The login {other.anna} has no right to the database {firm.database}."


def test_database_without_tables_is_not_set_up(firm: Firm) -> None:
    error = refusal(replace(firm.address(firm.anna), database="postgres"))
    assert error.message == "The database postgres is not set up for this program."


def test_newer_and_older_databases_are_told_apart(firm: Firm) -> None:
    (revision,) = firm.sql("select version_num from crm.alembic_version")[0]
    restore = f"update crm.alembic_version set version_num = '{revision}'"
    with changed(firm, "update crm.alembic_version set version_num = '9999'", restore):
        assert "newer than this program" in refusal(firm.address(firm.anna)).message
    with changed(firm, "update crm.alembic_version set version_num = '0001'", restore):
        assert "older than this program" in refusal(firm.address(firm.anna)).message


def test_login_without_free_connection_is_told_so(firm: Firm) -> None:
    limit = f'alter role "{firm.anna}" connection limit '
    with changed(firm, limit + "0", limit + "-1"):
        error = refusal(firm.address(firm.anna))
    assert isinstance(error, ServerLostError)
    assert "no free connection" in error.message


def test_demanded_encryption_that_the_server_lacks(firm: Firm) -> None:
    error = refusal(replace(firm.address(firm.anna), sslmode="require"))
    assert "offers no encryption" in error.message


def test_unknown_host_closed_port_and_two_hosts(firm: Firm) -> None:
    address = firm.address(firm.anna)
    unknown, closed = Host("nosuchhost.invalid"), Host("127.0.0.1", free_port())
    assert "not known on this network: nosuchhost.invalid" in refusal(replace(address, hosts=(unknown,))).message
    assert "nothing listens on this port" in refusal(replace(address, hosts=(closed,))).message
    wrong = replace(address, hosts=(unknown, closed, *address.hosts), password="no password of anybody")
    assert "password is wrong" in refusal(wrong).message
    Gateway.connect(replace(address, hosts=(unknown, closed, *address.hosts))).close()


@contextmanager
def listening(answer: Callable[[socket.socket], None]) -> Iterator[Host]:
    """Something on a port, but no PostgreSQL."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    stream, _address = listener.accept()
                except OSError:
                    return
                with stream:
                    answer(stream)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield Host("127.0.0.1", listener.getsockname()[1])
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


def test_something_else_on_the_port_is_recognised(firm: Firm) -> None:
    def web_server(stream: socket.socket) -> None:
        stream.recv(100)
        stream.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with listening(web_server) as host:
        error = refusal(replace(firm.address(firm.anna), hosts=(host,)))
    assert "not a PostgreSQL database" in error.message


def test_server_that_accepts_and_says_nothing_is_given_up(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "CONNECT_SECONDS", 2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host = Host("127.0.0.1", silent.getsockname()[1])
        error = refusal(replace(firm.address(firm.anna), hosts=(host,)))
    assert error.message == f"The server at {host} does not answer."


def test_server_that_hangs_up_is_starting_or_stopping(firm: Firm) -> None:
    with listening(lambda _stream: None) as host:
        error = refusal(replace(firm.address(firm.anna), hosts=(host,)))
    assert "closed the connection before signing in" in error.message


def test_refusal_in_the_encoding_of_a_chinese_windows_is_understood(firm: Firm) -> None:
    sentence = "致命错误: 对不起，已经有太多的客户".encode("gbk")
    fields = b"SFATAL\0C53300\0M" + sentence + b"\0\0"

    def windows_server(stream: socket.socket) -> None:
        if stream.recv(1000).startswith(b"\0\0\0\x08"):
            stream.sendall(b"N")
            stream.recv(1000)
        stream.sendall(b"E" + (len(fields) + 4).to_bytes(4, "big") + fields)

    with listening(windows_server) as host:
        error = refusal(replace(firm.address(firm.anna), hosts=(host,)))
    assert "no free connection" in error.message


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServer]:
    server = OwnServer(tmp_path_factory.mktemp("own"))
    server.start()
    yield server
    server.remove()


def test_computer_that_the_server_does_not_list_is_told_so(own: OwnServer) -> None:
    own.write("pg_hba.conf", "host all all 10.0.0.0/8 scram-sha-256\n")
    own.reload()
    try:
        error = refusal(own.address("anna", "x"))
        own.write("pg_hba.conf", "host all all all reject\n")
        own.reload()
        rejected = refusal(own.address("anna", "x"))
    finally:
        own.write("pg_hba.conf", "host all all all scram-sha-256\n")
        own.reload()
    assert error.message == rejected.message
    assert "does not accept the login anna from this computer" in error.message


@pytest.mark.parametrize("method", ["md5", "password"])
def test_servers_with_older_password_methods_let_people_in_and_refuse_them(own: OwnServer, method: str) -> None:
    own.write("pg_hba.conf", f"host all all all {method}\n")
    own.reload()
    try:
        unknown_database = refusal(own.address(database="nix"))
        wrong_password = refusal(own.address(password="no password of anybody"))
    finally:
        own.write("pg_hba.conf", "host all all all scram-sha-256\n")
        own.reload()
    assert "no database named" in unknown_database.message
    assert "password is wrong" in wrong_password.message


def test_standby_that_answers_nobody_is_starting(own: OwnServer) -> None:
    own.stop()
    own.write("standby.signal", "")
    options = own.options(hot_standby="off")
    own.place.run("pg_ctl", "-D", own.place.data, "-W", "-l", own.place.log, "-o", options, "start")
    try:
        error = _when_it_listens(own)
    finally:
        own.kill()
        (own.place.data / "standby.signal").unlink()
        own.start()
    assert error.message == f"The server at 127.0.0.1:{own.port} is just starting or stopping."


def _when_it_listens(own: OwnServer) -> KnownError:
    while "nothing listens" in (error := refusal(own.address())).message:
        pass
    return error


def test_several_servers_of_which_none_takes_changes(own: OwnServer) -> None:
    address = replace(own.address(database="postgres"), hosts=(*own.address().hosts, Host("127.0.0.1", free_port())))
    error = refusal(replace(address, target_session_attrs="standby"))
    assert error.message == "Of the servers that answer, none takes changes just now."


@pytest.mark.system_postgres
def test_server_that_speaks_chinese_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    binaries = system_binaries()
    localedef = shutil.which("localedef")
    if not localedef or not Path("/usr/share/i18n/locales/zh_CN").exists():
        pytest.skip("this system knows no Chinese")
    with tempfile.TemporaryDirectory() as locales:
        Path(locales).chmod(0o755)
        subprocess.run([localedef, "-i", "zh_CN", "-f", "UTF-8", f"{locales}/zh_CN.UTF-8"], check=True)
        monkeypatch.setenv("LOCPATH", locales)
        server = OwnServer(tmp_path / "server", binaries, lc_messages="zh_CN.UTF-8")
        try:
            server.start()
            assert "password is wrong" in refusal(server.address(password="no password of anybody")).message
            assert "no database named" in refusal(server.address(database="nix")).message
            assert "not set up" in refusal(server.address(database="postgres")).message
        finally:
            server.remove()
