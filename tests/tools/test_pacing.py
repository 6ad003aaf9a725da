"""Rounds of a drill and Ctrl-C."""

import signal
import threading

from pacing import Rounds


def test_the_usual_ctrl_c_is_back_after_the_rounds() -> None:
    usual = signal.getsignal(signal.SIGINT)
    assert [signal.getsignal(signal.SIGINT) is usual for _ in Rounds(2)] == [False, False]
    assert signal.getsignal(signal.SIGINT) is usual


def test_rounds_left_by_an_exception_may_be_cleared_away_by_another_thread() -> None:
    usual, wrong = signal.getsignal(signal.SIGINT), list[ValueError]()
    rounds = iter(Rounds(2))
    next(rounds)

    def clear() -> None:
        try:
            rounds.close()  # type: ignore[attr-defined]
        except ValueError as problem:
            wrong.append(problem)

    thread = threading.Thread(target=clear)
    thread.start()
    thread.join()
    signal.signal(signal.SIGINT, usual)
    assert wrong == []
