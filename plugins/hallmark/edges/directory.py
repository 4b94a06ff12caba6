"""A store in a folder: whole files, written once, durable when `put` returns."""

import contextlib
import errno
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

from hallmark.edges import checked_key, checked_prefix, is_key
from hallmark.errors import BadInput, Conflict, Missing, Unavailable

_TEMPORARY = "~"  # no key can hold it, so an unfinished file is never listed
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class DirectoryStore:
    """`Store` below one folder; processes may share it. Needs a file system with hard links.

    The folder must exist: one that is absent (a disk that is not mounted) raises `Unavailable` and never looks empty.
    A key below another key (`a` and `a/b`) is a `Conflict` here.
    """

    def __init__(self, root: Path) -> None:
        """Address the store; touches nothing."""
        self._root = root

    def ensure_root(self) -> None:
        """Make the folder if it is not there. Raises `Unavailable`."""
        with self._mapped("create the folder"):
            self._root.mkdir(parents=True, exist_ok=True)

    def put(self, key: str, data: bytes) -> None:
        """As the port says. Raises `Unavailable` also when no space is left; nothing is then left behind."""
        path = self._path(key)
        with self._mapped(f"write {key}"):
            self._make_folders(path.parent)
            if not path.exists():
                self._link_once(path, data)
            self._sync_folders(path.parent)
        if not path.is_file() or self.get(key) != data:
            raise Conflict(f"{path} already holds other bytes, and nothing in a store is ever overwritten.")

    def get(self, key: str) -> bytes:
        """As the port says."""
        path = self._path(key)
        with self._mapped(f"read {key}"):
            if not path.is_file():
                raise Missing(f"There is no {key} in the store {self._root}.")
            return path.read_bytes()

    def keys(self, prefix: str) -> Iterator[str]:
        """As the port says."""
        checked_prefix(prefix)
        self._require_root()
        with self._mapped("list"):
            found = [path.relative_to(self._root).as_posix() for path in _files(self._root / prefix.rpartition("/")[0])]
        return iter(sorted(key for key in found if key.startswith(prefix) and is_key(key)))

    def uri(self, key: str) -> str:
        """Return the `file://` address of `key`."""
        return (self._root / checked_key(key)).absolute().as_uri()

    def protection(self) -> str:
        """As the port says. Raises `Unavailable`."""
        self._require_root()
        return "a folder; names are taken once, but whoever may write in it can overwrite and delete"

    def _path(self, key: str) -> Path:
        path = self._root / checked_key(key)
        self._require_root()
        if not path.resolve().is_relative_to(self._root.resolve()):
            raise BadInput(f"The key {key} leads out of the store {self._root} through a link: remove that link.")
        return path

    def _require_root(self) -> None:
        if not self._root.is_dir():
            raise Unavailable(f"The store {self._root} is not a folder that exists: mount or create it.")

    def _make_folders(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError) as error:
            raise Conflict(f"{folder} or a folder above it is a file in this store.") from error

    def _link_once(self, path: Path, data: bytes) -> None:
        """Write beside `path` and link: the name appears with all its bytes, and only if nobody else took it."""
        temporary = path.with_name(f"{_TEMPORARY}{uuid.uuid4().hex}")
        try:
            with temporary.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)

    def _sync_folders(self, folder: Path) -> None:
        """Make the names durable up to the root, also those that another process is just making."""
        for each in (folder, *folder.parents):
            descriptor = os.open(each, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            if each == self._root:
                return

    @contextlib.contextmanager
    def _mapped(self, doing: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            mend = "free some space" if error.errno in _FULL else "check the folder and its rights"
            raise Unavailable(f"The store {self._root} could not {doing} ({error.strerror}): {mend}.") from error


def _files(folder: Path) -> Iterator[Path]:
    """Yield all files below `folder`; unlike `Path.rglob`, stop at a folder that cannot be read. Raises `OSError`."""
    if folder.is_dir():
        for parent, _, names in os.walk(folder, onerror=_stop):
            yield from (Path(parent, name) for name in names)


def _stop(error: OSError) -> None:
    raise error
