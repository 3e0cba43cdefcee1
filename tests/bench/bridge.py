"""mq-bridge as a process: ``python -m tests.bench.bridge BROKER CLIENT DATABASE_URL (default|tuned)``."""

import signal
import sys
from typing import Any

TABLE = """
create table bridged (device text, at timestamptz, state text, volume_pct float8, signal_dbm float8,
    temperature_c float8, uptime_s float8, amplifier_w float8, firmware text, primary key (device, at))
"""


def route(broker: str, client: str, url: str, *, tuned: bool) -> dict[str, Any]:
    """Return the route: COPY into the table, where mq-bridge knows no conflict handling."""
    mqtt = {"url": broker, "topic": "ioc/+/+/+/status", "client_id": client, "qos": 1, "session_expiry_interval": 86400}
    sqlx = {"url": url, "table": "bridged", "bulk_copy": True, "columns": "auto"}
    whole: dict[str, Any] = {
        "input": {"mqtt": mqtt | ({"max_inflight": 5000, "queue_capacity": 5000} if tuned else {})},
        "output": {"middlewares": [{"retry": {"max_attempts": 1000}}], "sqlx": sqlx},
    }
    return whole | ({"batch_size": 2000} if tuned else {})


def main() -> None:
    """Run the route until a signal comes."""
    import mq_bridge

    broker, client, url, kind = sys.argv[1:]
    signal.signal(signal.SIGTERM, lambda *_: mq_bridge.request_shutdown())
    mq_bridge.Route.from_config({"bench": route(broker, client, url, tuned=kind == "tuned")}, name="bench").run()


if __name__ == "__main__":
    main()
