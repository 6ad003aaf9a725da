"""The acts of ``sync_schedules.py`` in an order that Hypothesis chooses.

After every act each replica must show what the oracle says of the acts it knows, not only at the end,
when all have met. ``runs_of`` gives a part of the runs with a seed of its own.
"""

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sync_memory import MemoryReplica
from sync_oracle import expected_state
from sync_schedules import Schedule

Outcome = tuple[int, int, list[str]]
"""Runs, acts and faults."""

REPLICAS = 5
STEPS = 25
_SOMEBODY = st.integers(0, REPLICAS - 1)
DAY = ("edit", "edit", "insert", "delete", "exchange", "exchange", "exchange", "resolve")
MISHAPS = ("jump", "backup", "restore", "clone", "revoke")


class Fault(Exception):
    """A difference from the oracle."""


class Office(RuleBasedStateMachine):
    """Five replicas; what is typed comes from the seed, who does what and when from Hypothesis."""

    replica = MemoryReplica
    runs = 0
    acts = 0
    schedule: Schedule

    @initialize(number=st.integers(0, 2**32 - 1))
    def begin(self, number: int) -> None:
        """Two rows that all know."""
        self.schedule = Schedule(number, self.replica, replicas=REPLICAS)
        for who in (0, 1):
            self.schedule.insert(self.schedule.all[who])
            self.send_to_all(who)

    @rule(who=_SOMEBODY, deeds=st.lists(st.sampled_from(DAY), min_size=2, max_size=6))
    def work(self, who: int, deeds: list[str]) -> None:
        for deed in deeds:
            getattr(self.schedule, deed)(self.schedule.all[who])

    @rule(who=_SOMEBODY, deed=st.sampled_from(MISHAPS))
    def suffer(self, who: int, deed: str) -> None:
        getattr(self.schedule, deed)(self.schedule.all[who])

    @rule(who=_SOMEBODY)
    def send_to_all(self, who: int) -> None:
        """Everything one has, to everybody."""
        sender = self.schedule.all[who]
        for other in self.schedule.all:
            parcels = list(sender.parcels().values())
            self.schedule.hand_over(other, parcels, sender.state.revoked)

    @invariant()
    def each_shows_what_the_acts_it_knows_make(self) -> None:
        acts = self.schedule.acts
        for replica in self.schedule.all:
            expected = expected_state([act for act in acts if act.number in replica.state.acts])
            if replica.rows() != expected.rows:
                raise Fault(f"rows of {replica.state.device} differ")
            if replica.disputed() != expected.disputed:
                raise Fault(f"conflicts of {replica.state.device} differ")

    def teardown(self) -> None:
        if hasattr(self, "schedule"):
            type(self).runs += 1
            type(self).acts += len(self.schedule.acts)
            if faults := self.schedule.end():
                raise Fault(*faults)


def runs_of(count: int, number: int, replica: type[MemoryReplica] = MemoryReplica) -> Outcome:
    """So many runs, the acts done in them, and the first fault with the steps to it.

    It is not made shorter: that takes minutes, and the steps can be played again from what is told.
    """
    office = seed(number)(type("Office", (Office,), {"replica": replica, "runs": 0, "acts": 0}))
    given = settings(
        max_examples=count,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(office, settings=given)
    except Fault as fault:
        return (
            office.runs,
            office.acts,
            ["\n".join((f"{number}: {fault!r}", *getattr(fault, "__notes__", ())))],
        )
    return office.runs, office.acts, []
