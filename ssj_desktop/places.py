"""Where files lie, what their drives are, and how one file takes another's place."""

import os
import shutil
import sys
import time
from pathlib import Path

_REPLACE_TRIES = 8
_REPLACE_PAUSE_SECONDS = 0.2
_NETWORK_TYPES = frozenset(
    [
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "ncpfs",
        "afs",
        "ceph",
        "glusterfs",
        "davfs",
        "davfs2",
        "fuse.sshfs",
        "fuse.davfs",
        "fuse.davfs2",
        "fuse.gvfsd-fuse",
        "fuse.rclone",
        "fuse.smbnetfs",
        "fuse.glusterfs",
    ]
)
_WINDOWS_REMOVABLE, _WINDOWS_REMOTE = 2, 4
FIXED, NETWORK, REMOVABLE = "FIXED", "NETWORK", "REMOVABLE"


def resource(*parts: str) -> Path:
    """A file shipped with the program, from a checkout as well as from the program folder."""
    frozen_root = getattr(sys, "_MEIPASS", None)
    root = Path(frozen_root) if frozen_root else Path(__file__).resolve().parent.parent
    return root.joinpath("resources", *parts)


def manual() -> Path:
    """The pages of the manual; its pictures lie beside it in docs/pictures."""
    frozen_root = getattr(sys, "_MEIPASS", None)
    root = Path(frozen_root) if frozen_root else Path(__file__).resolve().parent.parent
    return root / "docs" / "manual"


def user_folder() -> Path:
    """The user's own folder for the store, backups and logs; it need not exist yet."""
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "SSJ"
    else:  # noqa: RET505 - the type checker reads one branch per platform
        return Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "ssj"


def existing_folder(path: Path) -> Path:
    """The nearest folder above ``path`` that exists already."""
    for folder in path.absolute().parents:
        if folder.is_dir():
            return folder
    return Path(path.absolute().anchor)


def free_bytes(path: Path) -> int:
    """Room left on the drive of ``path``, which need not exist yet."""
    return shutil.disk_usage(existing_folder(path)).free


def drive_kind(
    path: Path,
    mounts: Path = Path("/proc/self/mounts"),
    devices: Path = Path("/sys/class/block"),
) -> str:
    """FIXED, NETWORK or REMOVABLE; what cannot be told counts as FIXED.

    ``mounts`` and ``devices`` are where Linux tells; Windows is asked by GetDriveType.
    """
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415 - its windll is on Windows only

        kind = ctypes.windll.kernel32.GetDriveTypeW(str(Path(path.absolute().anchor)))
        if str(path.absolute()).startswith("\\\\"):
            return NETWORK
        return {_WINDOWS_REMOVABLE: REMOVABLE, _WINDOWS_REMOTE: NETWORK}.get(kind, FIXED)
    else:  # noqa: RET505 - the type checker reads one branch per platform
        device, kind = _mount_of(path, mounts)
        if kind in _NETWORK_TYPES:
            return NETWORK
        return REMOVABLE if _is_removable(device, devices) else FIXED


def _mount_of(path: Path, mounts: Path) -> tuple[str, str]:
    """Device and type of the innermost file system that holds ``path``."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return "", ""
    whole = path.absolute()
    best, found = -1, ("", "")
    for line in lines:
        device, point, kind = line.split(" ")[:3]
        folder = Path(point.replace("\\040", " "))
        if len(folder.parts) >= best and (folder == whole or folder in whole.parents):
            best, found = len(folder.parts), (device, kind)
    return found


def _is_removable(device: str, devices: Path) -> bool:
    """The flag stands at the disk; a partition lies in the folder of its disk."""
    entry = (devices / Path(device).name).resolve()
    for folder in (entry, entry.parent):
        try:
            return (folder / "removable").read_text(encoding="ascii").strip() == "1"
        except OSError:
            continue
    return False


def replace(temporary: Path, final: Path) -> None:
    """Rename over ``final``; on Windows another program may hold it for a moment."""
    for attempt in range(_REPLACE_TRIES):
        try:
            temporary.replace(final)
        except PermissionError:
            if attempt == _REPLACE_TRIES - 1:
                raise
            time.sleep(_REPLACE_PAUSE_SECONDS)
        else:
            sync_folder(final.parent)
            return


def make_folder(folder: Path) -> None:
    """Make it, and what is missing above it, so that it and the files in it survive a power cut."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for each in reversed(missing):
        sync_folder(each.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename survive a power cut; Windows does so by itself."""
    if sys.platform != "win32":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def sync_file(path: Path) -> None:
    """Bring the bytes of a finished file to the disk."""
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def copy(source: Path, target: Path) -> None:
    """A copy that is there whole or not at all, and stays after a power cut."""
    temporary = target.with_name(f".{target.name}.part")
    try:
        shutil.copyfile(source, temporary)
        sync_file(temporary)
        replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def is_held(lock: Path) -> bool:
    """Whether a running window holds this lock file."""
    if not lock.exists():
        return False
    handle = -1
    try:
        handle = os.open(lock, os.O_RDWR)
        if sys.platform != "win32":
            import fcntl  # noqa: PLC0415 - not there on Windows

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        if handle >= 0:
            os.close(handle)
    return False
