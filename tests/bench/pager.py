"""``python -m tests.bench.pager URL LIMIT``: read a paged list with bare httpx and keep nothing."""

import json
import sys
import time

import httpx


def main() -> None:
    """Ask page by page, each beginning with the value that ended the one before, as ours does."""
    url, limit = sys.argv[1], int(sys.argv[2])
    asked = {"dataSet": "BieuTramYT1", "orgUnit": "TinhMoPhong", "lastUpdated": "2020-01-01T00:00:00.000+0000"}
    rows = offset = 0
    began = time.monotonic()
    with httpx.Client() as client:
        while True:
            answer = client.get(f"{url}/api/dataValueSets", params={**asked, "limit": limit, "offset": offset})
            page = answer.json().get("dataValues", [])
            rows += len(page) - bool(offset and page)
            if len(page) < limit:
                break
            offset += limit - 1
    print(json.dumps({"rows": rows, "seconds": time.monotonic() - began}))


if __name__ == "__main__":
    main()
