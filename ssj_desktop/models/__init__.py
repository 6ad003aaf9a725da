"""Tables; importing this package registers every one of them."""

from ssj_desktop.models import (
    chain,
    disclosures,
    drafts,
    draws,
    exchange,
    inspections,
    item_lists,
    journal,
    office,
    plans,
    registries,
)

__all__ = [
    "chain",
    "disclosures",
    "drafts",
    "draws",
    "exchange",
    "inspections",
    "item_lists",
    "journal",
    "office",
    "plans",
    "registries",
]
