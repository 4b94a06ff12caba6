"""`hallmark explain`: what it prints is enough to do every number again, and it says so where it is not."""

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Program


def line(text: str, label: str) -> str:
    (found,) = re.findall(rf"^  {label} +(.+)$", text, re.MULTILINE)
    return str(found)


def first(text: str) -> float:
    return float(text.split(" ")[0].rstrip(","))


def test_a_ratio_from_its_counts_by_a_reader_with_a_pocket_calculator(reading: "Program") -> None:
    done = reading.started("explain", reading.case, "FL-1", "--group", "women")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("sex, women to men: the ratio of favourable decisions is ")
    counts = re.findall(r"(women|men): favourable ([\d,]+), rows ([\d,]+)", done.stdout)
    (women, x, n), (men, y, m) = counts
    assert (women, men) == ("women", "men")
    x, n, y, m = (int(count.replace(",", "")) for count in (x, n, y, m))
    assert (x / n) / (y / m) == pytest.approx(first(line(done.stdout, "Reported")), rel=1e-12)
    assert first(line(done.stdout, "Again")) == pytest.approx((x / n) / (y / m), rel=1e-12)
    assert re.findall(r"U = ([\d.]+)$", done.stdout, re.MULTILINE) == ["3.841459", "3.841459"]
    assert "Koopman 1984" in line(done.stdout, "Source")
    assert "fairlearn 0." in line(done.stdout, "Method")


@pytest.mark.parametrize(
    "control",
    ["FL-6", "FL-7", "FL-8", "FL-9", "FL-10", "CS-2", "DG-3"],
)
def test_what_has_counts_comes_to_the_reported_value_again(reading: "Program", control: str) -> None:
    done = reading("explain", reading.case, control)
    assert done.returncode == 0, done.stderr
    reported = re.findall(r"^  Reported +(\S+?),?(?: |$)", done.stdout, re.MULTILINE)
    again = re.findall(r"^  Again +(\S+)$", done.stdout, re.MULTILINE)
    assert len(again) == len(reported) > 0
    for one, other in zip(reported, again, strict=True):
        assert float(other) == pytest.approx(float(one), rel=1e-6, abs=1e-8)


def test_limits_of_newcombe_come_to_the_reported_ones_again(reading: "Program") -> None:
    done = reading("explain", reading.case, "FL-2", "--group", "55+")
    (low,) = re.findall(r"low  = .* = (-?[\d.]+)$", done.stdout, re.MULTILINE)
    (high,) = re.findall(r"high = .* = (-?[\d.]+)$", done.stdout, re.MULTILINE)
    reported = re.findall(r"\[(\S+), (\S+)\], n", line(done.stdout, "Reported"))[0]
    assert (float(low), float(high)) == pytest.approx(tuple(map(float, reported)), abs=1e-6)


@pytest.mark.parametrize("control", ["CS-1", "FL-12"])
def test_what_needs_the_data_says_so_with_the_digests_of_its_inputs(reading: "Program", control: str) -> None:
    done = reading("explain", reading.case, control)
    assert done.returncode == 0
    assert "the number needs the data: no counts of it are in the evidence" in done.stdout
    assert re.search(r"^  Input +data sha256 [0-9a-f]{64}$", done.stdout, re.MULTILINE)
    assert not re.search(r"^  Again", done.stdout, re.MULTILINE)


def test_the_full_name_of_a_control_is_as_good(reading: "Program") -> None:
    short, full = (reading("explain", reading.case, name).stdout for name in ("FL-1", "fair-lending/FL-1"))
    assert short == full != ""


def test_every_control_of_the_case_can_be_explained(reading: "Program") -> None:
    refused = reading.sentence("explain", reading.case, "XX-9")
    controls = re.findall(r"[a-z-]+/[A-Z]+-\d+", refused)
    assert len(controls) > 20
    for control in controls[:: max(len(controls) // 4, 1)]:
        assert reading("explain", reading.case, control).returncode == 0, control


def test_an_unknown_group_is_refused_with_those_there_are(reading: "Program") -> None:
    refused = reading.sentence("explain", reading.case, "FL-1", "--group", "cats")
    assert "'cats'" in refused and "'women'" in refused and "'55+'" in refused


def test_an_unknown_case_is_refused(reading: "Program") -> None:
    assert "has no pack of a case" in reading.sentence("explain", "0" * 20, "FL-1")


def test_output_in_ascii_is_the_same(reading: "Program") -> None:
    done = reading.started.under(PYTHONIOENCODING="ascii")("explain", reading.case, "FL-1")
    assert done.returncode == 0 and done.stdout.isascii()
