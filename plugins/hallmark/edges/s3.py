"""A store in an S3 bucket, written once as far as the server allows it."""

import contextlib
import os
import re
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.loaders
import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from hallmark.edges import checked_key, checked_prefix, is_key
from hallmark.errors import BadInput, Conflict, HallmarkError, Missing, Unavailable

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_WORD = re.compile(r"[!-~]+")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_REFUSED = ("InvalidAccessKeyId", "SignatureDoesNotMatch", "AccessDenied", "401", "403")
_OTHER_WRITER = ("PreconditionFailed", "ConditionalRequestConflict")
_PROBE = "probes/protection"
_SETTLING_SECONDS = (0.0, 0.1, 0.4, 1.5)


class S3Store:
    """`Store` in one bucket; only the arguments configure it, neither the environment nor files in the home folder.

    `put` reads, writes with `If-None-Match: *`, and reads back. A server that ignores the condition (rclone; Ceph on
    lock buckets) lets two writers of *different* bytes at one moment both return, and the later bytes stay: a key
    that is not named by a digest needs a writer that is serial by other means. Equal bytes are always safe.
    """

    def __init__(
        self, *, endpoint: str, bucket: str, access_key: str, secret_key: str, region: str = "us-east-1"
    ) -> None:
        """Prepare a client; connects to nothing. Raises `BadInput` for arguments that no server could accept."""
        if not _is_address(endpoint):
            raise BadInput(
                "The store endpoint must be like http://127.0.0.1:9000, without a user and a password in it."
            )
        if not _BUCKET.fullmatch(bucket):
            raise BadInput(f"The bucket name {bucket!r} is not allowed: use 3 to 63 of a-z, 0-9, '.' and '-'.")
        if not (_WORD.fullmatch(access_key) and _WORD.fullmatch(region) and secret_key):
            raise BadInput(f"The store {endpoint} needs an access key, a secret key and a region without spaces.")
        self._endpoint, self._bucket, self._region = endpoint, bucket, region
        self._client = _client(endpoint, access_key, secret_key, region)

    def ensure_bucket(self) -> None:
        """Make the bucket if it is not there. Raises `Unavailable`."""
        if self._exists():
            return
        place: dict[str, Any] = {"CreateBucketConfiguration": {"LocationConstraint": self._region}}
        with self._mapped(self._bucket), _accepted("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
            self._client.create_bucket(Bucket=self._bucket, **({} if self._region == "us-east-1" else place))
        if not self._exists():
            raise Unavailable(f"The store at {self._endpoint} made no bucket {self._bucket}: make it by hand.")

    def put(self, key: str, data: bytes) -> None:
        """As the port says, with the limit that the class states."""
        checked_key(key)
        if self._holds(key, data):
            return
        with self._mapped(key), _accepted(*_OTHER_WRITER):
            self._client.put_object(Bucket=self._bucket, Key=key, Body=data, IfNoneMatch="*")
        for seconds in _SETTLING_SECONDS:  # while others write the same key, rclone can answer that it is not there
            time.sleep(seconds)
            if self._holds(key, data):
                return
        raise Unavailable(f"The store at {self._endpoint} took {key} and does not return it: check its disk.")

    def get(self, key: str) -> bytes:
        """As the port says."""
        checked_key(key)
        with self._mapped(key):
            body: bytes = self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        return body

    def keys(self, prefix: str) -> Iterator[str]:
        """As the port says; the whole listing is read first, because servers differ in order and repeat keys."""
        checked_prefix(prefix)
        with self._mapped(prefix):
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
            found = {item["Key"] for page in pages for item in page.get("Contents", ())}
        return iter(sorted(filter(is_key, found)))

    def uri(self, key: str) -> str:
        """Return `s3://bucket/key`."""
        return f"s3://{self._bucket}/{checked_key(key)}"

    def protection(self) -> str:
        """As the port says: writes the small object `probes/protection` and tries to write it again. `Unavailable`."""
        self.put(_PROBE, b"")
        with self._mapped(_PROBE):
            condition = "enforced" if self._refuses_second_write() else "ignored"
            versioning = self._told(self._client.get_bucket_versioning, "Status", Bucket=self._bucket)
            lock = self._told(self._client.head_object, "ObjectLockMode", Bucket=self._bucket, Key=_PROBE)
        return f"S3; conditional writes {condition} (tried), versioning {versioning}, object lock {lock} (as it says)"

    def _refuses_second_write(self) -> bool:
        with _accepted(*_OTHER_WRITER):
            self._client.put_object(Bucket=self._bucket, Key=_PROBE, Body=b"", IfNoneMatch="*")
            return False
        return True

    def _told(self, ask: Callable[..., dict[str, Any]], field: str, **arguments: str) -> str:
        try:
            return str(ask(**arguments).get(field, "off"))
        except ClientError:
            return "unknown"

    def _exists(self) -> bool:
        with self._mapped(self._bucket), _accepted("404", "NoSuchBucket"):
            self._client.head_bucket(Bucket=self._bucket)
            return True
        return False

    def _holds(self, key: str, data: bytes) -> bool:
        try:
            found = self.get(key)
        except Missing:
            return False
        if found != data:
            raise Conflict(f"{self.uri(key)} already holds other bytes, and nothing in a store is ever overwritten.")
        return True

    @contextlib.contextmanager
    def _mapped(self, name: str) -> Iterator[None]:
        """Let nothing of boto3 out, and none of its texts: they can quote what was sent."""
        try:
            yield
        except ClientError as error:
            raise self._refusal(str(error.response.get("Error", {}).get("Code", "unknown")), name) from error
        except BotoCoreError as error:
            raise Unavailable(
                f"The store at {self._endpoint} does not answer ({type(error).__name__}): "
                "start it, or correct the endpoint."
            ) from error

    def _refusal(self, code: str, name: str) -> HallmarkError:
        where = f"The store at {self._endpoint}"
        if code == "NoSuchKey":  # never a bare 404, which any other server at this address gives to everything
            return Missing(f"There is no {name} in the bucket {self._bucket} at {self._endpoint}.")
        if code == "NoSuchBucket":
            return Unavailable(f"{where} has no bucket {self._bucket}: create it, or correct its name.")
        if code in _REFUSED:
            return Unavailable(f"{where} refuses the credentials ({code}): correct the access key and the secret key.")
        return Unavailable(f"{where} failed on {name or 'the listing'} ({code}): see its log and its free space.")


@contextlib.contextmanager
def _accepted(*codes: str) -> Iterator[None]:
    """Pass over the refusals that only say that another writer was first."""
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") not in codes:
            raise


def _is_address(endpoint: str) -> bool:
    try:
        parts = urlsplit(endpoint)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in endpoint and parts.port != 0
    except ValueError:
        return False


def warm() -> None:
    """Read once what boto3 knows of S3, megabytes of JSON: for a process whose forks will make clients."""
    _client("http://127.0.0.1", "none", "none", "us-east-1")


def _client(endpoint: str, access_key: str, secret_key: str, region: str) -> Any:
    """Return a boto3 S3 client that reads no file and no variable for its configuration."""
    unset = (None, None, None, None)
    nowhere = (None, None, os.devnull, None)
    core = botocore.session.Session({"profile": unset, "config_file": nowhere, "credentials_file": nowhere})
    core.register_component("data_loader", _models())
    session = boto3.session.Session(access_key, secret_key, region_name=region, botocore_session=core)
    # Proxies of the environment are for the world outside, never for this machine.
    proxies: dict[str, str] | None = {} if urlsplit(endpoint).hostname in _LOOPBACK else None
    return session.client("s3", endpoint_url=endpoint, config=_config(proxies))


@lru_cache(maxsize=1)
def _models() -> Any:
    return botocore.loaders.create_loader()


def _config(proxies: dict[str, str] | None) -> Config:
    return Config(
        signature_version="s3v4",
        s3={"addressing_style": "path"},
        proxies=proxies,
        connect_timeout=5,
        read_timeout=60,
        retries={"mode": "standard", "total_max_attempts": 3},
        request_checksum_calculation="when_supported",
        # With checksums on, botocore lets an AttributeError out when a server fails in the middle of a read.
        response_checksum_validation="when_required",
    )
