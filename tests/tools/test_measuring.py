"""The bench: ratios, goals and growth."""

import math

import measuring
import pytest
from measuring import Row


def test_a_goal_is_met_at_its_very_ratio() -> None:
    assert Row("读", 10, 3.0, 2.0, 1.5).is_met
    assert not Row("读", 10, 3.1, 2.0, 1.5).is_met


def test_a_bare_tool_that_takes_no_time_cannot_be_matched() -> None:
    assert math.isinf(Row("读", 10, 1.0, 0.0, 5).ratio)


@pytest.mark.parametrize(("power", "expected"), [(1, 1.0), (2, 2.0), (0, 0.0)])
def test_growth_is_fitted_over_the_sizes(power: int, expected: float) -> None:
    rows = [Row("读", size, 0.001 * size**power, 1.0, 1) for size in (10, 100, 1000)]
    assert measuring.slope(rows) == pytest.approx(expected)


def test_growth_needs_two_sizes() -> None:
    assert measuring.slope([Row("读", 10, 1.0, 1.0, 1)]) is None


def test_both_sides_run_in_turns() -> None:
    order: list[str] = []
    row = measuring.compare("读", 10, lambda: order.append("我"), lambda: order.append("它"), 1, 3)
    assert "".join(order) == "我它我它我它"
    assert (row.operation, row.size) == ("读", 10)


def test_repeating_runs_the_action_so_often() -> None:
    seen: list[int] = []
    measuring.repeated(lambda: seen.append(1), 4)()
    assert len(seen) == 4


def test_the_report_closes_with_its_figures(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [Row("读", 10, 1.0, 1.0, 1), Row("读", 100, 20.0, 2.0, 1)]
    rows.append(Row("查", 100, 20.0, 2.0, None))
    assert measuring.report("store", rows) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "bench store：2 项目标中 1 项达到"
    assert lines[1].endswith("达到")
    assert lines[2].endswith("未达")
    assert lines[3].endswith("—")
    assert lines[4] == "读：随规模增长的指数 1.30"
