"""Real services that the tests start: a PostgreSQL server, the product's own server, a browser."""
