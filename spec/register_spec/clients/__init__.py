"""What other people's tools make of the OpenAPI documents: generated clients, and two linters."""
