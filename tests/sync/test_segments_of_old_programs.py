"""Segments that earlier programs sealed are taken in for ever: those of the stores kept per schema."""

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from sync_replicas import found_template, office_of

from ssj_desktop.models import keyfile
from ssj_desktop.models.cipher import opened
from ssj_desktop.models.registries import Target
from ssj_desktop.queries.segments import WAITING, list_segments
from ssj_desktop.services.sync import ApplySegments, apply_segments

OLD = Path(__file__).resolve().parents[1] / "old_databases"
FIRST_WITH_SEGMENTS = "0014"
PASSWORD = "Sesame-2026"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of today, founded once."""
    return found_template(tmp_path_factory.mktemp("today"))


def segments_of(store: Path) -> tuple[str, list[bytes], dict[str, str]]:
    """Schema, segments and the rows of one table as that program left them."""
    slots = keyfile.read_slots(keyfile.keyfile_of(store))
    with opened(store, keyfile.unlock(slots, "张敏", PASSWORD)) as connection:
        contents = [row[0] for row in connection.execute("SELECT content FROM segments")]
        rows = dict(connection.execute("SELECT id, name FROM targets"))
        (schema,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return schema, contents, rows


@pytest.mark.parametrize(
    "store",
    [path for path in sorted(OLD.glob("*.ssj")) if path.stem >= FIRST_WITH_SEGMENTS],
    ids=lambda path: path.stem,
)
def test_segments_of_an_earlier_schema_are_taken_in(
    store: Path, template: Path, tmp_path: Path
) -> None:
    schema, contents, rows = segments_of(store)
    assert schema == store.stem
    assert contents
    (replica,) = office_of(1, tmp_path, template)
    command = ApplySegments(tuple(contents), lambda *_: "")
    replica.desk.do(apply_segments, command)
    assert replica.desk.ask(list_segments, WAITING) == ()
    names = replica.desk.ask(names_of_targets)
    assert rows.items() <= names.items()
    replica.close()


def names_of_targets(session: Session) -> dict[str, str]:
    return dict(session.execute(select(Target.id, Target.name)).all())
