"""Tables; importing this package registers every one of them."""

from ssj_desktop.models import (
    chain,
    disclosures,
    draws,
    exchange,
    inspections,
    journal,
    office,
    plans,
    registries,
)

__all__ = [
    "chain",
    "disclosures",
    "draws",
    "exchange",
    "inspections",
    "journal",
    "office",
    "plans",
    "registries",
]
