"""SCRAM verifiers against the standard's own example, and passwords as SASLprep wants them."""

from __future__ import annotations

import base64

import pytest

from crm_desktop.db.scram import prepared, scram_verifier

# RFC 7677, section 3: user "user", password "pencil", this salt, 4096 iterations. The server's signature there is
# HMAC(server key, authentication message), which the next test computes from the verifier's last part.
SALT = base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
MESSAGE = (
    b"n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,"
    b"i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
)
SIGNATURE = "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="


def test_the_verifier_signs_as_in_the_standards_example() -> None:
    import hmac

    verifier = scram_verifier("pencil", SALT)
    mechanism, salt, keys = verifier.split("$")
    assert (mechanism, salt) == ("SCRAM-SHA-256", "4096:W22ZaJ0SNY7soEsUEjb6gQ==")
    server_key = base64.b64decode(keys.partition(":")[2])
    assert base64.b64encode(hmac.digest(server_key, MESSAGE, "sha256")).decode() == SIGNATURE


def test_each_verifier_has_a_salt_of_its_own() -> None:
    assert scram_verifier("x") != scram_verifier("x")


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("pencil", "pencil"),
        ("密码", "密码"),
        ("I\u00adX", "IX"),  # RFC 4013, section 3
        ("\u00aa", "a"),
        ("\u2168", "IX"),
        ("a\u00a0b", "a b"),
        ("a\u0007b", "a\u0007b"),  # forbidden, so taken as it is
        ("\u06271", "\u06271"),
        ("\u0627a\u0628", "\u0627a\u0628"),
        ("\u00ad", "\u00ad"),
    ],
)
def test_passwords_are_prepared_as_postgresql_does(password: str, expected: str) -> None:
    assert prepared(password) == expected.encode()
