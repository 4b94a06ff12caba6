"""What the machine offers, and how it is refused when it does not."""

import re
from pathlib import Path

import pytest

from hallmark.errors import BadInput
from hallmark.local import machine
from hallmark.local.machine import free_port, login_name, require_port, require_space


@pytest.mark.parametrize("port", [-1, 65536, 99999])
def test_a_port_that_does_not_exist_is_refused(port: int) -> None:
    with pytest.raises(BadInput, match="does not exist"):
        require_port(port)


def test_a_free_port_can_be_had() -> None:
    port = free_port()
    assert require_port(port) == port


def test_the_name_in_airflow_is_fit_for_a_file_name() -> None:
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", login_name())
    assert login_name() != "administrator"


def test_a_full_disk_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    require_space(tmp_path)
    monkeypatch.setattr(machine, "NEEDED_BYTES", 2**80)
    with pytest.raises(BadInput, match=r"MB free and the services need \d+ MB: free some space\.$"):
        require_space(tmp_path)
