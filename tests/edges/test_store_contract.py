"""The contract of `Store`, held against every implementation; then what each promises beyond it."""

import os
import resource
import stat
import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallmark.edges import is_key
from hallmark.edges.directory import DirectoryStore
from hallmark.edges.read_once import SMALL_BYTES, ReadOnce
from hallmark.edges.s3 import S3Store
from hallmark.errors import BadInput, Conflict, HallmarkError, Missing, Unavailable
from hallmark.ports import Store

if TYPE_CHECKING:
    from tests.edges.conftest import S3Server

ODD_KEYS = ["a", "A", "-", "_", "...", ".hidden", "a..b", "x.json", "--flag", "0/1/2/3/4/5/6/7", "a.b_c-d/E", "z" * 200]
BAD_KEYS = [
    "", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/..", "./a", "a/.", "a/./b", "a b", "a\n", "a/..\n",
    "a\\b", "a~b", "ä", "a\0", "a%2fb", "a?b", "a#b", "a:b", "a*", "~", "C:\\a", "x" * 201, "/".join(["x" * 100] * 9),
]  # fmt: skip


def s3_store(server: "S3Server", bucket: str = "", **changes: str) -> S3Store:
    arguments = {"endpoint": server.endpoint, "access_key": server.access_key, "secret_key": server.secret_key}
    return S3Store(**(arguments | changes), bucket=bucket or f"b-{uuid.uuid4().hex}")


@pytest.fixture(params=["directory", "directory, read once", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param != "s3":
        directory = DirectoryStore(tmp_path / "store")
        directory.ensure_root()
        return directory if request.param == "directory" else ReadOnce(directory)
    s3 = s3_store(request.getfixturevalue("s3_server"))
    s3.ensure_bucket()
    return s3


class TestContract:
    """Every sentence of the port's docstring."""

    @pytest.mark.parametrize("size", [0, 1, 5_000, 20 * 1024 * 1024])
    def test_what_was_put_is_got(self, store: Store, size: int) -> None:
        data = os.urandom(size)
        store.put("folder/object", data)
        assert store.get("folder/object") == data

    @pytest.mark.parametrize("key", ODD_KEYS)
    def test_odd_keys(self, store: Store, key: str) -> None:
        store.put(key, key.encode())
        assert store.get(key) == key.encode()
        assert list(store.keys("")) == [key]

    @pytest.mark.parametrize("key", BAD_KEYS)
    def test_keys_that_are_none(self, store: Store, key: str) -> None:
        for act in (store.get, store.uri, lambda bad: store.put(bad, b"x")):
            with pytest.raises(BadInput):
                act(key)
        assert list(store.keys("")) == []

    def test_equal_bytes_again(self, store: Store) -> None:
        store.put("k", b"same")
        store.put("k", b"same")
        assert store.get("k") == b"same"

    @pytest.mark.parametrize(("first", "second"), [(b"one", b"two"), (b"", b"two"), (b"one", b""), (b"one", b"one ")])
    def test_other_bytes_are_refused(self, store: Store, first: bytes, second: bytes) -> None:
        store.put("k", first)
        with pytest.raises(Conflict):
            store.put("k", second)
        assert store.get("k") == first

    @pytest.mark.parametrize("key", ["nothing", "nothing/below", "folder", "folder/object/below"])
    def test_missing(self, store: Store, key: str) -> None:
        store.put("folder/object", b"x")
        with pytest.raises(Missing):
            store.get(key)

    def test_keys_in_lexical_order(self, store: Store) -> None:
        put = ["b", "a/b/c", "a-b", "a.b", "a/b-c", "B", "a/a", "ab/c", "10", "9"]
        for key in put:
            store.put(key, b"")
        assert list(store.keys("")) == sorted(put)

    @pytest.mark.parametrize(
        ("prefix", "found"),
        [
            ("a", ["a-b", "a/b/c", "a/bc", "ab"]),
            ("a/", ["a/b/c", "a/bc"]),
            ("a/b", ["a/b/c", "a/bc"]),
            ("a/b/", ["a/b/c"]),
            ("a/b/c", ["a/b/c"]),
            ("a/b/c/", []),
            ("none/at/all", []),
        ],
    )
    def test_keys_by_prefix(self, store: Store, prefix: str, found: list[str]) -> None:
        for key in ("a/b/c", "a/bc", "ab", "a-b", "c"):
            store.put(key, b"")
        assert list(store.keys(prefix)) == found

    @pytest.mark.parametrize("prefix", ["/", "../", "a/../", "a//", "a b", "~"])
    def test_prefixes_that_are_none(self, store: Store, prefix: str) -> None:
        with pytest.raises(BadInput):
            store.keys(prefix)

    def test_more_keys_than_one_page(self, store: Store) -> None:
        put = [f"many/{number:04}" for number in range(1_050)]
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda key: store.put(key, b""), put))
        assert list(store.keys("many/")) == put

    def test_twenty_writers_of_equal_bytes(self, store: Store) -> None:
        data = os.urandom(200_000)
        assert Counter(race(store, [data] * 20)) == {"returned": 20}
        assert store.get("raced") == data

    def test_twenty_writers_of_other_bytes(self, store: Store) -> None:
        """Nobody tears an object; a store that compares and swaps lets exactly one through, S3 without it more."""
        candidates = [bytes([number]) * 50_000 for number in range(20)]
        outcome = Counter(race(store, candidates))
        assert store.get("raced") in candidates
        assert outcome["returned"] >= 1
        if isinstance(store, DirectoryStore | ReadOnce):
            assert outcome == {"returned": 1, "Conflict": 19}
        else:
            assert set(outcome) <= {"returned", "Conflict", "Unavailable"}

    def test_uri_names_the_key(self, store: Store) -> None:
        assert store.uri("packs/m/1.json").endswith("/packs/m/1.json")
        assert store.uri("a").partition("://")[0] in ("file", "s3")

    def test_protection_says_the_same_twice(self, store: Store) -> None:
        """The wording for each server is in the tests below."""
        assert store.protection() == store.protection()


