"""The next number of a device, also after a restore took away rows whose numbers are on papers."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ssj_desktop.models.draws import Draw
from ssj_desktop.queries.office import find_office, find_setting

DRAWS, AD_HOC = "draws", "ad_hoc"
TAKEN_SETTING = "numbers_taken/"
"""Followed by device letter, kind and year; the value is the highest number given."""


def highest_taken(session: Session, kind: str, year: int) -> int:
    """0 when no restore has taken rows away."""
    letter = find_office(session).device
    text = find_setting(session, f"{TAKEN_SETTING}{letter}/{kind}/{year}", "0")
    return int(text) if text.isdecimal() else 0


def ad_hoc_mark(letter: str) -> str:
    """Each device has numbers of its own; those of the first one carry no letter."""
    return "" if letter == "A" else letter


def next_draw_serial(session: Session, year: int) -> int:
    """After the highest of this device, also of those that a restored backup has lost."""
    letter = find_office(session).device
    query = select(func.max(Draw.serial)).where(Draw.device == letter, Draw.year == year)
    return max(session.scalar(query) or 0, highest_taken(session, DRAWS, year)) + 1
