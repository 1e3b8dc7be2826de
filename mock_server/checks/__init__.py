"""Which problems a request has: by the keywords of its schema, and by the rows of `x-rules`."""