def race(store: Store, bodies: list[bytes]) -> Iterator[str]:
    def one(data: bytes) -> str:
        try:
            store.put("raced", data)
        except HallmarkError as error:
            return type(error).__name__
        return "returned"

    with ThreadPoolExecutor(20) as pool:
        yield from pool.map(one, bodies)


@given(st.text(st.sampled_from("ab.-/_~ "), max_size=12))
def test_allowed_keys_by_a_second_route(key: str) -> None:
    segments = key.split("/")
    expected = all(part and part not in (".", "..") and not set(part) & set("~ ") for part in segments)
    assert is_key(key) == expected


def test_what_was_read_once_is_not_read_again_and_what_was_not_there_is_looked_for_again(tmp_path: Path) -> None:
    behind = DirectoryStore(tmp_path)
    store = ReadOnce(behind)
    with pytest.raises(Missing):
        store.get("late")
    for key, size in (("late", 3), ("small", SMALL_BYTES), ("large", SMALL_BYTES + 1)):
        behind.put(key, b"x" * size)
        assert store.get(key) == b"x" * size
        (tmp_path / key).unlink()
    assert store.get("late") == b"xxx"
    assert len(store.get("small")) == SMALL_BYTES
    with pytest.raises(Missing):
        store.get("large")
    assert list(store.keys("")) == []


