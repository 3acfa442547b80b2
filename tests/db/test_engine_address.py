"""Addresses of databases, as URLs say them."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm_desktop.core.errors import KnownError
from crm_desktop.core.settings import Profile
from crm_desktop.db.address import ConnectionAddress, Host


def test_url_names_hosts_login_and_demands() -> None:
    address = ConnectionAddress.from_url(
        "postgresql://li%40x:p%2F%E5%AF%86@one:5433,[fe80::1]:5434/crm2?sslmode=require&target_session_attrs=primary"
    )
    assert address.hosts == (Host("one", 5433), Host("fe80::1", 5434))
    assert (address.login, address.password, address.database) == ("li@x", "p/密", "crm2")
    assert (address.sslmode, address.session_attributes) == ("require", "primary")


def test_what_the_url_leaves_out_has_defaults() -> None:
    address = ConnectionAddress.from_url("postgresql://anna@office")
    assert address.hosts == (Host("office", 5432),)
    assert (address.database, address.password, address.sslmode) == ("crm", "", "prefer")
    assert address.session_attributes == "any"


def test_of_several_hosts_the_one_that_takes_changes_is_wanted() -> None:
    assert ConnectionAddress.from_url("postgresql://anna@one,two/crm").session_attributes == "read-write"


def test_every_profile_makes_a_url_that_is_understood() -> None:
    profile = Profile("office", host="one, two:5433", port=5555, login="王 五", sslmode="require")
    address = ConnectionAddress.from_url(profile.url("@:/?#"))
    assert address.hosts == (Host("one", 5555), Host("two", 5433))
    assert (address.login, address.password, address.sslmode) == ("王 五", "@:/?#", "require")


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "mysql://anna:secret@office/crm",
        "postgresql://office/crm",  # nobody signs in
        "postgresql://anna:secret@office:port/crm",
        "postgresql://anna:secret@one:1,two:2,three/crm?port=1,2",
        "postgresql://anna:secret@office/crm?sslmode=perhaps",
        "postgresql://anna:secret@office/crm?passfile=/etc/passwd",
        "host=office user=anna password=secret",
    ],
)
def test_unreadable_url_is_refused_without_repeating_the_password(url: str) -> None:
    with pytest.raises(KnownError) as caught:
        ConnectionAddress.from_url(url)
    assert "secret" not in str(caught.value)


def test_password_is_not_shown_by_repr() -> None:
    assert "secret" not in repr(ConnectionAddress(login="anna", password="secret"))


def test_certificate_check_without_authority_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setenv("APPDATA", str(tmp_path))
    with pytest.raises(KnownError, match="no certificate authority"):
        ConnectionAddress(login="anna", sslmode="verify-full")
    with pytest.raises(KnownError, match="does not exist"):
        ConnectionAddress(login="anna", sslmode="verify-full", sslrootcert=tmp_path / "ca.crt")
