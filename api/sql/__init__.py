"""The API's named queries."""

from ingest.sql import named

QUERIES = named(__name__)
