"""A server that takes encrypted connections only, and computers that check its certificate."""

from __future__ import annotations

import queue
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from crm_desktop.core.errors import KnownError, SignInError
from crm_desktop.db.address import ConnectionAddress, Host
from crm_desktop.db.backup import backup
from crm_desktop.db.changes import ChangeListener
from crm_desktop.db.engine import Gateway
from tests.db.firm import Firm
from tests.db.own_server import OwnServer, system_binaries

pytestmark = pytest.mark.system_postgres
ONLY_ENCRYPTED = "hostssl all all all scram-sha-256\n"


class Authority:
    """A certificate authority made for the test, with OpenSSL's program."""

    def __init__(self, folder: Path, name: str) -> None:
        openssl = shutil.which("openssl")
        if openssl is None:
            pytest.skip("there is no program openssl to make certificates with")
        self._openssl = openssl
        self._folder = folder / name
        self._folder.mkdir()
        self.certificate = self._folder / "ca.crt"
        self._run(
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "9", "-subj", f"/CN={name}",
            "-keyout", "ca.key", "-out", "ca.crt",
        )  # fmt: skip

    def sign(self, host: str, *, days: int = 9, in_subject: bool = False) -> tuple[str, str]:
        """A key and a certificate for ``host``, both PEM; ``in_subject``: the way of old."""
        subject = f"/CN={host}" if in_subject else "/CN=database"
        self._run("req", "-newkey", "rsa:2048", "-nodes", "-subj", subject, "-keyout", "key", "-out", "request")
        extensions = "" if in_subject else f"subjectAltName=DNS:{host}\n"
        (self._folder / "extensions").write_text(extensions, encoding="utf-8")
        self._run(
            "x509", "-req", "-in", "request", "-CA", "ca.crt", "-CAkey", "ca.key", "-days", str(days),
            "-extfile", "extensions", "-out", "certificate",
        )  # fmt: skip
        return tuple((self._folder / name).read_text(encoding="utf-8") for name in ("key", "certificate"))  # type: ignore[return-value]

    def _run(self, *arguments: str) -> None:
        subprocess.run([self._openssl, *arguments], cwd=self._folder, capture_output=True, check=True)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"), "office")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[OwnServer]:
    server = OwnServer(tmp_path_factory.mktemp("tls"), system_binaries(), ssl="on")
    use(server, authority.sign("localhost"))
    server.write("pg_hba.conf", ONLY_ENCRYPTED)
    server.start()
    yield server
    server.remove()


def use(server: OwnServer, key_and_certificate: tuple[str, str]) -> None:
    for name, content in zip(("server.key", "server.crt"), key_and_certificate, strict=True):
        server.write(name, content)


@pytest.fixture(scope="module")
def firm(own: OwnServer, authority: Authority) -> Firm:
    return Firm(
        own.url().replace("127.0.0.1", "localhost") + f"?sslmode=verify-full&sslrootcert={authority.certificate}", "crm"
    )


@pytest.fixture
def checked(firm: Firm, authority: Authority) -> ConnectionAddress:
    return replace(firm.address(firm.anna), sslmode="verify-full", sslrootcert=authority.certificate)


def refusal(address: ConnectionAddress) -> KnownError:
    with pytest.raises(KnownError) as caught:
        Gateway.connect(address)
    return caught.value


def test_work_over_a_checked_connection_is_encrypted(checked: ConnectionAddress) -> None:
    gateway = Gateway.connect(checked)
    with gateway.read() as session:
        assert session.execute(text("select ssl from pg_stat_ssl where pid = pg_backend_pid()")).scalar() is True
        assert session.execute(text("select count(*) from crm.customer")).scalar() == 30
    gateway.close()


def test_wrong_password_is_told_over_a_checked_connection(checked: ConnectionAddress) -> None:
    assert "password is wrong" in refusal(replace(checked, password="no password of anybody")).message


def test_plain_connection_is_refused_with_the_reason(checked: ConnectionAddress) -> None:
    error = refusal(replace(checked, sslmode="disable"))
    assert isinstance(error, SignInError)
    assert "takes encrypted connections only" in error.message


def test_certificate_of_another_name_is_refused(checked: ConnectionAddress) -> None:
    by_number = replace(checked, hosts=(Host("127.0.0.1", checked.hosts[0].port),))
    assert refusal(by_number).message == "The certificate of the server was made for another name than 127.0.0.1."
    Gateway.connect(replace(by_number, sslmode="verify-ca")).close()


def test_name_in_the_subject_of_an_old_certificate_is_enough(
    own: OwnServer, authority: Authority, checked: ConnectionAddress
) -> None:
    use(own, authority.sign("localhost", in_subject=True))
    own.reload()
    try:
        Gateway.connect(checked).close()
        assert "password is wrong" in refusal(replace(checked, password="no password of anybody")).message
    finally:
        use(own, authority.sign("localhost"))
        own.reload()


def test_certificate_of_an_unknown_authority_is_refused(checked: ConnectionAddress, tmp_path: Path) -> None:
    other = Authority(tmp_path, "somebody")
    error = refusal(replace(checked, sslrootcert=other.certificate))
    assert isinstance(error, SignInError)
    assert "not signed by the authority" in error.message


def test_certificate_of_yesterday_is_refused(own: OwnServer, authority: Authority, checked: ConnectionAddress) -> None:
    use(own, authority.sign("localhost", days=-1))
    own.reload()
    try:
        error = refusal(checked)
    finally:
        use(own, authority.sign("localhost"))
        own.reload()
    assert error.message == "The certificate of the server localhost is not valid today."


def test_file_that_is_no_certificate_is_named(checked: ConnectionAddress, tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_text("no certificate", encoding="utf-8")
    assert "photo.jpg holds no certificate" in refusal(replace(checked, sslrootcert=photo)).message


def test_changes_are_heard_over_a_checked_connection(firm: Firm, checked: ConnectionAddress) -> None:
    connected = threading.Event()
    heard: queue.SimpleQueue[str] = queue.SimpleQueue()
    listener = ChangeListener(checked, lambda table, *_change: heard.put(table), connected.set, lambda _state: None)
    listener.start()
    try:
        assert connected.wait(60)
        firm.sql("update crm.customer set remark = 'x' where id = 1")
        assert heard.get(timeout=60) == "customer"
    finally:
        listener.stop()


def test_backup_of_a_server_that_takes_encrypted_connections_only(firm: Firm, tmp_path: Path) -> None:
    made = backup(firm.url, tmp_path / "file", lambda *_: None)
    assert made.tables["crm.customer"].rows == 30
