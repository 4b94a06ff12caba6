"""The folders of a home: where they are and who may read them."""

import stat
from pathlib import Path

import pytest

from hallmark.errors import BadInput
from hallmark.local.home import Home


def test_home_of_a_clone_is_its_hidden_folder(tmp_path: Path) -> None:
    assert Home.at(tmp_path).root == tmp_path.resolve() / ".hallmark"


def test_every_path_is_below_the_root(tmp_path: Path) -> None:
    home = Home(root=tmp_path / "h")
    paths = [home.airflow, home.keys, home.store, home.work, home.registry, home.logs, home.run, home.ledger]
    paths += [home.store_credentials, home.administrator_password, home.password("ann")]
    assert len(set(paths)) == len(paths)
    assert all(path.is_relative_to(home.root) for path in paths)


def test_created_folders_are_private_and_creating_twice_keeps_them(tmp_path: Path) -> None:
    home = Home(root=tmp_path / "h").create()
    (home.keys / "kept").write_text("x")
    home.create()
    assert (home.keys / "kept").exists()
    for folder in (home.root, *home.root.iterdir()):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder


def test_a_file_in_the_way_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "h").write_text("not a folder")
    with pytest.raises(BadInput, match="cannot be written"):
        Home(root=tmp_path / "h").create()
