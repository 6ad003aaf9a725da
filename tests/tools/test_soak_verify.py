"""The soak of the verification kit counts a record that one of the three judges wrongly."""

from itertools import islice

import soak_verify


def test_genuine_records_are_agreed_and_changed_ones_found() -> None:
    assert soak_verify.run(None, soak_verify.genuine(range(3)), expected=True) == (3, 0)
    assert soak_verify.run(None, islice(soak_verify.edited(range(1)), 10), expected=False) == (
        10,
        0,
    )


def test_a_wrong_verdict_is_counted() -> None:
    assert soak_verify.run(None, soak_verify.genuine(range(2)), expected=False) == (2, 2)
