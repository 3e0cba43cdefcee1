"""A socket for a client that reads byte by byte and writes packet by packet, as MQTT clients do."""

import contextlib
import socket
import ssl


class BufferedSocket:
    """A socket that reads and writes in large pieces; paho asks for single bytes."""

    def __init__(self, inner: socket.socket) -> None:
        self._inner = inner
        self._held = b""
        self._at = 0
        self._out = bytearray()

    def recv(self, size: int) -> bytes:
        """Return at most ``size`` bytes; raises ``BlockingIOError`` where there are none."""
        if self._at >= len(self._held):
            self._held = self._inner.recv(1 << 18)
            self._at = 0
        piece = self._held[self._at : self._at + size]
        self._at += len(piece)
        return piece

    def pending(self) -> int:
        """Bytes that select does not know of."""
        beneath = self._inner.pending() if isinstance(self._inner, ssl.SSLSocket) else 0
        return len(self._held) - self._at + beneath

    def send(self, piece: bytes) -> int:
        """Keep the bytes for the next :meth:`flush`."""
        self._out += piece
        return len(piece)

    def flush(self) -> bool:
        """Send what waits; tells whether some is left."""
        try:
            while self._out:
                del self._out[: self._inner.send(self._out)]
        except (BlockingIOError, ssl.SSLWantWriteError):
            return True
        return False

    def fileno(self) -> int:
        """Return the socket's own number, for select."""
        return self._inner.fileno()

    def setblocking(self, flag: bool) -> None:
        """Pass it on."""
        self._inner.setblocking(flag)

    def close(self) -> None:
        """Send what waits, as far as it goes, and close."""
        with contextlib.suppress(OSError):  # the last acknowledgements and the farewell, if they still can
            self.flush()
        self._inner.close()
