"""The numbers, each defined once, and the Grafana boards that show them."""
