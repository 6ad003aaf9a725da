"""Readers pass together; who is alone waits for them and keeps others out."""

import threading

from ssj_desktop.services.gate import Gate


def test_two_readers_are_inside_at_the_same_time() -> None:
    gate, met = Gate(), threading.Barrier(2, timeout=5)

    def read() -> None:
        with gate.reading():
            met.wait()

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(5)
    assert not met.broken


def test_alone_waits_for_readers_and_lets_only_its_own_thread_read() -> None:
    gate, order = Gate(), []
    inside, leave = threading.Event(), threading.Event()

    def read_long() -> None:
        with gate.reading():
            inside.set()
            leave.wait(5)
            order.append("read")

    def read_later() -> None:
        with gate.reading():
            order.append("later")

    first = threading.Thread(target=read_long)
    first.start()
    assert inside.wait(5)
    threading.Timer(0.05, leave.set).start()
    with gate.alone():
        order.append("alone")
        second = threading.Thread(target=read_later)
        second.start()
        with gate.reading():
            order.append("own")
        second.join(0.05)
    for reader in (first, second):
        reader.join(5)
    assert order == ["read", "alone", "own", "later"]


def test_it_is_known_whether_somebody_reads() -> None:
    gate = Gate()
    assert not gate.has_readers()
    with gate.reading():
        assert gate.has_readers()
    assert not gate.has_readers()
