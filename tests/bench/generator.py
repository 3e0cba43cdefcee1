"""Devices as one process: ``python -m tests.bench.generator PORT RATE SECONDS DEVICES``; says what it sent."""

import json
import sys

from tests.bench.flood import Sender, messages


def main() -> None:
    """Publish at a pace, each message with the instant at which it was made."""
    port, rate, seconds, devices = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
    sender = Sender(port, "generator")
    reached = sender.pace(messages(int(rate * seconds), devices, live=True), rate)
    sender.close()
    print(json.dumps({"sent": sender.sent, "rate": reached}))


if __name__ == "__main__":
    main()
