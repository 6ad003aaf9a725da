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


def mend_free_pages(path: Path, key: bytes) -> bool:
    """True when unused pages, and nothing but those, were damaged and are whole again.

    The structure check reads every page in use, so whatever the checksums find beyond it is free.
    """
    with opened(path, key) as connection:
        connection.execute(f"DROP TABLE IF EXISTS {_TABLE}")
        if not _only_free_ones(connection):
            return False
    with opened(path, key) as connection:  # SQLCipher stays with the first error it met
        _write_all_free(connection)
        return not list(connection.execute("PRAGMA cipher_integrity_check"))


def _only_free_ones(connection: Any) -> bool:
    wrong = len(list(connection.execute("PRAGMA cipher_integrity_check")))
    (free,) = connection.execute("PRAGMA freelist_count").fetchone()
    return 0 < wrong <= free and list(connection.execute("PRAGMA quick_check")) == [("ok",)]


def _write_all_free(connection: Any) -> None:
    """Two transactions: pages that are freed where they were taken are not written."""
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(f"CREATE TABLE {_TABLE} (filler BLOB)")
    while connection.execute("PRAGMA freelist_count").fetchone() != (0,):
        connection.execute(f"INSERT INTO {_TABLE} VALUES (zeroblob({_BLOB_BYTES}))")
    connection.execute("COMMIT")
    connection.execute(f"DROP TABLE {_TABLE}")
