"""Kills the program 1,000 times while it works and counts what is lost, half done or damaged (R1).

A worker signs in, edits, imports, draws, attaches photographs, takes bundles in and hands them out,
exchanges over a folder, makes backups and upgrades old stores; it writes down each act that was
confirmed. After every kill the stores must open, pages, chain and files must be whole, each confirmed act must be
there, no act by half, and each draw have one result. ``--short``: 25 kills.
"""

import random
import sys
import time
from functools import cache
from unittest.mock import patch

from figures import Figure, tell
from killing import run_and_kill, scratch_folder
from mixed_checks import farewell, look
from mixed_load import World, copy_world, found_world, whole_day, work
from pacing import Rounds
from single_store import Tally

from ssj_desktop.models import keyfile

ROUNDS, SHORT_ROUNDS = 1000, 25
ROUNDS_OF_ONE_WORLD = 25
LONGEST_LIFE = 0.6
SIGN_INS = 8
"""One in so many is killed from the start, while it signs in."""
CHANCE = random.Random(20260101)


def one_round(world: World, number: int) -> Tally:
    """Work, kill, look."""
    life, at_once = CHANCE.uniform(0, LONGEST_LIFE), number % SIGN_INS == 0
    run_and_kill(work, (world.folder, number), world.log, life, at_once=at_once)
    return look(world.folder)


def warm_up(world: World) -> None:
    """A day without a kill, here in the parent, is confirmed whole; nothing stays open.

    What it loaded, compiled and derived from passwords, every worker has from its start.
    """
    whole_day(world.folder)
    found = [look(world.folder), farewell(world.folder)]
    if any(each.bad for each in found):
        raise SystemExit(f"不终止时也不符：{found}")


def soak(rounds: Rounds) -> Tally:
    tally = Tally()
    keys = patch.object(keyfile, "_derive", cache(keyfile._derive))  # noqa: SLF001
    with scratch_folder() as folder, keys:
        source, world = World(folder / "source"), World(folder / "world")
        source.folder.mkdir()
        found_world(source.folder)
        copy_world(source, world)
        warm_up(world)
        for number in rounds:
            if number % ROUNDS_OF_ONE_WORLD == 0:
                copy_world(source, world)
            tally.add(one_round(world, number))
            if (number + 1) % ROUNDS_OF_ONE_WORLD == 0:
                tally.add(farewell(world.folder))
        if rounds.done % ROUNDS_OF_ONE_WORLD:
            tally.add(farewell(world.folder))
    return tally


def main(arguments: list[str]) -> int:
    rounds = Rounds(SHORT_ROUNDS if "--short" in arguments else ROUNDS)
    begun = time.monotonic()
    tally = soak(rounds)
    for fault in (*tally.lost, *tally.half, *tally.damaged):
        print(fault)
    print(
        f"soak kill：强行终止 {rounds.text} 次，已确认 {tally.confirmed} 项，{tally.sentence}"
        f"（{time.monotonic() - begun:.0f} 秒）"
    )
    held = f"{rounds.text} 次，确认 {tally.confirmed} 项，{tally.sentence}"
    asked = "混合负载中强行终止 1000 次：丢失、半途、损坏各 0"
    is_held = rounds.is_whole and tally.bad == 0 and tally.confirmed > 0
    return tell(Figure("R1", asked, held, is_held))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
