"""Issue 5, done when: a week of four computers in four processes ends equal, by stick alone.

The same over a server is in ``test_server_exchange.py``, over a shared folder in ``soak week``.
"""

from pathlib import Path

from exchange.computer import Computer
from exchange.journey import a_week_ends_equal, by_stick
from office import Clock, found


def test_a_week_of_four_processes_ends_equal_by_stick_alone(tmp_path: Path) -> None:
    a_week_ends_equal(tmp_path, by_stick)


COUNTY, CITY, PROVINCE = "云岭县住房和城乡建设局", "云岭市住房和城乡建设局", "云省住房和城乡建设厅"


def office(folder: Path, unit: str, division: str) -> Computer:
    desk, _ = found(folder / division, Clock(), unit, division)
    desk.close()
    return Computer(desk.database.path)


def introduce(one: Computer, other: Computer, card: Path) -> None:
    """Both take in the other's card; the ten digits are read over the telephone."""
    for reader, writer in ((one, other), (other, one)):
        code = writer.ask("card", str(card))
        reader.ask("greet", str(card), code)


def send(sender: Computer, reader: Computer, digest: str, unit: str) -> list[int]:
    path = str(sender.store.with_name("备案.ssjb"))
    sender.ask("file_out", digest, unit, path)
    return list(reader.ask("file_in", path))


def test_a_county_files_to_the_province_with_both_signatures_and_its_receipt_comes_back(
    tmp_path: Path,
) -> None:
    county, city = office(tmp_path, COUNTY, "239921"), office(tmp_path, CITY, "239900")
    province = office(tmp_path, PROVINCE, "230000")
    introduce(county, city, tmp_path / "card.ssjo")
    introduce(city, province, tmp_path / "card.ssjo")
    digest = county.ask("prepare", county.ask("plan"))
    assert send(county, city, digest, CITY) == [1, 0]
    city.ask("countersign", digest, "同意转报")
    send(city, province, digest, PROVINCE)
    arrived, sent = province.ask("filing", digest), county.ask("filing", digest)
    assert (arrived["text"], arrived["unit"]) == (sent["text"], COUNTY)
    assert arrived["countersigned"] == [CITY]
    province.ask("reply", digest, "省备〔2026〕1号")
    assert send(province, city, digest, CITY) == [0, 1]
    send(city, county, digest, COUNTY)
    home = county.ask("filing", digest)
    assert (home["receipts"], home["state"]) == ([PROVINCE], "已备案 省备〔2026〕1号")
    assert home["plan"] == ["已备案"]
    for computer in (county, city, province):
        computer.go_off()
