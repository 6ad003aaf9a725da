"""Unused pages after a power cut: SQLite lets them be torn, an encrypted file may not keep them.

A page that was free before a transaction is not in its rollback journal: after a cut it is free
again with whatever was written of it. Nothing is lost and no query reads it; but its checksum
is wrong, and copying page by page (a backup) and VACUUM stop there. Writing every free page once
makes the file whole.
"""

from pathlib import Path
from typing import Any

from ssj_desktop.models.cipher import opened

_TABLE = "mended_pages"
_BLOB_BYTES = 256 * 4012


def mend_free_pages(path: Path, key: bytes) -> int:
    """How many unused pages were damaged and are whole again; 0 when others were, or none.

    The structure check reads every page in use, so whatever the checksums find beyond it is free.
    """
    with opened(path, key) as connection:
        wrong = _wrong_free_ones(connection)
    if not wrong:
        return 0
    with opened(path, key) as connection:  # SQLCipher stays with the first error it met
        _write_all_free(connection)
        return 0 if list(connection.execute("PRAGMA cipher_integrity_check")) else wrong


def find_wrong_pages(connection: Any) -> int:
    """How many pages are damaged, used or not; a connection that met one is of no use any more."""
    connection.execute(f"DROP TABLE IF EXISTS {_TABLE}")
    return len(list(connection.execute("PRAGMA cipher_integrity_check")))


def _wrong_free_ones(connection: Any) -> int:
    wrong = find_wrong_pages(connection)
    if not wrong:
        return 0
    (free,) = connection.execute("PRAGMA freelist_count").fetchone()
    sound = wrong <= free and list(connection.execute("PRAGMA quick_check")) == [("ok",)]
    return wrong if sound else 0


def _write_all_free(connection: Any) -> None:
    """Two transactions: pages that are freed where they were taken are not written."""
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(f"CREATE TABLE {_TABLE} (filler BLOB)")
    while connection.execute("PRAGMA freelist_count").fetchone() != (0,):
        connection.execute(f"INSERT INTO {_TABLE} VALUES (zeroblob({_BLOB_BYTES}))")
    connection.execute("COMMIT")
    connection.execute(f"DROP TABLE {_TABLE}")
