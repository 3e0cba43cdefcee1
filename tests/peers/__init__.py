"""Servers that the tests talk to, written without any of our clients."""
