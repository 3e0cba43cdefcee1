"""From messages to rows: transports, writer, states, health."""
