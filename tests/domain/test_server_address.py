"""Where the server stands: what may be typed, and the address the driver gets."""

import pytest

from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.server_address import owner_url, read_address, server_url
from ssj_desktop.domain.vocabulary import ServerSafety

FIELDS = {"host": "10.0.0.8", "port": "", "database": "ssj", "login": "ssj_239921"}


def test_the_port_may_be_left_out_and_spaces_around_a_field_do_not_count() -> None:
    address = read_address(" ssj.example.gov.cn ", " ", "ssj", " ssj_239921 ", ServerSafety.PLAIN)
    assert address.text == "ssj.example.gov.cn:5432/ssj"
    assert address.login == "ssj_239921"


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("host", "", "服务器地址"),
        ("host", "10.0.0.8/ssj", "服务器地址"),
        ("port", "0", "端口"),
        ("port", "65536", "端口"),
        ("port", "五", "端口"),
        ("database", "a b", "数据库名"),
        ("login", "", "账号"),
    ],
)
def test_a_field_that_cannot_be_is_named(field: str, value: str, word: str) -> None:
    typed = {**FIELDS, field: value}
    with pytest.raises(InvalidInput, match=word):
        read_address(**typed, safety=ServerSafety.PLAIN)


def test_the_password_never_stands_behind_the_last_at_sign() -> None:
    url = server_url(read_address(**FIELDS, safety=ServerSafety.ENCRYPTED), "p@ss/w:rd")
    assert url == "postgresql://ssj_239921:p%40ss%2Fw%3Ard@10.0.0.8:5432/ssj?sslmode=require"
    assert url.rpartition("@")[2] == "10.0.0.8:5432/ssj?sslmode=require"


def test_a_checked_certificate_comes_from_the_system_or_from_the_chosen_file() -> None:
    public = read_address(**FIELDS, safety=ServerSafety.VERIFIED)
    private = read_address(**FIELDS, safety=ServerSafety.VERIFIED, certificate="/etc/ca.pem")
    assert server_url(public, "").endswith(
        "@10.0.0.8:5432/ssj?sslmode=verify-full&sslrootcert=system"
    )
    assert server_url(private, "").endswith("sslrootcert=%2Fetc%2Fca.pem")


def test_the_owner_signs_in_to_the_same_database() -> None:
    address = read_address(**FIELDS, safety=ServerSafety.PLAIN)
    assert owner_url(address, " postgres ", "x") == (
        "postgresql://postgres:x@10.0.0.8:5432/ssj?sslmode=disable"
    )
