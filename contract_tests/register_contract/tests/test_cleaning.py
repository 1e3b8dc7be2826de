"""What texts pass on their way into a report, and what keeps a body from being read."""

from __future__ import annotations

import pytest

from register_contract.target.decoding import NO_JSON, decoded
from register_contract.target.exchange import Exchange
from register_contract.verdict.cleaning import Cleaner, escaped

TOKEN = "mock_9dc7ce70c0ae2373d5eb"


@pytest.fixture
def clean() -> Cleaner:
    cleaner = Cleaner()
    cleaner.hide(TOKEN, 'odd/"token"', "t", None, "")
    return cleaner


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"Bearer {TOKEN}.", "Bearer $TOKEN."),
        (f"Bearer {TOKEN[:-1]} …", "Bearer $TOKEN …"),
        (f"Bearer {TOKEN[:9]}", "Bearer $TOKEN"),
        (f"'{TOKEN[:9]}...{TOKEN[-9:]}'", "'$TOKEN...$TOKEN'"),
        (f"Bearer {TOKEN[:-1]}x", "Bearer $TOKENx"),
        (TOKEN.upper(), "$TOKEN"),
        ('{"a": "odd/\\"token\\""}', '{"a": "$TOKEN"}'),
        ("?t=odd%2F%22token%22", "?$TOKEN=$TOKEN"),
        ("Bearer t", "Bearer $TOKEN"),
        ("nothing of it", "nothing of it"),
    ],
)
def test_a_secret_is_hidden_in_each_spelling_and_where_it_is_cut(
    text: str, shown: str, clean: Cleaner
) -> None:
    assert clean(text) == shown


def test_what_cannot_be_printed_is_written_out(clean: Cleaner) -> None:
    text = "a\x1b[31m\x9b0m\x7f\u202e\ud800\r\té“…”\nb"
    assert clean(text) == "a\\x1b[31m\\x9b0m\\x7f\\u202e\\ud800\\r\\té“…”\nb"
    assert "\n" not in clean.sentence(text)
    assert escaped("é“…”") == "é“…”"


def test_plain_data_is_cleaned_throughout(clean: Cleaner) -> None:
    data = {"got": [TOKEN, ("\x1b", 1, None)], TOKEN: {}}
    assert clean.within(data) == {"got": ["$TOKEN", ("\\x1b", 1, None)], "$TOKEN": {}}


@pytest.mark.parametrize(
    ("body", "flaw"),
    [
        (b"[" * 100_000, "nested deeper"),
        (b"[" * 500 + b"]" * 500, "nested deeper"),
        (b'{"a":' * 101 + b"1" + b"}" * 101, "nested deeper"),
        (b'{"a": "\\ud800"}', "half of a surrogate pair"),
        (b'{"\\uDFFF": 1}', "half of a surrogate pair"),
        (b'{"a": "\xed\xa0\x80"}', "not UTF-8"),
        (b"\xff", "not UTF-8"),
        (b'{"a": NaN}', "not JSON"),
        (b"", "not JSON"),
        (b"9" * 5000, "not JSON"),
    ],
)
def test_a_body_that_cannot_be_used_says_why(body: bytes, flaw: str) -> None:
    value, why = decoded(body)
    assert value is NO_JSON
    assert flaw in why
    exchange = Exchange("GET", "http://h", {}, None, 200, body=body)
    assert (exchange.json, exchange.data, exchange.json_flaw) == (NO_JSON, None, why)


def test_ordinary_bodies_are_read() -> None:
    wide = b"[" + b",".join([b"[{}]"] * 500) + b"]"
    assert decoded(wide) == ([[{}]] * 500, "")
    assert decoded(b'"\\ud83d\\ude00"') == ("😀", "")
    assert decoded(b"null") == (None, "")


def test_a_pasted_line_has_no_escapes_either() -> None:
    exchange = Exchange("POST", "http://h", {}, '{"a": "\x9b\u202e"}'.encode(), 200)
    assert exchange.curl().isprintable()
    assert "\\302\\233\\342\\200\\256" in exchange.curl()
    shown = repr(Exchange("GET", "http://h", {"Authorization": f"Bearer {TOKEN}"}, None, 200))
    assert TOKEN not in shown
