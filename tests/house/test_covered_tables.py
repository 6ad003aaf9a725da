"""Every table says whether the journal covers it; triggers capture every column of those it does."""

from ssj_desktop.models import capture
from ssj_desktop.models.base import Base, Synced


def test_every_table_declares_whether_it_is_synced() -> None:
    """``__synced__`` on the model: MERGED, INSERT_ONLY or LOCAL (docs/adr/008-one-chain.md)."""
    silent = [
        mapper.class_.__name__
        for mapper in Base.registry.mappers
        if not isinstance(mapper.class_.__dict__.get("__synced__"), Synced)
    ]
    assert silent == []


def test_the_triggers_of_a_covered_table_name_every_column() -> None:
    texts = capture.triggers()
    missing = [
        (name, column.name)
        for table in capture.covered_tables()
        for name, text in texts.items()
        if name in {f"chain_{table.name}_{act}" for act in ("insert", "update", "delete")}
        for column in table.columns
        if f'."{column.name}"' not in text
    ]
    assert missing == []
    assert len(texts) > 5 * len(capture.covered_tables())


def test_covered_tables_have_one_text_key_and_no_other_unique_index() -> None:
    """Two devices must be able to add rows without agreeing first."""
    wrong = [
        table.name
        for table in capture.covered_tables()
        if [column.type.python_type for column in table.primary_key.columns] != [str]
        or any(index.unique for index in table.indexes)
    ]
    assert wrong == []


def test_fields_with_a_state_are_columns() -> None:
    states = {
        (table.name, field)
        for table in capture.covered_tables()
        for field, _ in getattr(capture.model_of(table.name), "__transitions__", ())
    }
    assert ("draws", "state") in states
    assert all(field in Base.metadata.tables[name].columns for name, field in states)
