"""Options, profiles and remembered passwords survive a restart, and a broken file is named."""

from __future__ import annotations

import keyring
import keyring.backend
import keyring.errors
import pytest
from keyring.backends.fail import Keyring as NoKeyring
from keyring.backends.null import Keyring as NullKeyring

from crm_desktop.core.errors import KnownError
from crm_desktop.core.paths import state_home
from crm_desktop.core.settings import (
    Options,
    Profile,
    can_remember_passwords,
    forget_password,
    load_profiles,
    password_for,
    remember_password,
    save_profiles,
    set_aside_broken,
)


class _Drawer(keyring.backend.KeyringBackend):
    priority = 1.0

    def __init__(self) -> None:
        self.secrets: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.secrets.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.secrets[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.secrets:
            raise keyring.errors.PasswordDeleteError
        del self.secrets[service, username]


@pytest.fixture
def drawer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring.core, "_keyring_backend", _Drawer())


def test_defaults_need_no_file() -> None:
    assert Options.load() == Options(language="zh", theme="light")
    assert load_profiles() == []


def test_saved_options_come_back() -> None:
    options = Options(language="en", theme="dark", density="compact", last_profile="办公室")
    options.save()
    assert Options.load() == options


def test_saved_profiles_come_back_in_their_order() -> None:
    profiles = [
        Profile("办公室", host="192.168.1.10", login="zhang.wei"),
        Profile("both", host="a:5433,b", database="crm two", sslmode="verify-full", sslrootcert="C:\\ca.pem"),
    ]
    save_profiles(profiles)
    assert load_profiles() == profiles
    assert [file.name for file in state_home().iterdir()] == ["profiles.toml"]


@pytest.mark.parametrize(
    "content", ["language = ", "language = 'fr'", "language = 7", "theme = ['dark']", "\ufffe\x00", "last_profile = 1"]
)
def test_broken_options_are_named(content: str) -> None:
    (state_home() / "options.toml").write_text(content, encoding="utf-8")
    with pytest.raises(KnownError, match=r"options\.toml"):
        Options.load()


@pytest.mark.parametrize(
    "content",
    ["[[profile]]\nhost = 'a'", "profile = 3", "profile = [3]", "[[profile]]\nname = 'a'\nport = 'x'", "[[[", "name"],
)
def test_broken_profiles_are_named(content: str) -> None:
    (state_home() / "profiles.toml").write_text(content, encoding="utf-8")
    with pytest.raises(KnownError, match=r"profiles\.toml"):
        load_profiles()


def test_options_of_another_version_are_left_out() -> None:
    (state_home() / "options.toml").write_text("language = 'en'\nnovelty = 1\n", encoding="utf-8")
    assert Options.load() == Options(language="en")


@pytest.mark.parametrize(
    ("profile", "url"),
    [
        (Profile("a", login="li"), "postgresql://li:p%2Fw@127.0.0.1:5432/crm?sslmode=prefer"),
        (
            Profile("a", host="a:5433, b", login="李", target_session_attrs="primary"),
            "postgresql://%E6%9D%8E:p%2Fw@a:5433,b:5432/crm?sslmode=prefer&target_session_attrs=primary",
        ),
        (
            Profile("a", host="[::1],[::2]:6", login="li", sslmode="verify-full", sslrootcert="/my ca"),
            "postgresql://li:p%2Fw@[::1]:5432,[::2]:6/crm?sslmode=verify-full&sslrootcert=%2Fmy%20ca",
        ),
    ],
)
def test_profile_becomes_an_address(profile: Profile, url: str) -> None:
    assert profile.url("p/w") == url


def test_broken_files_are_set_aside_and_the_whole_ones_stay() -> None:
    (state_home() / "options.toml").write_text("language = ", encoding="utf-8")
    save_profiles([Profile("office", "192.0.2.10")])
    (renamed,) = set_aside_broken()
    assert renamed.read_text(encoding="utf-8") == "language = "
    assert Options.load() == Options()
    assert [profile.name for profile in load_profiles()] == ["office"]
    assert set_aside_broken() == []


class _Breaking(keyring.backend.KeyringBackend):
    """A keyring of the system that is there and does not work: no D-Bus session, a locked vault."""

    priority = 1.0

    def get_password(self, service: str, username: str) -> str | None:
        raise OSError(service, username)

    set_password = delete_password = get_password  # type: ignore[assignment]


def test_keyring_that_breaks_is_like_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring.core, "_keyring_backend", _Breaking())  # type: ignore[no-untyped-call]
    profile = Profile("a", login="li")
    assert password_for(profile) is None
    forget_password(profile)
    with pytest.raises(KnownError, match="no safe place for passwords"):
        remember_password(profile, "secret")


def test_keyring_that_keeps_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring.core, "_keyring_backend", NullKeyring())  # type: ignore[no-untyped-call]
    assert not can_remember_passwords()
    with pytest.raises(KnownError, match="no safe place for passwords"):
        remember_password(Profile("a", login="li"), "secret")


@pytest.mark.usefixtures("drawer")
def test_passwords_of_the_firm_here_and_of_a_server_are_kept_apart() -> None:
    assert can_remember_passwords()
    here, server = Profile("a", kind="here", login="li"), Profile("b", login="li")
    remember_password(here, "secret")
    assert password_for(server) is None
    assert password_for(here) == "secret"


@pytest.mark.usefixtures("drawer")
def test_password_is_remembered_for_one_server() -> None:
    profile = Profile("a", host="a", login="li")
    remember_password(profile, "secret")
    assert password_for(profile) == "secret"
    assert password_for(Profile("a", host="b", login="li")) is None
    forget_password(profile)
    forget_password(profile)
    assert password_for(profile) is None


def test_missing_keyring_is_said_clearly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring.core, "_keyring_backend", NoKeyring())  # type: ignore[no-untyped-call]
    profile = Profile("a", login="li")
    assert password_for(profile) is None
    forget_password(profile)
    with pytest.raises(KnownError, match="no safe place for passwords"):
        remember_password(profile, "secret")
