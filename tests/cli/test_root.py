"""`hallmark root found`: an installation that is no demo, once."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import Program


def test_what_is_founded_under_a_name_is_no_demo_and_stays(bare: "Program") -> None:
    done = bare.started("root", "found", "bank.example")
    assert done.returncode == 0
    assert done.stdout.startswith("root bank.example, sha256 ")
    assert "demo" not in done.stdout.lower()
    assert bare("root", "show").stdout == done.stdout
    published = bare("rulebook", "publish")
    assert (published.returncode, "demo" in published.stdout.lower()) == (0, False)
    again = bare.sentence("root", "found", "bank.example")
    assert again.endswith("root.json: a root is here already; found another in another home")


def test_a_name_that_is_none_founds_nothing(bare: "Program") -> None:
    assert "needs a name" in bare.sentence("root", "found")
    assert "cannot be the name of a root" in bare.sentence("root", "found", "Bank\nexample")
    assert not bare.home.exists()
