"""Tables; importing this package registers every one of them."""

from ssj_desktop.models import disclosures, draws, inspections, journal, office, plans, registries

__all__ = ["disclosures", "draws", "inspections", "journal", "office", "plans", "registries"]
