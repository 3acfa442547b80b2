"""The language of all texts: gettext catalogues, chosen at start or switched while the program runs."""

from __future__ import annotations

import gettext as _gettext

from crm_desktop.core.paths import RESOURCES

LANGUAGES = {"zh": "zh_CN", "en": "en"}
_DOMAIN = "crm_desktop"
_state: dict[str, _gettext.NullTranslations | str] = {"language": "en", "catalogue": _gettext.NullTranslations()}


def set_language(language: str) -> None:
    """Show all further texts in ``language`` (``zh`` or ``en``). English is what the source is written in."""
    catalogue = _gettext.translation(_DOMAIN, RESOURCES / "locale", [LANGUAGES[language]], fallback=language == "en")
    _state.update(language=language, catalogue=catalogue)


def language() -> str:
    """``zh`` or ``en``."""
    return str(_state["language"])


class Named(str):
    """A name that the database holds in both languages. It is the Chinese one; ``_`` shows the one of the moment."""

    __slots__ = ("english",)
    english: str

    def __new__(cls, name: str, english: str | None) -> Named:  # noqa: PYI034 - nobody derives from it
        """Without an English name the Chinese one serves in English too."""
        made = super().__new__(cls, name)
        made.english = english or name
        return made


def _(text: str) -> str:
    """``text`` in the language of the moment; the text itself where the catalogue has none."""
    if isinstance(text, Named):
        return text.english if _state["language"] == "en" else str(text)
    catalogue = _state["catalogue"]
    assert isinstance(catalogue, _gettext.NullTranslations)
    return catalogue.gettext(text) if text else ""


def in_each_language(text: str) -> tuple[str, ...]:
    """``text`` as it reads in every language, each reading once."""
    if isinstance(text, Named):
        return tuple(dict.fromkeys((str(text), text.english)))
    catalogues = (
        _gettext.translation(_DOMAIN, RESOURCES / "locale", [name], fallback=True) for name in LANGUAGES.values()
    )
    return tuple(dict.fromkeys(catalogue.gettext(text) for catalogue in catalogues))


def N_(text: str) -> str:  # noqa: N802 - gettext's own name
    """Mark a constant for the catalogue; it is translated with ``_`` when it is shown."""
    return text


COUNTED = N_("{count} {things}")


def counted(one: str, several: str, count: int) -> str:
    """``3 customers`` from the labels of what is counted."""
    return _(COUNTED).format(count=f"{count:,}", things=_(one if count == 1 else several).lower())


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form for ``count``. Values are filled in by the caller with ``format``."""
    catalogue = _state["catalogue"]
    assert isinstance(catalogue, _gettext.NullTranslations)
    return catalogue.ngettext(singular, plural, count)
