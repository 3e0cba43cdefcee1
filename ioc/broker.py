"""The embedded broker's process: ``python -m ioc.broker HOST PORT``."""

import logging
import sys

from iotcore import Broker

LARGEST = 16 * 1024 * 1024
"""Bytes of a message; what is too large for a source is refused there, with its reason, and kept."""


def main() -> None:
    """Serve until terminated."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s level=%(levelname)s logger=%(name)s %(message)s")
    # The broker's core reports every packet as an error record (a span that it opens): only its end is news.
    logging.getLogger("rumqttd").setLevel(logging.CRITICAL)
    host, port = sys.argv[1:]
    Broker(listen=host, port=int(port), max_payload_size=LARGEST, max_inflight_count=100).run_forever()


if __name__ == "__main__":
    main()
