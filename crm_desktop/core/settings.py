"""What this computer remembers for its user: options and connection profiles as TOML, passwords in the keyring."""

from __future__ import annotations

import contextlib
import os
import tomllib
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_type_hints
from urllib.parse import quote, urlencode

import tomli_w

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.core.paths import state_home

PORT = 5432
_T = TypeVar("_T", "Options", "Profile")


@dataclass(frozen=True)
class Options:
    """The user's choices on this computer; what belongs to the person is kept in the database."""

    language: Literal["zh", "en"] = "zh"
    theme: Literal["light", "dark", "system"] = "light"
    density: Literal["comfortable", "compact", "large"] = "comfortable"
    scale: Literal["system", "100", "125", "150", "175", "200"] = "system"
    """Percent; it is given to Qt before the first window, so that another one needs a new start."""
    last_profile: str = ""
    default_profile: str = ""
    """Preselected at sign-in; empty: the one used last."""
    backup_folder: str = ""
    """Where the daily copies of a firm kept on this computer go; empty: none are made."""

    @staticmethod
    def load() -> Options:
        """The saved options; the defaults where there are none. Raises KnownError for an unreadable file."""
        return _checked(Options, _read(_options_file()), _options_file())

    def save(self) -> None:
        """Keep these options for the next start."""
        _write(_options_file(), asdict(self))


@dataclass(frozen=True)
class Profile:
    """How to reach one database, without the password.

    ``host`` may be several, separated by commas, each with its own ``:port``. It means nothing to a firm kept on this
    computer (``here``) and to the sample firm: their server is started when somebody signs in.
    """

    name: str
    host: str = "127.0.0.1"
    port: int = PORT
    database: str = "crm"
    login: str = ""
    sslmode: Literal["prefer", "disable", "require", "verify-ca", "verify-full"] = "prefer"
    sslrootcert: str = ""
    target_session_attrs: Literal["", "any", "read-write", "primary", "prefer-standby"] = ""
    kind: Literal["server", "here", "sample"] = "server"

    def url(self, password: str | None = None) -> str:
        """``postgresql://`` address in libpq's form, percent-encoded."""
        secret = "" if password is None else ":" + quote(password, safe="")
        hosts = ",".join(self._with_port(host.strip()) for host in self.host.split(","))
        optional = ("sslmode", "sslrootcert", "target_session_attrs")
        query = urlencode({key: getattr(self, key) for key in optional if getattr(self, key)}, quote_via=quote)
        return f"postgresql://{quote(self.login, safe='')}{secret}@{hosts}/{quote(self.database, safe='')}?{query}"

    def _with_port(self, host: str) -> str:
        has_port = host.rpartition("]")[2].count(":") == 1  # an IPv6 address stands in brackets
        return host if has_port else f"{host}:{self.port}"


def load_profiles() -> list[Profile]:
    """The saved profiles in their order. Raises KnownError for an unreadable file."""
    file = _profiles_file()
    entries = _read(file).get("profile", [])
    if not isinstance(entries, list):
        raise _unreadable(file, "profile")
    return [_checked(Profile, entry, file) for entry in entries]


def save_profiles(profiles: list[Profile]) -> None:
    """Keep ``profiles`` in this order, in place of all earlier ones."""
    _write(_profiles_file(), {"profile": [asdict(profile) for profile in profiles]})


def set_aside_broken() -> list[Path]:
    """Rename the files of options and profiles that cannot be read, so that the program starts with the defaults.

    Returns their new names.
    """
    renamed = []
    for file, load in ((_options_file(), Options.load), (_profiles_file(), load_profiles)):
        try:
            load()
        except KnownError:
            renamed.append(file.replace(file.with_suffix(".broken.toml")))
    return renamed


def can_remember_passwords() -> bool:
    """Whether the system has a keyring that keeps what it is given. May take a while, or ask the desktop."""
    import keyring
    from keyring.backends import fail, null

    try:
        return not isinstance(keyring.get_keyring(), fail.Keyring | null.Keyring)
    except Exception:  # noqa: BLE001 - a keyring of the system may raise anything, and is no reason not to work
        return False


def remember_password(profile: Profile, password: str) -> None:
    """Keep the password in the system's keyring. Raises KnownError where there is none."""
    import keyring

    try:
        keyring.set_password(*_secret_of(profile), password)
        is_kept = keyring.get_password(*_secret_of(profile)) == password
    except Exception as error:  # not only keyring's own errors: D-Bus and Windows raise theirs
        raise _no_keyring() from error
    if not is_kept:
        raise _no_keyring()


def password_for(profile: Profile) -> str | None:
    """The remembered password; None where nothing is remembered or there is no keyring."""
    import keyring

    try:
        return keyring.get_password(*_secret_of(profile))
    except Exception:  # noqa: BLE001 - as above; whoever is asked types the password
        return None


def forget_password(profile: Profile) -> None:
    """Remove the remembered password, if any."""
    import keyring

    with contextlib.suppress(Exception):  # where there is no keyring, nothing is remembered
        keyring.delete_password(*_secret_of(profile))


def _no_keyring() -> KnownError:
    return KnownError(_("This computer offers no safe place for passwords."), _("Type the password at every sign-in."))


def _secret_of(profile: Profile) -> tuple[str, str]:
    """By server, so that a changed profile never sends the password elsewhere."""
    place = f"{profile.host}:{profile.port}/{profile.database}" if profile.kind == "server" else profile.kind
    return f"crm-desktop {place}", profile.login


def _options_file() -> Path:
    return state_home() / "options.toml"


def _profiles_file() -> Path:
    return state_home() / "profiles.toml"


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _unreadable(file, str(error)) from error


def _write(file: Path, content: dict[str, Any]) -> None:
    unfinished = file.with_name(f"{file.name}.{os.getpid()}.tmp")
    unfinished.write_text(tomli_w.dumps(content), encoding="utf-8")
    unfinished.replace(file)


def _checked(kind: type[_T], entry: object, file: Path) -> _T:
    """``entry`` as ``kind``; names that another version wrote are left out."""
    hints = get_type_hints(kind)
    names = [field.name for field in fields(kind)]
    if not isinstance(entry, dict):
        raise _unreadable(file, kind.__name__)
    known = {name: entry[name] for name in names if name in entry}
    for name, value in known.items():
        allowed = get_args(hints[name])
        if value not in allowed if allowed else type(value) is not hints[name]:
            raise _unreadable(file, f"{name} = {value!r}")
    try:
        return kind(**known)
    except TypeError as error:
        raise _unreadable(file, str(error)) from error


def _unreadable(file: Path, reason: str) -> KnownError:
    return KnownError(
        _("The file {file} cannot be read: {reason}").format(file=file, reason=reason),
        _("Correct it, or delete it to start with the defaults."),
    )
