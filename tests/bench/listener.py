"""A bare paho subscriber that keeps nothing: ``python -m tests.bench.listener PORT CLIENT COUNT``."""

import json
import sys
import time

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

FILTER = "ioc/+/+/+/status"


def main() -> None:
    """Receive so many messages; says when the first and the last came, and how many different ones they were."""
    port, client_id, count = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    bodies: list[bytes] = []
    instants: list[float] = []
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=False)

    def heard(_: paho.Client, __: object, message: paho.MQTTMessage) -> None:
        if not bodies:
            instants.append(time.monotonic())
        bodies.append(bytes(message.payload))
        if len(bodies) == count:
            instants.append(time.monotonic())
            client.disconnect()

    client.on_message = heard
    client.connect("127.0.0.1", port)
    client.loop_forever()
    print(json.dumps({"first": instants[0], "last": instants[-1], "count": len(bodies), "own": len(set(bodies))}))


if __name__ == "__main__":
    main()
