"""Where everything of one machine lives: the folder `.hallmark` and what is in it."""

import errno
import os
from dataclasses import dataclass
from pathlib import Path

from hallmark.errors import BadInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The paths below one root; nothing outside of it is written, and nobody else may read it.

    `secrets` is where the keys are mounted, when they are not kept below the root.
    """

    root: Path
    secrets: Path | None = None

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
        return self.secrets or self.accounts

    @property
    def accounts(self) -> Path:
        """Who may log in, and generated passwords: below the root, wherever the keys are."""
        return self.root / "keys"

    @property
    def hidden(self) -> tuple[Path, ...]:
        """What no model may see: all of this home, and the keys wherever they are mounted."""
        return self.root, self.keys

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
    def rules(self) -> Path:
        """The inventory entries and suites that were proposed and taken in here, beside those of the clone."""
        return self.root / "rules"

    @property
    def logs(self) -> Path:
        """One file per service, and the task logs of Airflow."""
        return self.root / "logs"

    @property
    def run(self) -> Path:
        """What holds while services run: the lock, their addresses, their process ids."""
        return self.root / "run"

    @property
    def spare(self) -> Path:
        """The socket behind which a child waits that can score a model."""
        return self.run / "spare.socket"

    @property
    def ledger(self) -> Path:
        """The SQLite file that gives ledger entries their place."""
        return self.root / "ledger.db"

    @property
    def index(self) -> Path:
        """The SQLite file from which pages answer; derived, and made again when it is deleted."""
        return self.root / "index.db"

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
        return self.accounts / f"{name}.password"

    def create(self) -> "Home":
        """Make the folders, readable by their owner alone, and return this home. Raises `BadInput` when it cannot."""
        parts = (self.airflow, self.accounts, self.store, self.work, self.registry, self.logs, self.run)
        try:
            for folder in (self.root, *parts):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                if not os.access(folder, os.W_OK):
                    raise PermissionError(errno.EACCES, "read-only here")
        except OSError as error:
            raise BadInput(
                f"{self.root} cannot be written ({error.strerror}): mend that, or set HALLMARK_HOME."
            ) from error
        return self
