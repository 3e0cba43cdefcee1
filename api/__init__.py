"""HTTP: REST under ``/api/v1``, the live stream, exports, sign-in; the screen is mounted beside it."""
