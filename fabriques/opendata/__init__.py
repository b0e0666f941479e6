"""What other sites may read without asking: points of the map, the table and its schema, the API, the releases."""
