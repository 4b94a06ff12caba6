"""Make the store's bucket with Object Lock, so that nothing in it is overwritten or removed before its time.

Reads HALLMARK_STORE_ENDPOINT, HALLMARK_STORE_BUCKET, HALLMARK_RETENTION_DAYS and `store.json` in HALLMARK_KEYS.
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3  # noqa: TID253 - a program of its own
from botocore.exceptions import BotoCoreError, ClientError

OURS_ALREADY = ("BucketAlreadyOwnedByYou", "BucketAlreadyExists")


def client(environment: Mapping[str, str]) -> Any:
    """An S3 client with the credentials that every task uses."""
    key = json.loads((Path(environment["HALLMARK_KEYS"]) / "store.json").read_text("utf-8"))
    return boto3.client(
        "s3",
        endpoint_url=environment["HALLMARK_STORE_ENDPOINT"],
        region_name="us-east-1",
        aws_access_key_id=key["access_key"],
        aws_secret_access_key=key["secret_key"],
    )


def lock(s3: Any, bucket: str, days: int) -> bool:
    """Make `bucket` where there is none; True when its server keeps every object for `days` that nobody can shorten."""
    try:
        s3.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
    except ClientError as error:
        if error.response["Error"]["Code"] not in OURS_ALREADY:
            raise
    retention = {"Mode": "COMPLIANCE", "Days": days}
    wanted = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": retention}}
    s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=wanted)
    found = s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
    return bool(found.get("Rule", {}).get("DefaultRetention") == retention)


def main() -> int:
    """Exit code 0 when the lock holds, 1 with one sentence when it does not."""
    bucket, days = os.environ["HALLMARK_STORE_BUCKET"], int(os.environ["HALLMARK_RETENTION_DAYS"])
    where = os.environ["HALLMARK_STORE_ENDPOINT"]
    try:
        holds = lock(client(os.environ), bucket, days)
    except (BotoCoreError, ClientError) as error:
        print(f"{where} made no bucket {bucket} with Object Lock ({error}): use a server that has it.", file=sys.stderr)
        return 1
    if not holds:
        print(f"{where} took the bucket {bucket} and locks nothing: use a server with Object Lock.", file=sys.stderr)
        return 1
    print(f"{bucket}: every object is kept for {days} days")
    return 0


if __name__ == "__main__":
    sys.exit(main())
