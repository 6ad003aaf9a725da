"""This device in its own store: keys, epoch, and the first entry of a chain that covers rows."""

from typing import TYPE_CHECKING

from sqlalchemy import exists, insert, select

from ssj_desktop.domain.device_keys import DeviceKeys
from ssj_desktop.domain.journal_names import KEY_SETTING
from ssj_desktop.models import capture
from ssj_desktop.models.chain import Device, OwnDevice
from ssj_desktop.models.office import Setting
from ssj_desktop.queries.membership import own_keys
from ssj_desktop.services.membership import found_membership

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from ssj_desktop.services.desk import Work


def has_device(session: "Session") -> bool:
    """Whether the store has a device of its own; one from before the chain has none yet."""
    return bool(session.scalar(select(exists().where(OwnDevice.only == 1))))


def found_device(work: "Work", letter: str) -> str:
    """Make the keys of this device and enter it among the devices of the office."""
    keys = DeviceKeys(work.surroundings.device_seed())
    work.session.execute(
        insert(OwnDevice).values(only=1, device=keys.device, seed=keys.seed, epoch=1)
    )
    work.session.execute(
        insert(Device).values(
            id=work.new_id(),
            device=keys.device,
            letter=letter,
            public_key=keys.public.hex(),
            added_at=work.now,
            added_by=work.actor.name,
        )
    )
    publish_name_key(work)
    return keys.device


def publish_name_key(work: "Work") -> None:
    """Let the other devices of the office put the names back into what this one journals."""
    keys = own_keys(work.session)
    name = KEY_SETTING + keys.device
    if work.session.get(Setting, name) is None:
        work.session.add(Setting(name=name, value=keys.naming.hex()))


def adopt_store(work: "Work", _: None = None) -> None:
    """Let the chain cover what a store from before it holds; done once, at the first opening."""
    capture.adopt(work.session.connection())
    device = found_device(work, work.office.device)
    found_membership(work, work.office.device)
    work.note("名录入链", work.office.unit, "office", device=device)
