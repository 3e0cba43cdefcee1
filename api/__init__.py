"""HTTP: the REST API, the live stream, sign-in and the operations screen."""
