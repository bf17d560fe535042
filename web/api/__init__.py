"""The REST API: operations, each with what describes it; the OpenAPI document that is made of them."""
