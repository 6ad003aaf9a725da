"""Tables; importing this package registers every one of them."""

from ssj_desktop.models import (
    attachments,
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
    "attachments",
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
