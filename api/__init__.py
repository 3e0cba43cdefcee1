"""HTTP: REST under ``/api/v1``, the live stream, exports, sign-in; the screen is mounted beside it."""

PREFIX = "/api/v1"
"""Where this version of the interface lives; another one would live beside it."""
