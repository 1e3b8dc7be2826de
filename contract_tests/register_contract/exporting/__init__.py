"""The contract and its scenarios as files for tools of others."""

FORMS = ("postman", "bruno", "http", "openapi-examples")
