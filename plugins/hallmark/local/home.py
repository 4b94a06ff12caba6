"""Where everything of one machine lives: the folder `.hallmark` and what is in it."""

from dataclasses import dataclass
from pathlib import Path

from hallmark.errors import BadInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The paths below one root; nothing outside of it is written, and nobody else may read it."""

    root: Path

    @classmethod
    def at(cls, repo: Path) -> "Home":
        """Return the home of a clone: `.hallmark` at its top."""
        return cls(root=repo.resolve() / ".hallmark")

    @property
    def airflow(self) -> Path:
        """What Airflow calls AIRFLOW_HOME: its database and configuration."""
        return self.root / "airflow"

    @property
    def keys(self) -> Path:
        """Every secret of this home, each in a file of mode 0600."""
        return self.root / "keys"

    @property
    def store(self) -> Path:
        """What the embedded S3 server serves: one folder per bucket."""
        return self.root / "store"

    @property
    def work(self) -> Path:
        """The workspace of cases: rows and predictions, never evidence."""
        return self.root / "work"

    @property
    def registry(self) -> Path:
        """The registered models, versions and cohorts."""
        return self.root / "registry"

    @property
    def logs(self) -> Path:
        """One file per service, and the task logs of Airflow."""
        return self.root / "logs"

    @property
    def run(self) -> Path:
        """What holds while services run: the lock, their addresses, their process ids."""
        return self.root / "run"

    @property
    def ledger(self) -> Path:
        """The SQLite file that gives ledger entries their place."""
        return self.root / "ledger.db"

    @property
    def store_credentials(self) -> Path:
        """JSON with `access_key` and `secret_key` of the embedded store."""
        return self.keys / "store.json"

    @property
    def administrator_password(self) -> Path:
        """The administrator's generated password, one line; may be deleted once it is known."""
        return self.password("administrator")

    def password(self, name: str) -> Path:
        """Return the file that holds the generated password of the user `name`."""
        return self.keys / f"{name}.password"

    def create(self) -> "Home":
        """Make the folders, readable by their owner alone, and return this home. Raises `BadInput` when it cannot."""
        parts = (self.airflow, self.keys, self.store, self.work, self.registry, self.logs, self.run)
        try:
            for folder in (self.root, *parts):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise BadInput(f"{self.root} cannot be written ({error.strerror}): check its owner and space.") from error
        return self
