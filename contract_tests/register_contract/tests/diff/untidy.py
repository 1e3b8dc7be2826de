"""Two small documents as test runs generate them: untidy, and each answer what one test got."""

from __future__ import annotations

import re

OLD = """
openapi: 3.0.3
info: {title: Things, version: v1}
servers: []
paths:
  "/api/{api_version}/things":
    get:
      parameters:
        - {name: api_version, in: path, required: true, schema: {type: string}, example: v1}
        - {name: since, in: query, schema: {type: string}, example: 2023-13-01}
      responses:
        200:
          description: things
          content:
            application/json:
              schema:
                type: object
                properties:
                  data:
                    type: array
                    items:
                      type: object
                      properties:
                        id: {type: string}
                        lead_person_urn: {nullable: true}
                        kind_one: {type: string}
                        level: {type: string}
                        note: {type: string}
                      required: [id, lead_person_urn, kind_one, level, note]
              example: {data: [{id: a, lead_person_urn: , kind_one: x, level: "1", note: n}]}
    post:
      parameters:
        - {name: api_version, in: path, required: true, schema: {type: string}}
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                data:
                  type: object
                  properties:
                    lead_person_urn: {type: string}
                    kind_one: {type: string}
                    code: {type: string, maxLength: 5}
                  required: [kind_one]
              required: [data]
      responses:
        201:
          description: made
          content:
            application/json:
              schema:
                type: object
                properties:
                  data:
                    type: object
                    properties:
                      id: {type: string}
                      lead_person_urn: {type: string, nullable: true}
                      kind_one: {type: string}
                      level: {type: string}
                    required: [id, lead_person_urn, kind_one, level]
        422:
          description: refused
          content:
            application/json:
              schema:
                type: object
                properties:
                  errors:
                    type: object
                    properties: {kind_one: {type: array, items: {type: string}}}
"""
NEW = (
    re.sub(r" *level: \{.*\n", "", OLD)
    .replace("version: v1", "version: v2")
    .replace("lead_person_urn", "training_person_urn")
    .replace("kind_one", "kind_1")
    .replace(", level,", ",")
    .replace(", level]", "]")
    .replace("maxLength: 5", "maxLength: 3")
    # Only one answer shows it otherwise.
    .replace("note: {type: string}", "note: {type: string, nullable: true}")
    .replace("properties: {kind_1: {", "properties: {code: {")
)