class TestDirectory:
    def test_absent_root_is_unavailable_and_never_empty(self, tmp_path: Path) -> None:
        store = DirectoryStore(tmp_path / "not-mounted")
        acts: list[Callable[[], object]] = [
            lambda: store.get("k"),
            lambda: store.put("k", b""),
            lambda: store.keys(""),
            store.protection,
        ]
        for act in acts:
            with pytest.raises(Unavailable, match="mount or create"):
                act()
        assert not (tmp_path / "not-mounted").exists()

    def test_nothing_but_the_object_is_left(self, tmp_path: Path) -> None:
        store = DirectoryStore(tmp_path)
        list(race(store, [bytes([number]) for number in range(20)]))
        assert [path.name for path in tmp_path.iterdir()] == ["raced"]

    def test_unfinished_and_foreign_files_are_not_listed(self, tmp_path: Path) -> None:
        (tmp_path / "~unfinished").write_bytes(b"ha")
        (tmp_path / "with space").write_bytes(b"ha")
        assert list(DirectoryStore(tmp_path).keys("")) == []

    @pytest.mark.parametrize("key", ["link", "out/secret"])
    def test_links_out_of_the_store(self, tmp_path: Path, key: str) -> None:
        root, outside = tmp_path / "store", tmp_path / "outside"
        root.mkdir()
        outside.mkdir()
        (outside / "secret").write_bytes(b"secret")
        (root / "link").symlink_to(outside / "secret")
        (root / "out").symlink_to(outside)
        store = DirectoryStore(root)
        with pytest.raises(BadInput, match="leads out"):
            store.get(key)
        with pytest.raises(BadInput, match="leads out"):
            store.put(key, b"secret")
        assert [path.name for path in outside.iterdir()] == ["secret"]

    @pytest.mark.parametrize("key", ["a/b", "a"])
    def test_a_key_below_a_key(self, tmp_path: Path, key: str) -> None:
        store = DirectoryStore(tmp_path)
        store.put({"a/b": "a", "a": "a/b"}[key], b"x")
        with pytest.raises(Conflict):
            store.put(key, b"y")

    def test_a_pipe_is_not_read(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(Missing):
            DirectoryStore(tmp_path).get("pipe")

    def test_a_limit_on_file_size(self, tmp_path: Path) -> None:
        code = (
            "import resource, sys, pathlib; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000));"
            "from hallmark.edges.directory import DirectoryStore;"
            "DirectoryStore(pathlib.Path(sys.argv[1])).put('k', bytes(200_000))"
        )
        assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
        ran = run_python(code, tmp_path)
        assert ran.stderr.splitlines()[-1].startswith("hallmark.errors.Unavailable: The store")
        assert "free some space" in ran.stderr
        assert list(tmp_path.iterdir()) == []

    def test_no_space_left(self, tmp_path: Path) -> None:
        """On a real full file system: 64 KiB in a mount namespace of its own."""
        mounting = ["unshare", "-rm", "sh", "-c", f'mount -t tmpfs -o size=64k none {tmp_path} && exec "$@"', "sh"]
        if subprocess.run([*mounting, "true"], capture_output=True, check=False).returncode:
            pytest.skip("this machine allows no mount namespaces")
        code = (
            "import sys, pathlib; from hallmark.errors import Unavailable\n"
            "from hallmark.edges.directory import DirectoryStore\n"
            "root = pathlib.Path(sys.argv[1]); store = DirectoryStore(root); store.put('small', bytes(1000))\n"
            "try: store.put('large', bytes(200_000))\n"
            "except Unavailable as error: print(error)\n"
            "print([path.name for path in root.iterdir()]); store.put('again', bytes(1000))"
        )
        ran = run_python(code, tmp_path, mounting)
        assert ran.stderr == ""
        sentence, left = ran.stdout.splitlines()
        assert sentence.endswith("could not write large (No space left on device): free some space.")
        assert left == "['small']"

    def test_a_folder_that_cannot_be_read_is_not_skipped(self, tmp_path: Path) -> None:
        store = DirectoryStore(tmp_path)
        store.put("closed/k", b"x")
        (tmp_path / "closed").chmod(0)
        try:
            if os.access(tmp_path / "closed", os.R_OK):
                pytest.skip("this user reads everything")
            with pytest.raises(Unavailable):
                store.keys("")
        finally:
            (tmp_path / "closed").chmod(stat.S_IRWXU)


def run_python(code: str, root: Path, before: list[str] | None = None) -> "subprocess.CompletedProcess[str]":
    command = [*(before or []), sys.executable, "-c", code, str(root)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


class TestS3:
    @pytest.mark.parametrize("change", ["access_key", "secret_key"])
    def test_wrong_credentials(self, s3_server: "S3Server", change: str) -> None:
        wrong = "WRONGCREDENTIALS0000"
        good = s3_store(s3_server, "credentials")
        good.ensure_bucket()
        good.put("k", b"")
        store = s3_store(s3_server, "credentials", **{change: wrong})
        with pytest.raises(Unavailable, match="refuses the credentials"):
            store.ensure_bucket()
        for error in failures_of(store):
            assert isinstance(error, Unavailable)
            assert s3_server.endpoint in str(error)
            assert "refuses the credentials" in str(error)
            assert wrong not in str(error)
            assert s3_server.secret_key not in str(error)

    def test_unreachable_endpoint(self, s3_server: "S3Server") -> None:
        store = s3_store(s3_server, endpoint="http://127.0.0.1:1")
        with pytest.raises(Unavailable):
            store.ensure_bucket()
        for error in failures_of(store):
            assert isinstance(error, Unavailable)
            assert "http://127.0.0.1:1 does not answer (EndpointConnectionError)" in str(error)

    def test_absent_bucket_is_unavailable_and_never_empty(self, s3_server: "S3Server") -> None:
        for error in failures_of(s3_store(s3_server)):
            assert isinstance(error, Unavailable)
            assert "has no bucket" in str(error)

    def test_another_server_at_the_address(self) -> None:
        """A web server that answers 404 to everything must not pass for a store that lacks the key."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(server.serve_forever)
            try:
                store = S3Store(
                    endpoint=f"http://127.0.0.1:{server.server_port}", bucket="abc", access_key="k", secret_key="s"
                )
                for error in failures_of(store):
                    assert isinstance(error, Unavailable)
                with pytest.raises(Unavailable):
                    store.ensure_bucket()
            finally:
                server.shutdown()
                server.server_close()

    def test_ensure_bucket_twice_and_elsewhere(self, s3_server: "S3Server") -> None:
        bucket = f"b-{uuid.uuid4().hex}"
        for region in ("us-east-1", "eu-central-1"):
            s3_store(s3_server, bucket, region=region).ensure_bucket()
        assert (s3_server.folder / bucket).is_dir()
        store = s3_store(s3_server, region="eu-central-1")
        store.ensure_bucket()
        store.put("k", b"x")
        assert store.get("k") == b"x"

    @pytest.mark.parametrize(
        "change",
        [
            {"endpoint": "ftp://127.0.0.1"},
            {"endpoint": "127.0.0.1:9000"},
            {"endpoint": "http://"},
            {"endpoint": "http://user:secret@127.0.0.1"},
            {"endpoint": "http://127.0.0.1:99999"},
            {"endpoint": "http://127.0.0.1:x"},
            {"endpoint": "http://[::1"},
            {"bucket": "Capital"},
            {"bucket": "../up"},
            {"bucket": "ab"},
            {"access_key": ""},
            {"access_key": "a\nb"},
            {"secret_key": ""},
            {"region": ""},
            {"region": "no such"},
        ],
        ids=str,
    )
    def test_arguments_that_no_server_accepts(self, s3_server: "S3Server", change: dict[str, str]) -> None:
        with pytest.raises(BadInput) as caught:
            s3_store(s3_server, **change)
        assert "secret@" not in str(caught.value)

    def test_only_the_arguments_configure(
        self, s3_server: "S3Server", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / ".aws").mkdir()
        (tmp_path / ".aws" / "config").write_text("[default]\nendpoint_url = http://127.0.0.1:1\ns3 =\n  broken")
        nowhere = "http://127.0.0.1:1"
        hostile = {
            "HOME": str(tmp_path), "AWS_CONFIG_FILE": str(tmp_path / ".aws" / "config"), "AWS_PROFILE": "absent",
            "AWS_ACCESS_KEY_ID": "x" * 20, "AWS_SECRET_ACCESS_KEY": "y", "AWS_SESSION_TOKEN": "z", "AWS_REGION": "xx",
            "AWS_ENDPOINT_URL": nowhere, "AWS_ENDPOINT_URL_S3": nowhere, "HTTP_PROXY": nowhere, "http_proxy": nowhere,
            "AWS_MAX_ATTEMPTS": "none", "AWS_RETRY_MODE": "absent", "AWS_USE_FIPS_ENDPOINT": "true",
        }  # fmt: skip
        for name, value in hostile.items():
            monkeypatch.setenv(name, value)
        store = s3_store(s3_server)
        store.ensure_bucket()
        store.put("k", b"x")
        assert store.get("k") == b"x"

    def test_protection_of_a_server_that_ignores_conditions(self, s3_server: "S3Server") -> None:
        store = s3_store(s3_server)
        with pytest.raises(Unavailable, match="has no bucket"):
            store.protection()
        store.ensure_bucket()
        assert store.protection() == (
            "S3; conditional writes ignored (tried), versioning off, object lock off (as it says)"
        )

    def test_objects_are_plain_files_of_the_server(self, s3_server: "S3Server") -> None:
        """Read by a second route: the folder behind the server."""
        store = s3_store(s3_server, "plain-files")
        store.ensure_bucket()
        store.put("a/b.json", b"{}")
        assert (s3_server.folder / "plain-files" / "a" / "b.json").read_bytes() == b"{}"


def failures_of(store: S3Store) -> Iterator[HallmarkError]:
    acts: list[Callable[[], object]] = [
        lambda: store.get("k"),
        lambda: store.put("k", b"other"),
        lambda: list(store.keys("")),
    ]
    for act in acts:
        try:
            act()
        except HallmarkError as error:
            yield error
        else:
            yield HallmarkError("nothing was raised")
